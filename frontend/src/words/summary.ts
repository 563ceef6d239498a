// Sentences about all the cameras together.
import type { Camera, CameraState, Discovery } from "../backend/types";
import { givesPictures } from "../cameras/facts";
import { moment } from "./time";
import { nameOf, next, status } from "./status";
import { list, sentence, upperFirst } from "./text";

const WORDS: Record<CameraState, string> = {
  live: "live",
  slow: "live",
  connecting: "connecting",
  stalled: "stalled",
  offline: "offline",
  refused: "with a problem",
  "camera-error": "with a problem",
  incompatible: "with a problem",
  paused: "paused",
};

/** In this order. */
const GROUPS = ["live", "connecting", "stalled", "offline", "locked", "with a problem", "paused"];

/** The group that a camera is counted in. */
export function groupOf({ state, reason }: Camera): string {
  // Nothing is broken: a person has to enter a key.
  return state === "refused" && reason === "needs-key" ? "locked" : WORDS[state];
}

/** "12 live · 1 offline" */
export function summary(cameras: readonly Camera[]): string {
  return GROUPS.map((word) => [cameras.filter((c) => groupOf(c) === word).length, word] as const)
    .filter(([count]) => count > 0)
    .map(([count, word]) => `${count} ${word}`)
    .join(" · ");
}

/** More changes than this at once are counted, not read out one by one. */
const READ_OUT = 3;

/** States that pass by themselves are not worth interrupting anyone. */
const unspoken: CameraState[] = ["connecting", "paused"];

/** What the live region says when the states changed from `before` to now. */
export function announcement(
  before: ReadonlyMap<string, CameraState>,
  cameras: readonly Camera[],
  now: number,
): string {
  const changed = cameras.filter(
    (c) => before.get(c.key) !== c.state && !unspoken.includes(c.state),
  );
  if (changed.length === 0) return "";
  if (changed.length > READ_OUT) return `${summary(cameras)}.`;
  return changed.map((c) => `${nameOf(c)}: ${status(c, now)}.`).join(" ");
}

export interface Outage {
  text: string;
  /** The countdown, "Retrying in 8 s.", or "". */
  next: string;
}

/** What to look at. While others are live, this computer has its network. */
function suspect(all: readonly Camera[]): string {
  return all.some(givesPictures)
    ? "A switch or access point may be off."
    : "This computer or the router may have lost the network.";
}

/** What is said of those of `all` cameras that failed together; null when there are none. */
export function outage(
  together: readonly Camera[],
  all: readonly Camera[],
  now: number,
): Outage | null {
  const first = together[0];
  if (!first) return null;
  const soonest = together
    .filter((c) => c.retryAt > 0)
    .reduce<Camera | null>((a, b) => (a && a.retryAt <= b.retryAt ? a : b), null);
  const count = together.length === all.length ? "All" : `${together.length} of`;
  return {
    text: `${count} ${all.length} cameras went offline at ${moment(first.since, now)}. ${suspect(all)}`,
    next: soonest ? upperFirst(sentence(next(soonest, now))) : "",
  };
}

/** For a computer that has left the network of the cameras; "" for one that has not. */
export function awayFrom(networks: readonly string[], d: Discovery): string {
  if (networks.length === 0) return "";
  const here = list(d.interfaces.map(network));
  return `You seem to be away from your cameras. They were last seen on ${list(networks)}. This computer is on ${here}.`;
}

/** The network of "eth0 192.168.1.20/24" as "192.168.1.0/24 (eth0)"; other text stays as it is. */
export function network(networkInterface: string): string {
  const match = /^(\S+) (\d+)\.(\d+)\.(\d+)\.(\d+)\/(\d+)$/.exec(networkInterface);
  if (!match) return networkInterface;
  const [, name, ...numbers] = match;
  const [a = 0, b = 0, c = 0, d = 0, bits = 32] = numbers.map(Number);
  const address = (a << 24) | (b << 16) | (c << 8) | d;
  const mask = bits <= 0 ? 0 : (-1 << (32 - Math.min(bits, 32))) >>> 0;
  const net = (address & mask) >>> 0;
  return `${net >>> 24}.${(net >>> 16) & 255}.${(net >>> 8) & 255}.${net & 255}/${bits} (${name})`;
}

/** The headline of the page without cameras. */
export function nothingFound(d: Discovery): string {
  const networks = d.interfaces.map(network);
  if (networks.length === 0) return "No cameras found yet.";
  return `No cameras found yet on ${list(networks)}.`;
}

/** What PiGrid is doing to find cameras. */
export function searching(d: Discovery): string {
  if (d.problem !== "")
    return `PiGrid cannot discover cameras automatically: ${sentence(d.problem)}`;
  if (!d.running) return "PiGrid is not looking for cameras right now.";
  if (d.interfaces.length === 0) return "This computer does not seem to be on a network.";
  return "PiGrid keeps looking. New cameras appear here automatically.";
}
