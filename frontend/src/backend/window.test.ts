import { afterEach, describe, expect, it, vi } from "vitest";

import { copyText, inWindow, isFullscreen, setFullscreen } from "./window";

afterEach(() => vi.unstubAllGlobals());

describe("what only a window can do", () => {
  it("knows whether there is one", () => {
    vi.stubGlobal("window", { runtime: {} });
    expect(inWindow()).toBe(true);
    vi.stubGlobal("window", {});
    expect(inWindow()).toBe(false);
  });

  it("fills the screen through the app, else through the browser", async () => {
    const done: string[] = [];
    const runtime = {
      WindowFullscreen: () => done.push("app fills"),
      WindowUnfullscreen: () => done.push("app leaves"),
      WindowIsFullscreen: () => Promise.resolve(true),
    };
    vi.stubGlobal("window", { runtime });
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
    const runtime = {
      ClipboardSetText: (text: string) => {
        copied.push(`app ${text}`);
        return Promise.resolve(true);
      },
    };
    vi.stubGlobal("window", { runtime });
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
