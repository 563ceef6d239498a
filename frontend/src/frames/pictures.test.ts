import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { Picture, Pictures } from "./pictures.svelte";

class FakeImage extends EventTarget {
  src = "";
  listeners = 0;
  override addEventListener(...all: Parameters<EventTarget["addEventListener"]>): void {
    this.listeners++;
    super.addEventListener(...all);
  }
  override removeEventListener(...all: Parameters<EventTarget["addEventListener"]>): void {
    this.listeners--;
    super.removeEventListener(...all);
  }
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
    const overtaken = picture.show(jpeg);
    void picture.show(jpeg);
    await img.answers("load");
    expect(await overtaken).toBe(false);
    expect([...alive]).toEqual(["blob:3"]);
  });

  it("leaves no listener and no timer behind", async () => {
    for (const answer of ["load", "error", "load"] as const) {
      void picture.show(jpeg);
      await img.answers(answer);
    }
    expect([img.listeners, vi.getTimerCount()]).toEqual([0, 0]);
  });

  it("frees everything and lets go of a waiting show when it is closed", async () => {
    void picture.show(jpeg);
    await img.answers("load");
    const waiting = picture.show(jpeg);
    picture.close();
    expect(await waiting).toBe(false);
    expect([...alive]).toEqual([]);
    expect(img.src).toBe("");
  });

  it("does not wait for ever for an element that never answers", async () => {
    const waiting = picture.show(jpeg);
    await vi.advanceTimersByTimeAsync(2000);
    expect(await waiting).toBe(false);
    expect([...alive]).toEqual([]);
  });
});

describe("Pictures", () => {
  let pictures: Pictures;
  let attached: string[];

  beforeEach(() => {
    vi.useFakeTimers();
    vi.stubGlobal("URL", { createObjectURL: () => "blob:1", revokeObjectURL: () => {} });
    pictures = new Pictures();
    attached = [];
    pictures.onattach = (key) => attached.push(key);
  });
  afterEach(() => {
    vi.unstubAllGlobals();
    vi.useRealTimers();
  });

  const attach = (key: string, img: FakeImage) =>
    pictures.attach(key, img as unknown as HTMLImageElement);

  async function show(img: FakeImage, answer: "load" | "error"): Promise<void> {
    const jpeg = new Uint8Array([0xff, 0xd8]);
    const shown = pictures.show({ key: "k", seq: 1, ageMs: 82, jpeg });
    await img.answers(answer);
    await shown;
  }

  it("says when pictures come but cannot be drawn", async () => {
    const img = new FakeImage();
    attach("k", img);
    const begin = Date.now();
    for (let n = 0; n < 6; n++) {
      await show(img, "error");
      expect(pictures.undrawableSince("k")).toBeUndefined();
      vi.advanceTimersByTime(500);
    }
    await show(img, "error");
    expect(pictures.undrawableSince("k")).toBe(begin);
    await show(img, "load");
    expect(pictures.undrawableSince("k")).toBeUndefined();
    vi.advanceTimersByTime(5000);
    await show(img, "error"); // one bad picture after good ones
    expect(pictures.undrawableSince("k")).toBeUndefined();
  });

  it("has a picture and its age from the first good frame until the element goes", async () => {
    const img = new FakeImage();
    const detach = attach("k", img);
    expect([attached, pictures.has("k"), pictures.delayMs("k")]).toEqual([["k"], false, null]);
    await show(img, "error");
    expect([pictures.has("k"), pictures.delayMs("k")]).toEqual([false, null]);
    await show(img, "load");
    expect([pictures.has("k"), pictures.delayMs("k")]).toEqual([true, 82]);
    detach();
    expect([pictures.has("k"), pictures.delayMs("k"), img.src]).toEqual([false, null, ""]);
    await show(img, "load"); // a frame that was on its way
    expect(pictures.has("k")).toBe(false);
  });

  it("forgets with the element that its pictures could not be drawn", async () => {
    const img = new FakeImage();
    const detach = attach("k", img);
    await show(img, "error");
    vi.advanceTimersByTime(3000);
    await show(img, "error");
    expect(pictures.undrawableSince("k")).toBeDefined();
    detach();
    expect(pictures.undrawableSince("k")).toBeUndefined();
  });

  it("does not blame a new element for a frame that the old one could not show", async () => {
    const jpeg = new Uint8Array([0xff, 0xd8]);
    const detach = attach("k", new FakeImage());
    const late = pictures.show({ key: "k", seq: 1, ageMs: 82, jpeg });
    detach();
    const img = new FakeImage();
    attach("k", img);
    await late;
    vi.advanceTimersByTime(5000);
    await show(img, "error");
    expect(pictures.undrawableSince("k")).toBeUndefined();
  });

  it("keeps the new element when the old one of the same camera goes after it came", async () => {
    const [old, young] = [new FakeImage(), new FakeImage()];
    const detach = attach("k", old);
    attach("k", young);
    await show(young, "load");
    detach();
    expect(pictures.has("k")).toBe(true);
    await show(young, "load");
    expect(young.src).toBe("blob:1");
  });
});
