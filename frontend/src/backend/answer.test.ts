import { describe, expect, it } from "vitest";

import { state } from "../testing/camera";
import { readAnswer } from "./answer";

const porch = { key: "agent:1/imx708", seq: 7, ageMs: 12 };
const garage = { key: "agent:2/ov5647", seq: 0, ageMs: 0.5 };

describe("readAnswer", () => {
  it("reads every entry and nothing more of it", () => {
    expect(readAnswer({ number: 7, news: [] })).toEqual({ number: 7, news: [] });
    const news = [porch, { ...garage, url: "http://elsewhere/" }];
    expect(readAnswer({ number: 7, state: state([]), news })).toEqual({
      number: 7,
      state: state([]),
      news: [porch, garage],
    });
  });

  it.each([
    ["nothing", null],
    ["no list", { ...porch }],
    ["no object", [porch, "agent:1"]],
    ["null", [null]],
    ["no key", [{ seq: 1, ageMs: 1 }]],
    ["an empty key", [{ ...porch, key: "" }]],
    ["a key that is not text", [{ ...porch, key: 5 }]],
    ["a number that is not a count", [{ ...porch, seq: 1.5 }]],
    ["a negative number", [{ ...porch, seq: -1 }]],
    ["a frame number as text", [{ ...porch, seq: "7" }]],
    ["a negative age", [{ ...porch, ageMs: -1 }]],
    ["no age", [{ key: "a", seq: 1 }]],
  ])("refuses news with %s", (_, news) => {
    expect(() => readAnswer({ number: 7, news })).toThrow();
  });

  it.each([
    ["nothing", null],
    ["a list", []],
    ["a state without a number", { state: state([]), news: [] }],
    ["a number as text", { number: "7", news: [] }],
    ["a state without cameras", { number: 7, state: {}, news: [] }],
  ])("refuses %s", (_, answer) => {
    expect(() => readAnswer(answer)).toThrow();
  });
});
