// The few words about a camera's state, as pure functions of the camera and the time.
import type { Camera, CameraState, Reason } from "../backend/types";
import { givesPictures, isFull, isTooMuch, pictureAge } from "../cameras/facts";
import type { Shown } from "../cameras/shown";
import { lowerFirst } from "./text";
import { day, moment, rate, span } from "./time";

export type Tone = "ok" | "quiet" | "warn" | "danger";

const tones: Record<CameraState, Tone> = {
  connecting: "quiet",
  live: "ok",
  slow: "warn",
  stalled: "warn",
  offline: "danger",
  refused: "danger",
  "camera-error": "danger",
  incompatible: "danger",
  paused: "quiet",
};

export function tone({ state, reason }: Pick<Camera, "state" | "reason">): Tone {
  // Nothing is broken: a person has to enter a key.
  return reason === "needs-key" ? "warn" : tones[state];
}

/** A camera that is locked, in the corner of its tile. */
const LOCKED: Partial<Record<Reason, readonly [words: string, short: string]>> = {
  "needs-key": ["Needs your household key", "Needs your key"],
  "not-yours": ["Not your camera", "Not yours"],
  "changed-key": ["Another key than before", "Key changed"],
  keychain: ["The keychain is locked", "Keychain locked"],
};

/** Shorter waits pass without a word. */
const SILENT_MS = 400;

/** The camera's name, or whatever else a person can tell it by. */
export function nameOf(c: Shown): string {
  return c.name || c.host || c.address || "Camera";
}

/** The few words in the corner of the tile; `short` for one too narrow for all of them. */
export function status(c: Shown, now: number, short = false): string {
  const silent = now - c.since < SILENT_MS;
  const age = pictureAge(c, now);
  if (age > 0) return short ? `${span(age, true)} old` : `Picture ${span(age)} old`;
  switch (c.state) {
    case "connecting":
      return silent ? "" : "Connecting…";
    case "live":
      return "Live";
    case "slow":
      return `Slow · ${rate(c.fps)} fps`;
    case "stalled":
      return stalled(c, now, short);
    case "offline":
      if (c.since <= 0) return "Offline";
      return short ? `Offline · ${day(c.since, now)}` : `Offline since ${moment(c.since, now)}`;
    case "refused":
      return LOCKED[c.reason]?.[short ? 1 : 0] ?? "Access denied";
    case "camera-error":
      if (c.reason === "crowded") return "Too many connections";
      if (c.reason === "too-complex") return "Picture takes too long";
      if (isTooMuch(c)) return "Picture too large";
      return isFull(c) ? "Too many viewers" : "Camera problem";
    case "incompatible":
      return c.reason === "too-new" ? "Agent too new" : "Agent too old";
    case "paused":
      if (c.frozen) return "Paused by you";
      return silent ? "" : "Paused";
  }
}

function stalled(c: Shown, now: number, short: boolean): string {
  const age = c.lastFrameAt > 0 ? span(now - c.lastFrameAt, short) : "";
  if (short) return age === "" ? "No picture" : `No picture · ${age}`;
  return age === "" ? "No new picture" : `No new picture for ${age}`;
}

/** What PiGrid does next about it, or "". */
export function next(c: Shown, now: number, short = false): string {
  if (c.retryAt <= 0 || givesPictures(c) || c.state === "paused") return "";
  const left = c.retryAt - now;
  if (left <= 0) return "retrying now";
  return `${short ? "retry" : "retrying in"} ${span(Math.max(1000, left))}`;
}

/** What a screen reader says for the tile: "Porch, live, 15 frames per second". */
export function label(c: Shown, now: number): string {
  const name = nameOf(c);
  switch (c.state) {
    case "live":
      if (c.lastFrameAt > 0 && c.fps > 0 && c.fps < 0.4)
        return `${name}, live, a new picture every few seconds`; // the seconds would change it all the time
      return c.fps > 0 ? `${name}, live, ${rate(c.fps)} frames per second` : `${name}, live`;
    case "slow":
      return `${name}, slow, ${rate(c.fps)} frames per second`;
    case "stalled":
      return `${name}, no new picture`; // the seconds would change the label all the time
    case "connecting":
      return `${name}, connecting`;
    case "paused":
      return c.frozen ? `${name}, paused by you` : `${name}, paused`;
    default:
      return `${name}, ${lowerFirst(status(c, now))}`;
  }
}
