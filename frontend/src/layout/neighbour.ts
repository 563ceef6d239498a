import type { Rect } from "./fit";

export type Direction = "left" | "right" | "up" | "down";

/**
 * The tile an arrow key goes to, by index, or `from` at an edge. Left and right
 * follow the order and wrap to the next row; up and down go to the nearest tile
 * of the next row, because a centred last row has no columns of its own.
 */
export function neighbour(rects: readonly Rect[], from: number, direction: Direction): number {
  if (direction === "left") return Math.max(0, from - 1);
  if (direction === "right") return Math.min(rects.length - 1, from + 1);
  const start = rects[from];
  if (!start) return from;
  const beyond = rects.filter((r) =>
    direction === "down" ? r.top > start.top : r.top < start.top,
  );
  const row = direction === "down" ? beyond[0]?.top : beyond.at(-1)?.top;
  if (row === undefined) return from;
  const middle = (r: Rect) => r.left + r.width / 2;
  const distance = (r: Rect) => Math.abs(middle(r) - middle(start));
  const nearest = beyond
    .filter((r) => r.top === row)
    .reduce((a, b) => (distance(b) < distance(a) ? b : a));
  return rects.indexOf(nearest);
}
