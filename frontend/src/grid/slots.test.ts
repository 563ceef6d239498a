import { describe, expect, it } from "vitest";

import { assign } from "./slots";

describe("assign", () => {
  const slots = (before: Record<string, number>, ...keys: string[]) =>
    Object.fromEntries(assign(new Map(Object.entries(before)), keys));

  it.each([
    ["the first cameras", {}, ["a", "b"], { a: 0, b: 1 }],
    ["another order", { a: 0, b: 1 }, ["b", "a"], { b: 1, a: 0 }],
    ["one more, in front", { a: 0, b: 1 }, ["x", "a", "b"], { x: 2, a: 0, b: 1 }],
    ["one that goes", { a: 0, b: 1 }, ["b"], { b: 1 }],
    [
      "one that comes when another goes",
      { a: 0, b: 1, c: 2 },
      ["a", "x", "c"],
      { a: 0, x: 1, c: 2 },
    ],
    ["one after one went", { b: 1 }, ["b", "x", "y"], { b: 1, x: 0, y: 2 }],
    ["none", { a: 0 }, [], {}],
  ])("%s", (_, before, keys, after) => {
    expect(slots(before as unknown as Record<string, number>, ...keys)).toEqual(after);
  });

  it("is the same as before while the cameras are the same", () => {
    const before = assign(new Map(), ["a", "b"]);
    expect(assign(before, ["b", "a"])).toBe(before);
    expect(assign(before, ["a", "b", "c"])).not.toBe(before);
  });

  it("needs no more tiles for cameras that change than there are at a time", () => {
    let now = assign(new Map(), []);
    for (let round = 0; round < 1000; round++)
      now = assign(
        now,
        ["good", ...Array.from({ length: 64 }, (_, i) => `${round}-${i}`)].reverse(),
      );
    expect([now.get("good"), Math.max(...now.values())]).toEqual([64, 64]);
  });
});
