import { describe, expect, it } from "vitest";

import {
  commonestAspect,
  fit,
  fitColumns,
  GAP,
  PADDING,
  perPage,
  place,
  SMALLEST_TILE,
} from "./fit";

const stage = { width: 1920, height: 1040 };
const wide = 16 / 9;

describe("fit", () => {
  // The reference of the design: 1920x1040, gap 4, padding 8, 16:9.
  it.each([
    [1, 1820, 1, 1],
    [2, 950, 2, 1],
    [3, 906, 2, 2],
    [4, 906, 2, 2],
    [6, 632, 3, 2],
    [9, 602, 3, 3],
    [12, 473, 4, 3],
    [16, 449, 4, 4],
    [25, 358, 5, 5],
    [40, 268, 7, 6],
  ])("gives %i cameras tiles %i wide in %i x %i", (count, width, columns, rows) => {
    expect(fit(count, stage, wide)).toMatchObject({ tile: { width }, columns, rows });
  });

  it("never makes tiles larger than the window, for any number and shape", () => {
    for (const [width, height] of [
      [1920, 1040],
      [1280, 760],
      [480, 760],
      [3440, 300],
      [300, 2000],
    ] as const) {
      for (let count = 1; count <= 64; count++) {
        const { columns, rows, tile } = fit(count, { width, height }, wide);
        expect(columns * rows).toBeGreaterThanOrEqual(count);
        expect(columns * tile.width + (columns - 1) * GAP + 2 * PADDING).toBeLessThanOrEqual(width);
        expect(rows * tile.height + (rows - 1) * GAP + 2 * PADDING).toBeLessThanOrEqual(height);
      }
    }
  });

  it("takes the largest tile of all column counts, within 1 %", () => {
    for (let count = 1; count <= 64; count++) {
      const widths = Array.from(
        { length: count },
        (_, i) => fitColumns(count, i + 1, stage, wide).tile.width,
      );
      expect(fit(count, stage, wide).tile.width).toBeGreaterThanOrEqual(Math.max(...widths) * 0.99);
    }
  });

  it("prefers fewer holes when sizes are within 1 %", () => {
    // 4 columns leave 2 holes and are one pixel wider than 5 columns, which leave none.
    const s = { width: 1014, height: 468 };
    expect(fitColumns(10, 4, s, 4 / 3).tile.width).toBe(197);
    expect(fitColumns(10, 5, s, 4 / 3).tile.width).toBe(196);
    expect(fit(10, s, 4 / 3).columns).toBe(5);
  });

  it("keeps its columns until another number is worth more than 5 %", () => {
    const sizes = Array.from({ length: 200 }, (_, i) => ({ width: 1920 - i * 5, height: 1040 }));
    let kept = 0;
    for (const s of sizes) {
      const best = fit(6, s, wide);
      const three = fitColumns(6, 3, s, wide);
      const held = fit(6, s, wide, 3);
      if (best.tile.width > three.tile.width * 1.05) expect(held).toEqual(best);
      else expect(held).toEqual(three);
      if (held.columns === 3 && best.columns !== 3) kept++;
    }
    expect(kept).toBeGreaterThan(0);
  });
});

describe("perPage", () => {
  it("keeps everything on one page while tiles are wide enough", () => {
    for (const count of [0, 1, 4, 9, 25, 64]) {
      expect(perPage(count, stage, wide)).toBe(Math.max(1, count));
    }
  });

  it("turns pages of equal size when tiles would be narrower than 160", () => {
    const small = { width: 1280, height: 760 };
    expect(fit(64, small, wide).tile.width).toBeLessThan(SMALLEST_TILE);
    expect(perPage(64, small, wide)).toBe(32);
    expect(fit(32, small, wide).tile.width).toBeGreaterThanOrEqual(SMALLEST_TILE);
  });

  it("takes as many tiles as trying every number would find", () => {
    for (const [width, height] of [
      [1920, 1040],
      [1280, 760],
      [480, 760],
      [333, 2000],
    ] as const) {
      for (const aspect of [4 / 3, 16 / 9, 0.25, 4, 9 / 16, 1]) {
        const stage = { width, height };
        let most = 800;
        while (most > 1 && fit(most, stage, aspect).tile.width < SMALLEST_TILE) most--;
        expect(perPage(800, stage, aspect)).toBe(Math.ceil(800 / Math.ceil(800 / most)));
      }
    }
  }, 60_000);

  it("is fast with as many cameras as there can be", () => {
    const begin = performance.now();
    for (let count = 1024; count > 924; count--) perPage(count, stage, wide);
    // Two seconds before, on a quiet machine; a few milliseconds now.
    expect(performance.now() - begin).toBeLessThan(1000);
  });

  it("shows one camera even in a window that is too small", () => {
    expect(perPage(5, { width: 100, height: 80 }, wide)).toBe(1);
  });
});

describe("place", () => {
  it("centres the block and its last row and overlaps nothing", () => {
    const grid = fit(5, stage, wide);
    const rects = place(5, grid, stage);
    expect(grid.columns).toBe(3);
    for (const row of [rects.slice(0, 3), rects.slice(3)]) {
      const left = row[0]?.left ?? 0;
      const last = row.at(-1);
      const right = stage.width - (last ? last.left + last.width : 0);
      expect(Math.abs(left - right)).toBeLessThanOrEqual(1);
    }
    const top = rects[0]?.top ?? 0;
    const bottom = stage.height - ((rects[4]?.top ?? 0) + grid.tile.height);
    expect(Math.abs(top - bottom)).toBeLessThanOrEqual(1);
    for (const [i, a] of rects.entries()) {
      for (const b of rects.slice(i + 1)) {
        const apart =
          a.left + a.width + GAP <= b.left ||
          b.left + b.width + GAP <= a.left ||
          a.top + a.height + GAP <= b.top;
        expect(apart).toBe(true);
      }
    }
  });

  it("keeps the tile size of the page for a last page with fewer tiles", () => {
    const grid = fit(9, stage, wide);
    expect(place(2, grid, stage).map((r) => r.width)).toEqual([602, 602]);
  });
});

describe("commonestAspect", () => {
  const size = (width: number, height: number) => ({ width, height });
  it.each([
    ["nothing known: the agent's default 640x480", [size(0, 0)], 4 / 3],
    ["the one with most cameras", [size(640, 480), size(1280, 720), size(1920, 1080)], 16 / 9],
    ["the first of equally common ones", [size(640, 480), size(1280, 720)], 4 / 3],
    ["cameras without a size do not vote", [size(0, 0), size(0, 0), size(1280, 720)], 16 / 9],
    ["nor do those with half of one", [size(640, 0), size(640, 0), size(1280, 720)], 16 / 9],
    [
      "shapes that leave nothing to see of the others do not vote",
      [size(65_535, 1), size(65_535, 1), size(1, 65_535), size(1, 65_535), size(1280, 720)],
      16 / 9,
    ],
    ["only such shapes", [size(65_535, 1), size(1, 65_535)], 4 / 3],
    ["a stereo camera", [size(2560, 720)], 32 / 9],
    [
      "nearly equal shapes vote together",
      [size(720, 1280), size(640, 480), size(1640, 1232)],
      4 / 3,
    ],
  ])("%s", (_, sizes, aspect) => {
    expect(commonestAspect(sizes)).toBeCloseTo(aspect, 2);
  });
});
