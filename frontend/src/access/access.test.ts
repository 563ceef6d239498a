import { describe, expect, it } from "vitest";

import { KEY } from "../testing/access";
import { dayOf, endOf } from "./days";
import { qrOf } from "./qr";

describe("days", () => {
  it("are whole, and come back as they were", () => {
    expect(endOf("2026-11-30")).toBe(Date.UTC(2026, 10, 30, 23, 59, 59, 999));
    expect(dayOf(endOf("2026-01-05"))).toBe("2026-01-05");
    expect([endOf(""), dayOf(0), endOf("soon")]).toEqual([0, "", 0]);
  });
});

describe("QR codes", () => {
  it("have three finders inside a white border of four", () => {
    const { path, size } = qrOf(KEY);
    expect(size).toBe(25 + 8);
    const run = /M(\d+) (\d+)h(\d+)v1h-\3z/g;
    expect(path.replace(run, "")).toBe("");
    const runs = [...path.matchAll(run)].map((found) => found.slice(1).map(Number));
    const black = (x: number, y: number) =>
      runs.some(([left = 0, top, width = 0]) => top === y && x >= left && x < left + width);
    for (const [x, y] of [
      [4, 4],
      [22, 4],
      [4, 22],
    ] as const) {
      expect([black(x, y), black(x + 6, y + 6), black(x + 1, y + 1), black(x + 3, y + 3)]).toEqual([
        true,
        true,
        false,
        true,
      ]);
    }
    expect(runs.every(([x = 0, y = 0, w = 0]) => x >= 4 && y >= 4 && x + w <= 29)).toBe(true);
  });

  it("differ by what they say", () => {
    expect(qrOf("a").path).not.toBe(qrOf("b").path);
  });
});
