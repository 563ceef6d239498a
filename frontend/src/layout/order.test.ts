import { describe, expect, it } from "vitest";

import { after, movedBefore, movedTo, ordered } from "./order";

describe("an order", () => {
  it.each([
    ["c", "a", "cabd"],
    ["a", "", "bcda"],
    ["a", "gone", "bcda"],
    ["a", "c", "bacd"],
    ["b", "b", "acdb"],
  ])("with %s before %j is %s", (key, before, expected) => {
    expect(movedBefore([..."abcd"], key, before).join("")).toBe(expected);
  });

  it.each([
    ["a", "c", "bcad"],
    ["d", "b", "adbc"],
    ["a", "d", "bcda"],
    ["b", "b", "abcd"],
    ["gone", "b", "abcd"],
    ["b", "gone", "abcd"],
  ])("with %s at the place of %s is %s", (key, place, expected) => {
    expect(movedTo([..."abcd"], key, place).join("")).toBe(expected);
  });

  it("knows what follows", () => {
    expect(["a", "d", "gone"].map((key) => after([..."abcd"], key))).toEqual(["b", "", ""]);
  });

  it("sorts what is there, and has the others follow", () => {
    expect(ordered([..."abcd"], ["d", "gone", "b"]).join("")).toBe("dbac");
    expect(ordered([..."abcd"], null).join("")).toBe("abcd");
  });
});
