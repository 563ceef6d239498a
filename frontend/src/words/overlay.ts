// The numbers that stand on a picture when a person wants them.
import { givesPictures, isWell } from "../cameras/facts";
import type { Shown } from "../cameras/shown";
import { clockWithSeconds, rate, span } from "./time";

/** A clock that is no more than this off is right. */
const CLOCK_OFF_MS = 2000;

/** A number and its unit; the number has room for as many digits, so that nothing jumps. */
export interface Figure {
  number: string;
  unit: string;
  digits: number;
}

export interface Overlay {
  /** "14:02:31", when the picture was taken by its agent's clock; "" when that is not known. */
  time: string;
  /** "3 min ahead" of a clock that is wrong, else "". */
  off: string;
  figures: readonly Figure[];
}

/** "3 min ahead", "2 h behind" of a clock that is wrong; "" of one that is right. */
export function clockOff({ takenAt, clockAheadMs }: Shown): string {
  if (takenAt <= 0 || Math.abs(clockAheadMs) <= CLOCK_OFF_MS) return "";
  return `${span(Math.abs(clockAheadMs))} ${clockAheadMs > 0 ? "ahead" : "behind"}`;
}

/**
 * What stands on a camera's picture that came at `arrivedAt` and was `delayMs` old when it
 * was shown; null where words of trouble stand, or where there is no picture.
 */
export function overlay(
  c: Shown,
  now: number,
  arrivedAt: number | null,
  delayMs: number | null,
): Overlay | null {
  const moves = givesPictures(c);
  if (arrivedAt === null || !(moves || c.state === "stalled" || c.frozen)) return null;
  // The newest picture that Go knows of may be another one than the one on screen.
  const taken = c.takenAt > 0 && c.lastFrameAt > 0 ? arrivedAt + c.takenAt - c.lastFrameAt : 0;
  if (taken <= 0 && !moves) return null;
  return {
    time: taken > 0 ? clockWithSeconds(taken) : "",
    off: clockOff(c),
    figures: moves ? figures(c, isWell(c, now) || c.state === "slow" ? delayMs : null) : [],
  };
}

function figures(c: Shown, delayMs: number | null): Figure[] {
  const megabits = (c.bytesPerSecond * 8) / 1e6;
  return [
    { number: rate(c.fps), unit: "fps", digits: 3 },
    { number: rate(megabits), unit: "Mb/s", digits: 3 },
    ...(delayMs === null ? [] : [{ number: String(Math.round(delayMs)), unit: "ms", digits: 3 }]),
  ];
}

/** What the mark of a wrong clock says under the mouse. */
export function clockTitle(off: string): string {
  return `The camera's clock is ${off} of this computer's`;
}
