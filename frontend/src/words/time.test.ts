import { describe, expect, it } from "vitest";

import { clockWithSeconds, rate, span } from "./time";

const MIN = 60_000;
const HOUR = 60 * MIN;

describe("span", () => {
  it.each<[number, string]>([
    [-1000, "0 s"],
    [400, "0 s"],
    [59_400, "59 s"],
    [59_500, "1 min"],
    [HOUR - 1000, "59 min"],
    [HOUR, "1 h"],
    [48 * HOUR - 1000, "47 h"],
    [48 * HOUR, "2 days"],
    [11 * 24 * HOUR, "11 days"],
  ])("%i ms: %s", (ms, words) => {
    expect(span(ms)).toBe(words);
  });

  it("has a short word for days", () => {
    expect(span(48 * HOUR, true)).toBe("2 d");
    expect(span(47 * HOUR, true)).toBe("47 h");
  });
});

describe("rate", () => {
  it.each<[number, string]>([
    [0.24, "0.2"],
    [9.94, "9.9"],
    [10.4, "10"],
    [29.4, "29"],
  ])("%d is %s", (fps, words) => {
    expect(rate(fps)).toBe(words);
  });
});

it("has seconds where they count", () => {
  expect(clockWithSeconds(new Date(2026, 10, 30, 4, 2, 9).getTime())).toBe("04:02:09");
});
