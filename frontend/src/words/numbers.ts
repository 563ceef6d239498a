// The numbers of a picture, as people say them.
import type { Camera } from "../backend/types";
import { rate } from "./time";

/** "4.1 Mb/s", "38 Mb/s"; "" for next to nothing. */
export function megabits(bytesPerSecond: number): string {
  const mb = (bytesPerSecond * 8) / 1e6;
  return mb < 0.05 ? "" : `${rate(mb)} Mb/s`;
}

/** "1280×720", or "" while it is not known. */
export function size(c: Camera): string {
  return c.width > 0 && c.height > 0 ? `${c.width}×${c.height}` : "";
}

/** "1280×720", "15 fps", "4.1 Mb/s", "82 ms" of a camera that gives pictures; unknown ones are left out. */
export function numbers(c: Camera, delayMs: number | null): string[] {
  if (c.state !== "live") return [];
  return [
    size(c),
    c.fps > 0 ? `${rate(c.fps)} fps` : "",
    megabits(c.bytesPerSecond),
    delayMs === null ? "" : `${Math.round(delayMs)} ms`,
  ].filter((text) => text !== "");
}
