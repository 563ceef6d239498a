// "Search this network" in words.
import type { Search } from "../backend/types";
import { list } from "./text";

/** How far the search is, or how it ended; "" before the first. */
export function searchWords(s: Search): string {
  if (s.problem === "no-network")
    return "This computer is not on a network that PiGrid can search.";
  if (s.problem !== "") return `The network could not be searched: ${s.problem}`;
  if (s.total === 0) return "";
  const where = list(s.networks) || "this network";
  if (s.running) return `Searching ${where}: ${s.done} of ${s.total} addresses`;
  if (s.found > 0)
    return `Found ${s.found} new ${s.found === 1 ? "camera" : "cameras"} on ${where}.`;
  if (s.stopped) return `Stopped after ${s.done} of ${s.total} addresses on ${where}.`;
  if (s.answered > 0)
    return `Nothing new on ${where}. PiGrid already shows every camera that answered.`;
  return `Nothing answered on ${where}.`;
}

/** What the progress bar counts. */
export const PROGRESS = "Addresses searched";
