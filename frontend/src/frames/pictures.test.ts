import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { Picture, Pictures } from "./pictures.svelte";

class FakeImage extends EventTarget {
  src = "";
  listeners = 0;
  shown = false;
  classList = { add: () => (this.shown = true), remove: () => (this.shown = false) };
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
}

class Pair {
  all = [new FakeImage(), new FakeImage()] as const;

  get elements(): [HTMLImageElement, HTMLImageElement] {
    return this.all as unknown as [HTMLImageElement, HTMLImageElement];
  }
  /** The URL on screen; "" when there is none. */
  get seen(): string {
    return this.all
      .filter((img) => img.shown)
      .map((img) => img.src)
      .join(" and ");
  }
  /** The URL that is loaded in the hidden element. */
  get hidden(): string {
    return this.all.find((img) => !img.shown && img.listeners > 0)?.src ?? "";
  }
  get listeners(): number {
    return this.all[0].listeners + this.all[1].listeners;
  }
  /** The element that loads has an answer. */
  async answers(event: "load" | "error"): Promise<void> {
    this.all.find((img) => img.listeners > 0)?.dispatchEvent(new Event(event));
    await vi.advanceTimersByTimeAsync(0);
  }
}

describe("Picture", () => {
  let pair: Pair;
  let picture: Picture;

  beforeEach(() => {
    vi.useFakeTimers();
    pair = new Pair();
    picture = new Picture(...pair.elements);
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it("shows a frame when all of it is there, and the one before until then", async () => {
    const first = picture.show("/1");
    expect(pair.seen).toBe("");
    await pair.answers("load");
    expect([await first, pair.seen]).toEqual([true, "/1"]);
    const second = picture.show("/2");
    expect([pair.seen, pair.hidden]).toEqual(["/1", "/2"]);
    await pair.answers("load");
    expect([await second, pair.seen]).toEqual([true, "/2"]);
    void picture.show("/3");
    await pair.answers("load");
    expect(pair.seen).toBe("/3");
  });

  it("keeps the good picture when the next one is broken", async () => {
    const broken = picture.show("/1");
    await pair.answers("error");
    expect([await broken, pair.seen]).toEqual([false, ""]);
    void picture.show("/2");
    await pair.answers("load");
    const again = picture.show("/3");
    await pair.answers("error");
    expect([await again, pair.seen]).toEqual([false, "/2"]);
    void picture.show("/4");
    await pair.answers("load");
    expect(pair.seen).toBe("/4");
  });

  it("leaves no listener and no timer behind", async () => {
    for (const answer of ["load", "error", "load"] as const) {
      void picture.show("/1");
      await pair.answers(answer);
    }
    expect([pair.listeners, vi.getTimerCount()]).toEqual([0, 0]);
  });

  it("empties both elements and lets go of a waiting show when it is closed", async () => {
    void picture.show("/1");
    await pair.answers("load");
    const waiting = picture.show("/2");
    picture.close();
    expect([await waiting, pair.seen, pair.all.map((img) => img.src)]).toEqual([
      false,
      "",
      ["", ""],
    ]);
  });

  it("does not wait for ever for an element that never answers", async () => {
    const waiting = picture.show("/1");
    await vi.advanceTimersByTimeAsync(3000);
    expect([await waiting, pair.listeners]).toEqual([false, 0]);
  });
});

describe("Pictures", () => {
  let pictures: Pictures;
  let attached: string[];
  let pair: Pair;
  let seq: number;

  beforeEach(() => {
    vi.useFakeTimers();
    pictures = new Pictures();
    attached = [];
    pictures.onattach = (key) => attached.push(key);
    pair = new Pair();
    seq = 0;
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  const announce = (key = "k") => pictures.announce({ key, seq: ++seq, ageMs: 80 });

  async function show(answer: "load" | "error", on = pair): Promise<void> {
    announce();
    await on.answers(answer);
  }

  it("loads the newest frame when one is done and leaves out those between", async () => {
    pictures.attach("a/b c", ...pair.elements);
    announce("a/b c");
    expect(pair.hidden).toBe("/frame?key=a%2Fb%20c&n=1");
    announce("a/b c");
    announce("a/b c");
    expect(pair.hidden).toBe("/frame?key=a%2Fb%20c&n=1");
    await pair.answers("load");
    expect(pair.hidden).toBe("/frame?key=a%2Fb%20c&n=2");
    await pair.answers("load");
    expect([pair.seen, pair.hidden]).toEqual(["/frame?key=a%2Fb%20c&n=2", ""]);
  });

  it("lets no camera wait for another", async () => {
    const other = new Pair();
    pictures.attach("slow", ...new Pair().elements);
    pictures.attach("k", ...other.elements);
    announce("slow");
    for (const seen of ["/frame?key=k&n=2", "/frame?key=k&n=3"]) {
      await show("load", other);
      expect(other.seen).toBe(seen);
    }
  });

  it("goes on after an element that never answered", async () => {
    pictures.attach("k", ...pair.elements);
    announce();
    announce();
    await vi.advanceTimersByTimeAsync(3000);
    expect(pair.hidden).toBe("/frame?key=k&n=2");
  });

  it("says when pictures come but cannot be drawn", async () => {
    pictures.attach("k", ...pair.elements);
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
  });

  it("has a picture and its age from the first good frame until the elements go", async () => {
    const detach = pictures.attach("k", ...pair.elements);
    const facts = () => [pictures.has("k"), pictures.delayMs("k")];
    expect([attached, ...facts()]).toEqual([["k"], false, null]);
    await show("error");
    expect(facts()).toEqual([false, null]);
    announce();
    await vi.advanceTimersByTimeAsync(30);
    await pair.answers("load");
    expect(facts()).toEqual([true, 110]); // 80 ms old, and 30 ms to load
    detach();
    expect([...facts(), pair.seen]).toEqual([false, null, ""]);
    await show("load"); // a frame that was on its way
    expect(pictures.has("k")).toBe(false);
  });

  it("loads nothing more for elements that are gone", async () => {
    const detach = pictures.attach("k", ...pair.elements);
    announce();
    announce();
    detach();
    await vi.advanceTimersByTimeAsync(0);
    expect([pair.listeners, pair.hidden]).toEqual([0, ""]);
  });

  it("forgets with the elements that its pictures could not be drawn", async () => {
    const detach = pictures.attach("k", ...pair.elements);
    await show("error");
    vi.advanceTimersByTime(3000);
    await show("error");
    expect(pictures.undrawableSince("k")).toBeDefined();
    detach();
    expect(pictures.undrawableSince("k")).toBeUndefined();
  });

  it("does not blame new elements for a frame that the old ones could not show", async () => {
    const detach = pictures.attach("k", ...new Pair().elements);
    announce();
    detach();
    pictures.attach("k", ...pair.elements);
    await vi.advanceTimersByTimeAsync(5000);
    await show("error");
    expect(pictures.undrawableSince("k")).toBeUndefined();
  });

  it("keeps new elements when the old ones of the same camera go after they came", async () => {
    const detach = pictures.attach("k", ...new Pair().elements);
    pictures.attach("k", ...pair.elements);
    await show("load");
    detach();
    expect(pictures.has("k")).toBe(true);
    await show("load");
    expect(pair.seen).toBe("/frame?key=k&n=2");
  });
});
