import { afterEach, describe, expect, it, vi } from "vitest";

import { state } from "../testing/camera";
import { copyText, findBackend, isFullscreen, setFullscreen, waitForBackend } from "./backend";

const App = {
  State: () => Promise.resolve(state([])),
  Add: (address: string) => Promise.resolve({ ok: true, address }),
  Forget: (key: string) => Promise.resolve(key),
  ForgetAgent: (key: string) => Promise.resolve(`all of ${key}`),
  Retry: (key: string) => Promise.resolve(key),
  Search: () => Promise.resolve("searching"),
  StopSearch: () => Promise.resolve("stopped"),
};

function putWailsOnWindow(runtime: object = {}) {
  vi.stubGlobal("window", { go: { app: { App } }, runtime });
}

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

describe("backend", () => {
  it("is null when the page runs without the app", async () => {
    vi.useFakeTimers();
    vi.stubGlobal("window", {});
    const found = waitForBackend();
    await vi.advanceTimersByTimeAsync(2100);
    expect(await found).toBeNull();
  });

  it("is null while only half of Wails is there", () => {
    vi.stubGlobal("window", { go: { app: { App } } });
    expect(findBackend()).toBeNull();
    vi.stubGlobal("window", { go: {}, runtime: {} });
    expect(findBackend()).toBeNull();
  });

  it("waits a moment for Wails", async () => {
    vi.useFakeTimers();
    vi.stubGlobal("window", {});
    const found = waitForBackend();
    await vi.advanceTimersByTimeAsync(500);
    putWailsOnWindow();
    await vi.advanceTimersByTimeAsync(100);
    expect(await found).not.toBeNull();
  });

  it("calls the bound methods and listens to the state event", async () => {
    const listened: unknown[] = [];
    putWailsOnWindow({
      EventsOnMultiple: (...all: unknown[]) => {
        listened.push(...all);
        return () => {};
      },
    });
    const backend = findBackend();
    expect(await backend?.state()).toEqual(state([]));
    expect(await backend?.add("pi.local")).toEqual({ ok: true, address: "pi.local" });
    expect(await backend?.forget("k1")).toBe("k1");
    expect(await backend?.forgetAgent("k1")).toBe("all of k1");
    expect(await backend?.retry("k2")).toBe("k2");
    expect(await backend?.search()).toBe("searching");
    expect(await backend?.stopSearch()).toBe("stopped");
    const callback = () => {};
    backend?.onState(callback);
    expect(listened).toEqual(["state", callback, -1]);
  });

  it("fills the screen through the app, else through the browser", async () => {
    const done: string[] = [];
    putWailsOnWindow({
      WindowFullscreen: () => done.push("app fills"),
      WindowUnfullscreen: () => done.push("app leaves"),
      WindowIsFullscreen: () => Promise.resolve(true),
    });
    await setFullscreen(true);
    await setFullscreen(false);
    expect(await isFullscreen()).toBe(true);
    vi.stubGlobal("window", {});
    vi.stubGlobal("document", {
      fullscreenElement: null,
      documentElement: { requestFullscreen: () => Promise.resolve(done.push("browser fills")) },
      exitFullscreen: () => Promise.resolve(done.push("browser leaves")),
    });
    await setFullscreen(true);
    await setFullscreen(false);
    expect(await isFullscreen()).toBe(false);
    expect(done).toEqual(["app fills", "app leaves", "browser fills", "browser leaves"]);
  });

  it("copies through the app, else through the browser, and says when neither can", async () => {
    const copied: string[] = [];
    putWailsOnWindow({
      ClipboardSetText: (text: string) => {
        copied.push(`app ${text}`);
        return Promise.resolve(true);
      },
    });
    expect(await copyText("a")).toBe(true);
    vi.stubGlobal("window", {});
    vi.stubGlobal("navigator", {
      clipboard: { writeText: (text: string) => Promise.resolve(copied.push(`browser ${text}`)) },
    });
    expect(await copyText("b")).toBe(true);
    vi.stubGlobal("navigator", {});
    expect(await copyText("c")).toBe(false);
    expect(copied).toEqual(["app a", "browser b"]);
  });
});
