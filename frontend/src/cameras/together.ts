// Cameras that failed for one reason.
import type { Camera } from "../backend/types";

const TOGETHER_MS = 15_000;

/**
 * The cameras that one sentence can speak for: at least half of all that went offline
 * at the same time, in order of time; else none. One that fails later, or comes and
 * goes, changes nothing for those that did.
 */
export function failedTogether(cameras: readonly Camera[]): readonly Camera[] {
  const off = cameras
    .filter((c) => c.state === "offline" && c.since > 0)
    .sort((a, b) => a.since - b.since);
  const most = mostTogether(off);
  return most.length < 3 || most.length * 2 < cameras.length ? [] : most;
}

/** The most of them within TOGETHER_MS, the newest of several; they are in order of time. */
function mostTogether(off: readonly Camera[]): readonly Camera[] {
  let most = { from: 0, to: 0 };
  let from = 0;
  for (const [i, last] of off.entries()) {
    while (last.since - (off[from] as Camera).since > TOGETHER_MS) from++;
    const to = i + 1;
    if (to - from >= most.to - most.from) most = { from, to };
  }
  return off.slice(most.from, most.to);
}
