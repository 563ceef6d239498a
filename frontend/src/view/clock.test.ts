import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { Clock, PARTS } from "./clock.svelte";

describe("Clock", () => {
  beforeEach(() => {
    vi.useFakeTimers({ now: 1000 });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it("tells the time to a part of the tiles after the other, to each as often", () => {
    const clock = new Clock();
    const stop = clock.start(PARTS * 50);
    const tiles = Array.from({ length: 2 * PARTS }, (_, i) => i);
    for (let tick = 1; tick <= 3 * PARTS; tick++) {
      const before = tiles.map((i) => clock.nowFor(i));
      vi.advanceTimersByTime(50);
      const told = tiles.filter((i) => clock.nowFor(i) !== before[i]);
      const part = (tick - 1) % PARTS;
      expect(told).toEqual([part, part + PARTS]);
      expect(clock.nowFor(part)).toBe(1000 + tick * 50);
      expect(clock.now).toBe(1000 + (tick - part) * 50);
    }
    stop();
    expect(vi.getTimerCount()).toBe(0);
  });
});
