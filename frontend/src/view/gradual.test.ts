import { describe, expect, it } from "vitest";

import type { Camera } from "../backend/types";
import { cameras } from "../testing/camera";
import { step, STRETCH } from "./gradual";

describe("step", () => {
  it("keeps the objects of cameras of which nothing changed", () => {
    const shown = cameras(3);
    const goal = cameras(3).map((c, i) => (i === 1 ? { ...c, state: "offline" as const } : c));
    const { cameras: now, left } = step(shown, goal);
    expect(now[0]).toBe(shown[0]);
    expect(now[1]).toBe(goal[1]);
    expect(now[2]).toBe(shown[2]);
    expect(left).toBe(0);
  });

  it("changes a few at a time until all are as they should be", () => {
    const goal = cameras(2 * STRETCH + 1, { state: "offline" });
    let shown: readonly Camera[] = cameras(goal.length);
    for (const [offline, left] of [
      [STRETCH, STRETCH + 1],
      [2 * STRETCH, 1],
      [2 * STRETCH + 1, 0],
    ]) {
      const next = step(shown, goal);
      shown = next.cameras;
      expect([shown.filter((c) => c.state === "offline").length, next.left]).toEqual([
        offline,
        left,
      ]);
    }
    expect(shown).toEqual(goal);
  });

  it("tells another state before other numbers, and numbers of all in turn", () => {
    const n = 4 * STRETCH;
    let shown: readonly Camera[] = cameras(n);
    let from = 0;
    const seen = new Set<string>();
    for (let second = 1; second <= 4; second++) {
      // New numbers of all come before the old ones are told.
      const goal = cameras(n, { fps: 100 + second }).map((c, i) =>
        i === n - 1 ? { ...c, state: "offline" as const } : c,
      );
      const next = step(shown, goal, from);
      for (const c of next.cameras) if (c.fps > 100) seen.add(c.key);
      ({ cameras: shown, from } = next);
      expect(shown.at(-1)?.state).toBe("offline");
    }
    // The offline one took a place of the first step.
    expect(seen.size).toBeGreaterThanOrEqual(n - 1);
  });

  it("takes new cameras, the order, and what is gone at once", () => {
    const goal = [...cameras(3 * STRETCH)].reverse();
    const { cameras: now, left } = step(cameras(2), goal);
    expect(now.map((c) => c.key)).toEqual(goal.map((c) => c.key));
    expect(left).toBe(0);
    expect(step(now, []).cameras).toEqual([]);
  });
});
