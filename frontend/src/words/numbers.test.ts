import { describe, expect, it } from "vitest";

import { camera } from "../testing/camera";
import { megabits, numbers } from "./numbers";

describe("megabits", () => {
  it.each([
    [0, ""],
    [6_000, ""],
    [6_250, "0.1 Mb/s"],
    [512_500, "4.1 Mb/s"],
    [1_250_000, "10 Mb/s"],
    [4_800_000, "38 Mb/s"],
  ])("%i bytes per second: %s", (bytes, words) => {
    expect(megabits(bytes)).toBe(words);
  });
});

describe("numbers", () => {
  it("says size, rate, data and delay of a live camera, as far as they are known", () => {
    expect(numbers(camera(), 82.4)).toEqual(["1280×720", "15 fps", "4.1 Mb/s", "82 ms"]);
    expect(numbers(camera({ width: 0, fps: 0, bytesPerSecond: 0 }), null)).toEqual([]);
  });

  it("says nothing of a picture that is not live", () => {
    for (const state of ["stalled", "offline", "connecting", "paused"] as const)
      expect(numbers(camera({ state }), 82)).toEqual([]);
  });
});
