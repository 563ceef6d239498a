import { describe, expect, it } from "vitest";

import { cameras } from "../testing/camera";
import { step, STRETCH } from "./gradual";

describe("step", () => {
  it("keeps the objects of cameras of which nothing changed", () => {
    const shown = cameras(3);
    const goal = cameras(3).map((c, i) => (i === 1 ? { ...c, state: "offline" as const } : c));
    const { cameras: now, done } = step(shown, goal);
    expect(now[0]).toBe(shown[0]);
    expect(now[1]).toBe(goal[1]);
    expect(now[2]).toBe(shown[2]);
    expect(done).toBe(true);
  });

  it("changes a few at a time until all are as they should be", () => {
    const goal = cameras(2 * STRETCH + 1, { state: "offline" });
    let shown: ReturnType<typeof step> = { cameras: cameras(goal.length), done: false };
    const offline = () => shown.cameras.filter((c) => c.state === "offline").length;
    for (const [count, done] of [
      [STRETCH, false],
      [2 * STRETCH, false],
      [2 * STRETCH + 1, true],
    ] as const) {
      shown = step(shown.cameras, goal);
      expect([offline(), shown.done]).toEqual([count, done]);
    }
    expect(shown.cameras).toEqual(goal);
  });

  it("takes new cameras, the order, and what is gone at once", () => {
    const goal = [...cameras(3 * STRETCH)].reverse();
    const { cameras: now, done } = step(cameras(2), goal);
    expect(now.map((c) => c.key)).toEqual(goal.map((c) => c.key));
    expect(done).toBe(true);
    expect(step(now, []).cameras).toEqual([]);
  });
});
