import { describe, expect, it } from "vitest";

import { drawnWidth, fills } from "./picture";

const size = (width: number, height: number) => ({ width, height });

describe("drawnWidth", () => {
  it.each([
    ["the tile's shape", size(640, 480), size(320, 240), 320],
    ["nearly the tile's shape: it fills it", size(640, 480), size(320, 242), 323],
    ["wider than the tile", size(1920, 1080), size(320, 240), 320],
    ["narrower than the tile", size(480, 640), size(320, 240), 180],
    ["of a size that nobody knows", size(0, 0), size(320, 240), 320],
  ])("%s", (_, picture, tile, expected) => {
    expect(Math.round(drawnWidth(picture, tile))).toBe(expected);
  });

  it("is as wide as a tile that it must fill", () => {
    expect(drawnWidth(size(480, 640), size(320, 240), true)).toBe(320);
    expect(drawnWidth(size(1920, 1080), size(320, 240), true)).toBeCloseTo(427, 0);
  });

  it("fills the tile only where the shapes are nearly the same", () => {
    expect(fills(size(640, 480), size(320, 242))).toBe(true);
    expect(fills(size(640, 480), size(320, 250))).toBe(false);
    expect(fills(size(0, 0), size(320, 250))).toBe(false);
  });
});
