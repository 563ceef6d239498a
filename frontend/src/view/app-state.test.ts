import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import type { Backend } from "../backend/backend";
import type { State } from "../backend/types";
import { camera, cameras, search, state } from "../testing/camera";
import { AppState } from "./app-state.svelte";
import { STRETCH } from "./gradual";

describe("AppState", () => {
  let emit: (state: State) => void;
  let answer: { resolve: (s: State) => void; reject: (e: Error) => void };
  let asked: number;
  let stopped: boolean;
  /** Says that the page is painted, or with false that nobody sees it. */
  let paint: (seen?: boolean) => void;
  let backend: Backend;
  let app: AppState;

  beforeEach(() => {
    vi.useFakeTimers();
    asked = 0;
    stopped = false;
    backend = {
      state: () => {
        asked++;
        return new Promise((resolve, reject) => (answer = { resolve, reject }));
      },
      onState: (callback) => {
        emit = callback;
        return () => (stopped = true);
      },
      add: () => Promise.reject(new Error("not used")),
      forget: () => Promise.resolve(),
      forgetAgent: () => Promise.resolve(),
      retry: () => Promise.resolve(),
      search: () => Promise.resolve(),
      stopSearch: () => Promise.resolve(),
    };
    app = new AppState(() => new Promise((resolve) => (paint = (seen = true) => resolve(seen))));
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  const settle = () => vi.advanceTimersByTimeAsync(0);

  it("takes the first answer, then every event", async () => {
    app.connect(backend);
    expect(app.phase).toBe("waiting");
    answer.resolve(state(cameras(1)));
    await settle();
    expect([app.phase, app.cameras.length]).toEqual(["ready", 1]);
    emit(state(cameras(3), { problem: "port 5353 is taken" }));
    expect(app.cameras).toHaveLength(3);
    expect(app.discovery.problem).toBe("port 5353 is taken");
  });

  it("takes everything that the page shows", () => {
    const asked = search({ running: true, done: 3, total: 254 });
    app.receive({ ...state(cameras(2), {}, "The list was damaged."), search: asked });
    expect(app.search).toEqual(asked);
    expect(app.notice).toBe("The list was damaged.");
    expect(app.bytesPerSecond).toBe(1_025_000);
  });

  it("is ready when an event came, even if the first question fails", async () => {
    app.connect(backend);
    emit(state(cameras(2)));
    answer.reject(new Error("gone"));
    await settle();
    expect(app.phase).toBe("ready");
    await vi.advanceTimersByTimeAsync(5000);
    expect(asked).toBe(1);
  });

  it("does not let the first answer undo an event that came before it", async () => {
    app.connect(backend);
    emit(state(cameras(2)));
    answer.resolve(state([]));
    await settle();
    expect(app.cameras).toHaveLength(2);
  });

  it("says that the app is silent and asks again until it answers", async () => {
    app.connect(backend);
    answer.reject(new Error("gone"));
    await settle();
    expect(app.phase).toBe("silent");
    await vi.advanceTimersByTimeAsync(1000);
    expect(asked).toBe(2);
    answer.resolve(state([]));
    await settle();
    expect(app.phase).toBe("ready");
  });

  it("stops listening and asking", async () => {
    const stop = app.connect(backend);
    answer.reject(new Error("gone"));
    await settle();
    app.receive(state(cameras(2 * STRETCH)));
    app.receive(state(cameras(2 * STRETCH, { state: "offline" })));
    stop();
    await vi.advanceTimersByTimeAsync(5000);
    expect([stopped, asked, vi.getTimerCount()]).toEqual([true, 1, 0]);
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

  it("goes no further when it is stopped on its way", async () => {
    const stop = app.connect(backend);
    app.receive(state(cameras(3 * STRETCH)));
    app.receive(state(cameras(3 * STRETCH, { state: "offline" })));
    stop();
    paint();
    await settle();
    expect(app.cameras.filter((c) => c.state === "offline").length).toBe(STRETCH);
  });

  it("remembers the size of a camera that no longer tells it", () => {
    app.receive(state([camera({ width: 1640, height: 1232 })]));
    app.receive(state([camera({ state: "offline", width: 0, height: 0 })]));
    expect(app.cameras[0]).toMatchObject({ state: "offline", width: 1640, height: 1232 });
  });
});
