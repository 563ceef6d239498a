// A picture that is zoomed in its tile. Pure; lengths are parts of the tile's width and
// height, so that a zoom stays the same when the tile grows.
import type { Point } from "./fit";

export interface Zoom {
  /** 1 to 8. */
  scale: number;
  /** How far the middle of the picture is from the middle of its tile. */
  x: number;
  y: number;
}

export const WHOLE: Zoom = { scale: 1, x: 0, y: 0 };
export const MOST = 8;

/** Nearly nothing is nothing: the way out needs no steady hand. */
const NEARLY_WHOLE = 1.02;

/** No further than to the edge of the picture. */
function within(length: number, scale: number): number {
  const most = (scale - 1) / 2;
  return Math.max(-most, Math.min(most, length));
}

/** Zoomed by a factor; what is at this point, measured from the middle of the tile, stays there. */
export function zoomed({ scale, x, y }: Zoom, by: number, at: Point = { x: 0, y: 0 }): Zoom {
  const to = Math.min(MOST, scale * by);
  if (to < NEARLY_WHOLE) return WHOLE;
  const stays = (from: number, point: number) => point - ((point - from) * to) / scale;
  return { scale: to, x: within(stays(x, at.x), to), y: within(stays(y, at.y), to) };
}

/** Moved, as far as there is picture. */
export function moved({ scale, x, y }: Zoom, by: Point): Zoom {
  return { scale, x: within(x + by.x, scale), y: within(y + by.y, scale) };
}

/** The CSS transform of an element in the middle of its tile, before what turns it. */
export function transformOf({ scale, x, y }: Zoom): string {
  if (scale === 1) return "";
  const part = (length: number, of: string) => `calc(var(--${of}) * ${length.toFixed(4)})`;
  return `translate(${part(x, "width")}, ${part(y, "height")}) scale(${scale.toFixed(3)})`;
}
