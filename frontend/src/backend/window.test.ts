import { afterEach, describe, expect, it, vi } from "vitest";

import {
  canPrint,
  copyText,
  inWindow,
  isFullscreen,
  offerToInstall,
  saveFile,
  setFullscreen,
} from "./window";

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
    vi.stubGlobal("window", { runtime: {} });
    expect(await copyText("c")).toBe(false);
    expect(copied).toEqual(["app a", "browser b"]);
  });

  it("lets a browser install the page, and the window nothing", () => {
    const links: { rel: string; href: string }[] = [];
    vi.stubGlobal("document", {
      createElement: () => ({ rel: "", href: "" }),
      head: { append: (link: { rel: string; href: string }) => links.push(link) },
    });
    vi.stubGlobal("window", { runtime: {} });
    offerToInstall();
    expect(links).toEqual([]);
    vi.stubGlobal("window", {});
    offerToInstall();
    expect(links).toEqual([
      { rel: "manifest", href: "/manifest.webmanifest", crossOrigin: "use-credentials" },
      { rel: "apple-touch-icon", href: "/icon-192.png", crossOrigin: "use-credentials" },
    ]);
  });

  it("copies over http by what is selected", async () => {
    const field = {
      value: "",
      selected: false,
      select: () => (field.selected = true),
      remove: vi.fn(),
    };
    const place = { append: vi.fn() };
    const execCommand = vi.fn(() => field.selected);
    vi.stubGlobal("window", {});
    vi.stubGlobal("navigator", {});
    vi.stubGlobal("document", {
      createElement: () => field,
      querySelector: () => place,
      execCommand,
    });
    expect(await copyText("d")).toBe(true);
    expect([field.value, execCommand.mock.calls]).toEqual(["d", [["copy"]]]);
    expect(place.append).toHaveBeenCalledWith(field);
    expect(field.remove).toHaveBeenCalled();
  });

  it("has the app save a text as a file in the window, and makes nothing of it", async () => {
    const made = vi.fn();
    vi.stubGlobal("document", { createElement: made });
    vi.stubGlobal("URL", { createObjectURL: made });
    vi.stubGlobal("window", { runtime: {} });
    const ask = vi.fn(() =>
      Promise.resolve({ ok: true, code: "", path: "/tmp/sheet.html", detail: "" }),
    );
    expect((await saveFile("sheet.html", "text/html", "<p>", ask)).path).toBe("/tmp/sheet.html");
    expect(ask.mock.calls).toEqual([["sheet.html", "<p>"]]);
    expect(made).not.toHaveBeenCalled();
  });

  it("saves a text as a file in a browser, which may ask for a minute where, and forgets it", async () => {
    vi.stubGlobal("window", {});
    vi.useFakeTimers();
    const link = { href: "", download: "", click: vi.fn() };
    const kept = new Map<string, Blob>();
    vi.stubGlobal("document", { createElement: () => link });
    vi.stubGlobal("URL", {
      createObjectURL: (blob: Blob) => (kept.set("blob:1", blob), "blob:1"),
      revokeObjectURL: (url: string) => kept.delete(url),
    });
    await saveFile("sheet.html", "text/html", "<p>", () => Promise.reject(new Error("asked")));
    expect([link.href, link.download, link.click.mock.calls.length]).toEqual([
      "blob:1",
      "sheet.html",
      1,
    ]);
    expect([await kept.get("blob:1")?.text(), kept.get("blob:1")?.type]).toEqual([
      "<p>",
      "text/html",
    ]);
    vi.advanceTimersByTime(59_000);
    expect(kept.size).toBe(1);
    vi.advanceTimersByTime(1000);
    expect(kept.size).toBe(0);
    vi.useRealTimers();
  });

  it.each([
    [true, "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15", false],
    [true, "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/605.1.15", true],
    [false, "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15", true],
  ])("prints, in a window %s of %s: %s", (window, userAgent, can) => {
    vi.stubGlobal("window", window ? { runtime: {} } : {});
    vi.stubGlobal("navigator", { userAgent });
    expect(canPrint()).toBe(can);
  });
});
