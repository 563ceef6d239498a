// "Search this network" in words.
import type { Search } from "../backend/types";
import { list } from "./text";

/** How far the search is, or how it ended; "" before the first. */
export function searchWords(s: Search): string {
  if (s.problem === "no-network") return "This computer is on no network that could be searched.";
  if (s.problem !== "") return `The network could not be searched: ${s.problem}`;
  if (s.total === 0) return "";
  const where = list(s.networks) || "this network";
  if (s.running) return `Asking ${where}: ${s.done} of ${s.total} addresses`;
  if (s.found > 0)
    return `Found ${s.found} new ${s.found === 1 ? "camera" : "cameras"} on ${where}.`;
  if (s.stopped) return `Stopped after ${s.done} of ${s.total} addresses on ${where}.`;
  if (s.answered > 0) return `Nothing new on ${where}: what answered is shown already.`;
  return `Nothing answered on ${where}.`;
}

/** What the progress bar counts. */
export const PROGRESS = "Addresses asked";
