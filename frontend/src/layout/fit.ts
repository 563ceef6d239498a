// Where the tiles go. Pure: sizes in, rectangles out, CSS pixels.

export interface Size {
  width: number;
  height: number;
}

export interface Rect extends Size {
  left: number;
  top: number;
}

/** In the window. */
export interface Point {
  x: number;
  y: number;
}

/** The grid of one page. All tiles have the same size. */
export interface Fit {
  columns: number;
  rows: number;
  tile: Size;
}

export const GAP = 4;
export const PADDING = 8;
/** Narrower tiles are not worth looking at: the grid turns pages instead. */
export const SMALLEST_TILE = 160;
/** Sizes this close count as equal; then the grid with fewer holes wins. */
const SAME_SIZE = 0.01;
/** A grid changes its columns only for tiles that grow by more than this. */
const WORTH_MOVING = 0.05;

/** Whether a point is within a rectangle. */
export function contains({ left, top, width, height }: Rect, { x, y }: Point): boolean {
  return x >= left && x < left + width && y >= top && y < top + height;
}

/** The largest tile of this aspect when `count` of them stand in `columns` columns. */
export function fitColumns(count: number, columns: number, stage: Size, aspect: number): Fit {
  const rows = Math.ceil(count / columns);
  const room = {
    width: stage.width - 2 * PADDING - (columns - 1) * GAP,
    height: stage.height - 2 * PADDING - (rows - 1) * GAP,
  };
  const width = Math.max(
    0,
    Math.floor(Math.min(room.width / columns, (room.height / rows) * aspect)),
  );
  return { columns, rows, tile: { width, height: Math.floor(width / aspect) } };
}

/**
 * The grid with the largest tiles; within 1 % the one with fewer holes. With
 * `current` columns on screen it stays with them unless moving is worth it.
 */
export function fit(count: number, stage: Size, aspect: number, current = 0): Fit {
  const all = Array.from({ length: Math.max(1, count) }, (_, i) =>
    fitColumns(count, i + 1, stage, aspect),
  );
  const largest = Math.max(...all.map((f) => f.tile.width));
  const best = all
    .filter((f) => f.tile.width >= largest * (1 - SAME_SIZE))
    .reduce((a, b) => (better(b, a, count) ? b : a));
  const stay = all[current - 1];
  if (stay && best.tile.width <= stay.tile.width * (1 + WORTH_MOVING)) return stay;
  return best;
}

function better(a: Fit, b: Fit, count: number): boolean {
  const holes = (f: Fit) => f.columns * f.rows - count;
  return holes(a) < holes(b) || (holes(a) === holes(b) && a.tile.width > b.tile.width);
}

/** How many tiles one page takes: all, or as many as keep their smallest width. */
export function perPage(count: number, stage: Size, aspect: number): number {
  // No more than this many stand side by side or above each other at their smallest width: with
  // hundreds of cameras, trying every number is too much for each one that comes.
  const room = (length: number, tile: number) =>
    Math.max(1, Math.floor((length - 2 * PADDING + GAP) / (tile + GAP)));
  const grid = room(stage.width, SMALLEST_TILE) * room(stage.height, SMALLEST_TILE / aspect);
  let most = Math.max(1, Math.min(count, grid));
  while (most > 1 && fit(most, stage, aspect).tile.width < SMALLEST_TILE) most--;
  // Pages of equal size look better than a last one with a single tile.
  return Math.ceil(count / Math.ceil(count / most)) || 1;
}

/** Rectangles for the first `count` places; the block is centred, and so is its last row. */
export function place(count: number, grid: Fit, stage: Size): Rect[] {
  const { columns, tile } = grid;
  const rows = Math.ceil(count / columns);
  const span = (tiles: number, size: number) => tiles * size + (tiles - 1) * GAP;
  const top = Math.floor((stage.height - span(rows, tile.height)) / 2);
  return Array.from({ length: count }, (_, i) => {
    const row = Math.floor(i / columns);
    const inRow = Math.min(columns, count - row * columns);
    const left = Math.floor((stage.width - span(inRow, tile.width)) / 2);
    return {
      left: left + (i % columns) * (tile.width + GAP),
      top: top + row * (tile.height + GAP),
      ...tile,
    };
  });
}

/** The agent's default picture is 640x480. */
const UNKNOWN_ASPECT = 4 / 3;

/** A wider or narrower picture is none that a grid is made for, whoever says that it is one. */
const WIDEST_ASPECT = 4;

/**
 * The aspect most cameras have; of equally common ones the first. Unknown sizes do not count, nor
 * do shapes in which nobody could see any other picture.
 */
export function commonestAspect(sizes: readonly Size[]): number {
  const votes = new Map<string, { aspect: number; count: number }>();
  for (const { width, height } of sizes) {
    if (width <= 0 || height <= 0) continue;
    const aspect = width / height;
    if (aspect > WIDEST_ASPECT || aspect < 1 / WIDEST_ASPECT) continue;
    // 1296x972 and 640x480 are the same shape, 1296x730 and 16:9 nearly so.
    const name = aspect.toFixed(1);
    const vote = votes.get(name) ?? { aspect, count: 0 };
    vote.count++;
    votes.set(name, vote);
  }
  let winner = { aspect: UNKNOWN_ASPECT, count: 0 };
  for (const vote of votes.values()) if (vote.count > winner.count) winner = vote;
  return winner.aspect;
}
