import { describe, expect, it } from "vitest";

import { fit, place } from "./fit";
import { neighbour, type Direction } from "./neighbour";

const stage = { width: 1920, height: 1040 };
// 0 1 2
//  3 4
const five = place(5, fit(5, stage, 16 / 9), stage);

describe("neighbour", () => {
  it.each<[number, Direction, number]>([
    [0, "right", 1],
    [2, "right", 3],
    [4, "right", 4],
    [3, "left", 2],
    [0, "left", 0],
    [0, "down", 3],
    [2, "down", 4],
    [3, "up", 0],
    [4, "up", 1],
    [1, "up", 1],
    [3, "down", 3],
  ])("from %i %s is %i", (from, direction, to) => {
    expect(neighbour(five, from, direction)).toBe(to);
  });

  it("goes up by one row, not to the top", () => {
    const nine = place(9, fit(9, stage, 16 / 9), stage);
    expect(neighbour(nine, 7, "up")).toBe(4);
    expect(neighbour(nine, 1, "down")).toBe(4);
  });

  it("stays where it is when there are no tiles", () => {
    expect(neighbour([], 0, "down")).toBe(0);
  });
});
