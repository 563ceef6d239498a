import { describe, expect, it } from "vitest";

import { readNews } from "./news";

const porch = { key: "agent:1/imx708", seq: 7, ageMs: 12 };
const garage = { key: "agent:2/ov5647", seq: 0, ageMs: 0.5 };

describe("readNews", () => {
  it("reads every entry and nothing more of it", () => {
    expect(readNews([])).toEqual([]);
    expect(readNews([porch, { ...garage, url: "http://elsewhere/" }])).toEqual([porch, garage]);
  });

  it.each([
    ["nothing", null],
    ["no list", { ...porch }],
    ["no object", [porch, "agent:1"]],
    ["null", [null]],
    ["no key", [{ seq: 1, ageMs: 1 }]],
    ["an empty key", [{ ...porch, key: "" }]],
    ["a key that is no text", [{ ...porch, key: 5 }]],
    ["a number that is no count", [{ ...porch, seq: 1.5 }]],
    ["a negative number", [{ ...porch, seq: -1 }]],
    ["a number as text", [{ ...porch, seq: "7" }]],
    ["a negative age", [{ ...porch, ageMs: -1 }]],
    ["no age", [{ key: "a", seq: 1 }]],
  ])("refuses %s", (_, answer) => {
    expect(() => readNews(answer)).toThrow();
  });
});
