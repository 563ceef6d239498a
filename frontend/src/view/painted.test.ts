import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { painted } from "./painted";

/** A document that knows who listens. */
class Page extends EventTarget {
  hidden = false;
  listeners = new Set<unknown>();

  override addEventListener(type: string, listener: () => void): void {
    this.listeners.add(listener);
    super.addEventListener(type, listener);
  }

  override removeEventListener(type: string, listener: () => void): void {
    this.listeners.delete(listener);
    super.removeEventListener(type, listener);
  }

  hide(): void {
    this.hidden = true;
    this.dispatchEvent(new Event("visibilitychange"));
  }
}

describe("painted", () => {
  let page: Page;
  let frames: Map<number, () => void>;
  let told: (boolean | undefined)[];

  beforeEach(() => {
    vi.useFakeTimers();
    page = new Page();
    frames = new Map();
    told = [];
    let last = 0;
    vi.stubGlobal("document", page);
    vi.stubGlobal("requestAnimationFrame", (frame: () => void) => {
      frames.set(++last, frame);
      return last;
    });
    vi.stubGlobal("cancelAnimationFrame", (id: number) => frames.delete(id));
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  const wait = () => void painted().then((seen) => told.push(seen));
  const settle = () => vi.advanceTimersByTimeAsync(0);

  it("waits until the frame is over", async () => {
    wait();
    await settle();
    expect(told).toEqual([]);
    for (const frame of frames.values()) frame();
    expect(told).toEqual([]);
    await settle();
    expect([told, page.listeners.size]).toEqual([[true], 0]);
  });

  it("waits for no paint while nobody sees the page", async () => {
    page.hidden = true;
    wait();
    await settle();
    expect([told, page.listeners.size, frames.size]).toEqual([[false], 0, 0]);
  });

  it("waits no longer when the page is hidden, before its frame or after", async () => {
    wait();
    page.hide();
    await settle();
    expect([told, page.listeners.size, frames.size]).toEqual([[false], 0, 0]);
    page.hidden = false;
    wait();
    for (const frame of frames.values()) frame();
    page.hide();
    await settle();
    expect([told, page.listeners.size]).toEqual([[false, false], 0]);
  });
});
