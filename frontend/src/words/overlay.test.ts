import { describe, expect, it } from "vitest";

import type { Shown } from "../cameras/shown";
import { camera } from "../testing/camera";
import { clockOff, overlay } from "./overlay";

const at = (hours: number, minutes: number, seconds: number, ms = 0) =>
  new Date(2026, 10, 30, hours, minutes, seconds, ms).getTime();
const NOW = at(14, 2, 31);
const timed = (differences: Partial<Shown> = {}): Shown => ({
  ...camera({ lastFrameAt: NOW - 100, takenAt: NOW - 150, clockAheadMs: -40 }),
  ...differences,
});

/** As it reads. */
function said(c: Shown, arrivedAt: number | null = NOW - 100, delayMs: number | null = 82.4) {
  const told = overlay(c, NOW, arrivedAt, delayMs);
  const numbers = told?.figures.map(({ number, unit }) => `${number} ${unit}`) ?? [];
  return told && [told.time, told.off, ...numbers].filter((text) => text !== "").join(" · ");
}

describe("the numbers on a picture", () => {
  it.each<[string, Shown, string | null]>([
    ["live", timed(), "14:02:30 · 15 fps · 4.1 Mb/s · 82 ms"],
    ["slow", timed({ state: "slow", fps: 2.5 }), "14:02:30 · 2.5 fps · 4.1 Mb/s · 82 ms"],
    ["without a clock", camera(), "15 fps · 4.1 Mb/s · 82 ms"],
    [
      "with a wrong one",
      timed({ takenAt: NOW + 180_000, clockAheadMs: 180_100 }),
      "14:05:31 · 3 min ahead · 15 fps · 4.1 Mb/s · 82 ms",
    ],
    [
      "that gives one now and then, and none of late",
      timed({ fps: 0.2, lastFrameAt: NOW - 4000, takenAt: NOW - 4050 }),
      "14:02:30 · 0.2 fps · 4.1 Mb/s",
    ],
    ["stalled", timed({ state: "stalled" }), "14:02:30"],
    ["stalled, without a clock", camera({ state: "stalled" }), null],
    ["frozen", timed({ state: "paused", frozen: true }), "14:02:30"],
    ["paused", timed({ state: "paused" }), null],
    ["offline", timed({ state: "offline" }), null],
    ["refused", timed({ state: "refused" }), null],
    ["connecting", timed({ state: "connecting" }), null],
  ])("%s", (_, c, want) => {
    expect(said(c)).toBe(want);
  });

  it("say when the one on screen was taken, not the newest one", () => {
    expect(said(timed(), NOW - 10_000, null)).toBe("14:02:20 · 15 fps · 4.1 Mb/s");
    expect(said(timed(), null)).toBeNull();
  });

  it.each([
    [2000, ""],
    [2001, "2 s ahead"],
    [-7_300_000, "2 h behind"],
    [-1_796_045_106_370, "20787 days behind"],
  ])("a clock that is %i ms ahead is %j", (clockAheadMs, want) => {
    expect(clockOff(timed({ clockAheadMs }))).toBe(want);
  });
});
