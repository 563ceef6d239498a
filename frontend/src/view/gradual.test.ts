import { describe, expect, it } from "vitest";

import type { Camera } from "../backend/types";
import { cameras } from "../testing/camera";
import { NUMBERS_PER_WORDS, step, STRETCH } from "./gradual";

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

  it.each([{ state: "offline" as const }, { reason: "timeout" as const }])(
    "changes the words of a few at a time until all are as they should be: %o",
    (words) => {
      const goal = cameras(2 * STRETCH + 1, words);
      const old = cameras(goal.length);
      let shown: readonly Camera[] = old;
      for (const [changed, done] of [
        [STRETCH, false],
        [2 * STRETCH, false],
        [2 * STRETCH + 1, true],
      ] as const) {
        const next = step(shown, goal);
        shown = next.cameras;
        expect(shown.filter((c, i) => c !== old[i]).length).toBe(changed);
        expect(next.done).toBe(done);
      }
      expect(shown).toEqual(goal);
    },
  );

  it("changes numbers when words are done, more at a time", () => {
    const words = STRETCH + 2;
    const numbers = 5 * NUMBERS_PER_WORDS * STRETCH;
    const old = cameras(words + numbers);
    const goal = old.map((c, i) =>
      i < numbers ? { ...c, fps: 9.5 } : { ...c, reason: "busy" as const },
    );
    let shown: readonly Camera[] = old;
    let left = numbers - (STRETCH - 2) * NUMBERS_PER_WORDS;
    for (let n = 0; n < 7; n++) {
      const next = step(shown, goal);
      shown = next.cameras;
      const fresh = shown.map((c, i) => c === goal[i]);
      const told = fresh.filter((is, i) => is && i >= numbers).length;
      expect(told).toBe(n === 0 ? STRETCH : words);
      if (n > 1) left -= NUMBERS_PER_WORDS * STRETCH;
      if (n > 0) expect(fresh.filter((is) => !is).length).toBe(Math.max(0, left));
      expect(next.done).toBe(left <= 0 && n > 0);
    }
    expect(shown).toEqual(goal);
  });

  it("takes everything in one step where it may", () => {
    const old = cameras(200);
    const goal = old.map((c, i) =>
      i % 2 ? { ...c, fps: 9.5 } : { ...c, state: "offline" as const },
    );
    expect(step(old, goal, Infinity)).toEqual({ cameras: goal, done: true });
  });

  it("takes new cameras, the order, and what is gone at once", () => {
    const goal = [...cameras(3 * STRETCH)].reverse();
    const { cameras: now, done } = step(cameras(2), goal);
    expect(now.map((c) => c.key)).toEqual(goal.map((c) => c.key));
    expect(done).toBe(true);
    expect(step(now, []).cameras).toEqual([]);
  });

  it("takes cameras that are hidden, or not any more, at once", () => {
    const goal = cameras(20).map((c, i) => ({ ...c, hidden: i % 2 === 0, fps: c.fps + 1 }));
    const { cameras: now, done } = step(cameras(20), goal);
    expect(now.map((c) => c.hidden)).toEqual(goal.map((c) => c.hidden));
    expect(done).toBe(false);
    expect(step(now, goal, Infinity)).toEqual({ cameras: goal, done: true });
  });
});
