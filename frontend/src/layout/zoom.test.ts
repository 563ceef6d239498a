import { describe, expect, it } from "vitest";

import { MOST, moved, transformOf, WHOLE, zoomed } from "./zoom";

describe("a zoom", () => {
  it.each([
    { x: 0, y: 0 },
    { x: 0.5, y: -0.5 },
    { x: -0.2, y: 0.1 },
  ])("keeps what is at the pointer where it is: %o", (at) => {
    let zoom = WHOLE;
    // Where a point of the picture is on the tile, and back.
    const pictureAt = (z = zoom) => ({ x: (at.x - z.x) / z.scale, y: (at.y - z.y) / z.scale });
    const before = pictureAt();
    for (const by of [1.3, 1.5, 2, 0.8]) {
      zoom = zoomed(zoom, by, at);
      expect(pictureAt().x).toBeCloseTo(before.x, 9);
      expect(pictureAt().y).toBeCloseTo(before.y, 9);
    }
    expect(zoom.scale).toBeCloseTo(1.3 * 1.5 * 2 * 0.8);
  });

  it("goes from 1 to 8 and never leaves the picture", () => {
    expect(zoomed(WHOLE, 100).scale).toBe(MOST);
    expect(zoomed(zoomed(WHOLE, 4, { x: 0.5, y: 0.5 }), 0.01)).toEqual(WHOLE);
    expect(zoomed(WHOLE, 1.01)).toEqual(WHOLE);
    const corner = zoomed(WHOLE, 3, { x: 0.5, y: 0.5 });
    expect(corner).toEqual({ scale: 3, x: -1, y: -1 });
    // Smaller again at the other corner: the edge of the picture is not within the tile.
    const back = zoomed(corner, 0.5, { x: -0.5, y: -0.5 });
    expect(back).toEqual({ scale: 1.5, x: -0.25, y: -0.25 });
  });

  it("moves as far as there is picture", () => {
    const twice = zoomed(WHOLE, 2);
    expect(moved(twice, { x: 0.3, y: -9 })).toEqual({ scale: 2, x: 0.3, y: -0.5 });
    expect(moved(WHOLE, { x: 1, y: 1 })).toEqual(WHOLE);
  });

  it("is a transform of its tile's size, and none of a whole picture", () => {
    expect(transformOf(WHOLE)).toBe("");
    expect(transformOf({ scale: 2, x: 0.25, y: -0.5 })).toBe(
      "translate(calc(var(--width) * 0.2500), calc(var(--height) * -0.5000)) scale(2.000)",
    );
  });
});
