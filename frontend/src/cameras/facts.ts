// What follows from the state of a camera, without words.
import type { Camera } from "../backend/types";

/** It gives no picture, and that does not pass by itself. */
export function hasFailed(c: Camera): boolean {
  return ["offline", "refused", "camera-error", "incompatible"].includes(c.state);
}

export function givesPictures(c: Camera): boolean {
  return c.state === "live" || c.state === "slow";
}

/** To try it now may change something: pictures that come, or that a person stopped, need nothing. */
export function canRetry(c: Camera): boolean {
  return !givesPictures(c) && c.state !== "paused";
}

/** From this age on a picture does not pass for a live one. */
const OLD_MS = 3000;

/**
 * How old the newest picture of a camera is that is live and gives one only now and
 * then, milliseconds; 0 while it is new, and of all others. Up to a second may pass
 * until Go tells of the newest one; of a fast camera it tells before that is old.
 */
export function pictureAge(c: Camera, now: number): number {
  if (c.state !== "live" || c.lastFrameAt <= 0 || c.fps >= 1) return 0;
  const age = now - c.lastFrameAt;
  return age > OLD_MS ? age : 0;
}

/** It is live, and what it shows is new: there is nothing to say about it. */
export function isWell(c: Camera, now: number): boolean {
  return c.state === "live" && pictureAge(c, now) === 0;
}

/** The camera is well and has no place for one more viewer. */
export function isFull(c: Camera): boolean {
  // A camera without an agent has no other way to say it.
  return c.reason === "busy" || (c.url !== "" && c.status === 503);
}

/** Pictures come, but this computer cannot show them. */
export function isTooMuch(c: Camera): boolean {
  return c.reason === "too-large" || c.reason === "too-complex" || givesWay(c);
}

/** Other pictures need the room of this one: the page must not keep it, either. */
export function givesWay(c: Camera): boolean {
  return c.reason === "no-room" || c.reason === "no-memory";
}

/** How many cameras the agent of this one has; 1 for a camera without an agent. */
export function ofSameAgent(camera: Camera, cameras: readonly Camera[]): number {
  const agent = /^agent:[^/]*\//.exec(camera.key)?.[0];
  return agent === undefined ? 1 : cameras.filter((c) => c.key.startsWith(agent)).length;
}
