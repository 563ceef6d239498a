import { describe, expect, it } from "vitest";

import { PADDING, type Rect } from "./fit";
import { around, focusFit } from "./focus";

const overlap = (a: Rect, b: Rect) =>
  a.left < b.left + b.width &&
  b.left < a.left + a.width &&
  a.top < b.top + b.height &&
  b.top < a.top + a.height;

describe("one large tile and a strip", () => {
  const stages = [
    [1920, 1040],
    [1280, 680],
    [1000, 1000],
    [844, 350],
    [390, 800],
    [320, 440],
  ] as const;
  it.each(stages)("stands whole in %i x %i, and nothing on anything", (width, height) => {
    for (const count of [1, 2, 5, 12, 64]) {
      for (const aspect of [16 / 9, 4 / 3, 9 / 16]) {
        const { large, strip } = focusFit(count, { width, height }, aspect);
        const all = [large, ...strip];
        for (const r of all) {
          expect(r.left).toBeGreaterThanOrEqual(PADDING - 1);
          expect(r.top).toBeGreaterThanOrEqual(PADDING - 1);
          expect(r.left + r.width).toBeLessThanOrEqual(width - PADDING + 1);
          expect(r.top + r.height).toBeLessThanOrEqual(height - PADDING + 1);
        }
        const pairs = all.flatMap((a, i) => all.slice(i + 1).map((b) => [a, b] as const));
        expect(pairs.filter(([a, b]) => overlap(a, b))).toEqual([]);
        expect(strip.length).toBeLessThanOrEqual(count - 1);
        expect(count < 2 || strip.length > 0).toBe(true);
        for (const r of strip) expect(r.width).toBeLessThanOrEqual(large.width);
      }
    }
  });

  it("has the strip at the side of a wide stage and below a high one", () => {
    const wide = focusFit(6, { width: 1920, height: 1040 }, 16 / 9);
    expect(wide.strip).toHaveLength(5);
    expect(new Set(wide.strip.map((r) => r.left)).size).toBe(1);
    expect(wide.large.width).toBeGreaterThan(1500);
    const high = focusFit(6, { width: 390, height: 800 }, 16 / 9);
    expect(new Set(high.strip.map((r) => r.top)).size).toBe(1);
    expect(high.strip[0]?.top).toBeGreaterThan(high.large.top);
    expect(high.large.width).toBe(374);
  });
});

describe("around", () => {
  it.each([
    [0, 3, "abc"],
    [1, 3, "abc"],
    [3, 3, "cde"],
    [5, 3, "def"],
    [2, 9, "abcdef"],
  ])("of the item at %i, %i are %s", (at, count, expected) => {
    expect(around([..."abcdef"], at, count).join("")).toBe(expected);
  });
});
