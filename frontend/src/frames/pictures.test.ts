import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { Picture, Pictures } from "./pictures.svelte";

class FakeImage extends EventTarget {
  src = "";
  removeAttribute(): void {
    this.src = "";
  }
  async answers(event: "load" | "error"): Promise<void> {
    this.dispatchEvent(new Event(event));
    await Promise.resolve();
    await Promise.resolve();
  }
}

describe("Picture", () => {
  let img: FakeImage;
  let alive: Set<string>;
  let picture: Picture;
  const jpeg = new Uint8Array([0xff, 0xd8]);

  beforeEach(() => {
    vi.useFakeTimers();
    let count = 0;
    img = new FakeImage();
    alive = new Set();
    picture = new Picture(img as unknown as HTMLImageElement, {
      create: () => {
        const url = `blob:${++count}`;
        alive.add(url);
        return url;
      },
      revoke: (url) => alive.delete(url),
    });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it("keeps the old picture's memory until the new one is there", async () => {
    void picture.show(jpeg);
    await img.answers("load");
    const second = picture.show(jpeg);
    expect([...alive]).toEqual(["blob:1", "blob:2"]);
    await img.answers("load");
    expect(await second).toBe(true);
    expect([...alive]).toEqual(["blob:2"]);
    expect(img.src).toBe("blob:2");
  });

  it("goes back to the good picture when the new one is broken", async () => {
    void picture.show(jpeg);
    await img.answers("load");
    const broken = picture.show(jpeg);
    await img.answers("error");
    expect(await broken).toBe(false);
    expect(img.src).toBe("blob:1");
    expect([...alive]).toEqual(["blob:1"]);
  });

  it("shows nothing when the first picture is broken", async () => {
    const broken = picture.show(jpeg);
    await img.answers("error");
    expect(await broken).toBe(false);
    expect(img.src).toBe("");
    expect([...alive]).toEqual([]);
  });

  it("keeps nothing of pictures that were overtaken", async () => {
    void picture.show(jpeg);
    await img.answers("load");
    void picture.show(jpeg);
    void picture.show(jpeg);
    await img.answers("load");
    expect([...alive]).toEqual(["blob:3"]);
  });

  it("frees everything and lets go of a waiting show when it is closed", async () => {
    void picture.show(jpeg);
    await img.answers("load");
    const waiting = picture.show(jpeg);
    picture.close();
    expect(await waiting).toBe(false);
    expect([...alive]).toEqual([]);
  });

  it("does not wait for ever for an element that never answers", async () => {
    const waiting = picture.show(jpeg);
    await vi.advanceTimersByTimeAsync(2000);
    expect(await waiting).toBe(false);
    expect([...alive]).toEqual([]);
  });
});

describe("Pictures", () => {
  it("says when pictures come but cannot be drawn", async () => {
    vi.useFakeTimers();
    vi.stubGlobal("URL", { createObjectURL: () => "blob:1", revokeObjectURL: () => {} });
    const pictures = new Pictures();
    const img = new FakeImage();
    const detach = pictures.attach("k", img as unknown as HTMLImageElement);
    const show = async (answer: "load" | "error") => {
      const shown = pictures.show({
        key: "k",
        seq: 1,
        ageMs: 0,
        jpeg: new Uint8Array([0xff, 0xd8]),
      });
      await img.answers(answer);
      await shown;
    };
    const begin = Date.now();
    for (let n = 0; n < 6; n++) {
      await show("error");
      expect(pictures.undrawableSince("k")).toBeUndefined();
      vi.advanceTimersByTime(500);
    }
    await show("error");
    expect(pictures.undrawableSince("k")).toBe(begin);
    await show("load");
    expect(pictures.undrawableSince("k")).toBeUndefined();
    vi.advanceTimersByTime(5000);
    await show("error"); // one bad picture after good ones
    expect(pictures.undrawableSince("k")).toBeUndefined();
    detach();
    vi.unstubAllGlobals();
    vi.useRealTimers();
  });
});
