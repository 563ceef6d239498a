import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { cameras, search, state } from "../testing/camera";
import { AppState } from "./app-state.svelte";
import { STRETCH } from "./gradual";

describe("AppState", () => {
  /** Says that the page is painted, or with false that nobody sees it. */
  let paint: (seen?: boolean) => void;
  let app: AppState;

  beforeEach(() => {
    vi.useFakeTimers();
    app = new AppState(() => new Promise((resolve) => (paint = (seen = true) => resolve(seen))));
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  const settle = () => vi.advanceTimersByTimeAsync(0);

  it("takes every newer state", () => {
    expect([app.phase, app.number]).toEqual(["waiting", 0]);
    app.receive(state(cameras(1)), 12);
    expect([app.phase, app.cameras.length, app.number]).toEqual(["ready", 1, 12]);
    app.receive(state(cameras(3), { problem: "port 5353 is taken" }), 13);
    expect(app.cameras).toHaveLength(3);
    expect(app.discovery.problem).toBe("port 5353 is taken");
  });

  it("does not let a late answer undo a newer state", () => {
    app.receive(state(cameras(2)), 13);
    app.receive(state([]), 12);
    app.receive(state([]), 13);
    expect([app.cameras.length, app.number]).toEqual([2, 13]);
  });

  it("says why there is no answer, until there is one", () => {
    app.unanswered("silent");
    expect(app.phase).toBe("silent");
    app.unanswered("no-app");
    expect(app.phase).toBe("no-app");
    app.receive(state([]));
    app.unanswered("silent");
    expect(app.phase).toBe("ready");
  });

  it("takes everything that the page shows", () => {
    const asked = search({ running: true, done: 3, total: 254 });
    app.receive({ ...state(cameras(2), {}, "The list was damaged."), search: asked });
    expect(app.search).toEqual(asked);
    expect(app.notice).toBe("The list was damaged.");
    expect(app.bytesPerSecond).toBe(1_025_000);
  });

  it("tells a change of many cameras in steps, each after the paint of the last", async () => {
    const n = 4 * STRETCH;
    const offline = () => app.cameras.filter((c) => c.state === "offline").length;
    app.receive(state(cameras(n)));
    app.receive(state(cameras(n, { state: "offline" })));
    expect(offline()).toBe(STRETCH);
    await vi.advanceTimersByTimeAsync(5000);
    app.receive(state(cameras(n, { state: "offline" })));
    expect(offline(), "before the paint").toBe(STRETCH);
    for (const steps of [2, 3, 4, 4]) {
      paint();
      await settle();
      expect(offline()).toBe(steps * STRETCH);
    }
    app.receive(state(cameras(n)));
    expect(offline(), "a new way begins at once").toBe(3 * STRETCH);
  });

  it("goes to the newest word, whatever it was on its way to", async () => {
    const n = 3 * STRETCH;
    const offline = () => app.cameras.filter((c) => c.state === "offline").length;
    app.receive(state(cameras(n)));
    app.receive(state(cameras(n, { state: "offline" })));
    app.receive(state(cameras(n)));
    expect(offline()).toBe(STRETCH);
    paint();
    await settle();
    expect(offline()).toBe(0);
  });

  it("goes all the way when nobody sees the page, and in steps when somebody does", async () => {
    const n = 4 * STRETCH;
    const shown = () => app.cameras.filter((c) => c.state === "live" && c.fps === 9).length;
    app.receive(state(cameras(n, { state: "offline" })));
    app.receive(state(cameras(n, { fps: 9 })));
    paint();
    await settle();
    expect(shown()).toBe(2 * STRETCH);
    paint(false);
    await settle();
    expect(shown()).toBe(n);
    app.receive(state(cameras(n, { state: "offline" })));
    expect(shown()).toBe(n - STRETCH);
  });
});
