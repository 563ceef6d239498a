// Finds cameras by what a person sees of them: names, hosts, addresses and states.
import type { Shown } from "../cameras/shown";
import { nameOf, status } from "./status";
import { groupOf } from "./summary";

export const FIND = {
  title: "Find a camera",
  label: "Name, host, address or state",
  results: "Cameras",
  nothing: "No camera is like this.",
  hidden: "hidden",
  more: (count: number) => `${count} more. Type more to find fewer.`,
  /** For screen readers. */
  count: (count: number) => `${count} ${count === 1 ? "camera" : "cameras"}`,
};

/** Without accents, in lower case. */
function plain(text: string): string {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}

/** How well a name answers what was typed; the least is the best. */
function rank(name: string, typed: string): number {
  if (name === typed) return 0;
  if (name.startsWith(typed)) return 1;
  if (name.split(/[^\p{L}\p{N}]+/u).some((word) => word.startsWith(typed))) return 2;
  return name.includes(typed) ? 3 : 4;
}

/** What of a camera can be found. */
function textOf(c: Shown, now: number): string {
  const state = c.hidden ? FIND.hidden : `${status(c, now)} ${groupOf(c)} ${c.state}`;
  return plain([nameOf(c), c.agentName, c.host, c.address, c.url, state].join("\n"));
}

/**
 * The cameras that have all the words that were typed, best names first, else as they
 * stand; all of them when nothing was typed.
 */
export function find(cameras: readonly Shown[], typed: string, now: number): Shown[] {
  const whole = plain(typed).trim();
  const words = whole.split(/\s+/);
  return cameras
    .filter((c) => {
      const text = textOf(c, now);
      return words.every((word) => text.includes(word));
    })
    .map((camera) => ({ camera, rank: rank(plain(nameOf(camera)), whole) }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ camera }) => camera);
}
