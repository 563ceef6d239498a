import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { Picture, Pictures } from "./pictures.svelte";

const URL = "/frame?key=k";

class FakeImage extends EventTarget {
  static loads = 0;
  /** Which load is in the element, counted over all; 0 when there is none. */
  frame = 0;
  crossOrigin: string | null = null;
  urls: string[] = [];
  listeners = 0;
  shown = false;
  classList = { add: () => (this.shown = true), remove: () => (this.shown = false) };
  set src(url: string) {
    this.frame = ++FakeImage.loads;
    this.urls.push(`${url} ${this.crossOrigin}`);
  }
  override addEventListener(...all: Parameters<EventTarget["addEventListener"]>): void {
    this.listeners++;
    super.addEventListener(...all);
  }
  override removeEventListener(...all: Parameters<EventTarget["addEventListener"]>): void {
    this.listeners--;
    super.removeEventListener(...all);
  }
  removeAttribute(): void {
    this.frame = 0;
  }
}

class Pair {
  all = [new FakeImage(), new FakeImage()] as const;

  get elements(): [HTMLImageElement, HTMLImageElement] {
    return this.all as unknown as [HTMLImageElement, HTMLImageElement];
  }
  /** The loads on screen. */
  get seen(): number[] {
    return this.all.filter((img) => img.shown).map((img) => img.frame);
  }
  /** The loads under way. */
  get loading(): number[] {
    return this.all.filter((img) => img.listeners > 0).map((img) => img.frame);
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

beforeEach(() => {
  vi.useFakeTimers();
  FakeImage.loads = 0;
});
afterEach(() => {
  vi.useRealTimers();
});

describe("Picture", () => {
  let pair: Pair;
  let picture: Picture;

  beforeEach(() => {
    pair = new Pair();
    picture = new Picture(...pair.elements, URL);
  });

  it("shows a frame when all of it is there, and the one before until then", async () => {
    const first = picture.next();
    expect([pair.seen, pair.loading]).toEqual([[], [1]]);
    await pair.answers("load");
    expect([await first, pair.seen]).toEqual([true, [1]]);
    const second = picture.next();
    expect([pair.seen, pair.loading]).toEqual([[1], [2]]);
    await pair.answers("load");
    expect([await second, pair.seen]).toEqual([true, [2]]);
    void picture.next();
    await pair.answers("load");
    expect(pair.seen).toEqual([3]);
  });

  it("loads one URL only, and in another mode than the time before", async () => {
    for (const answer of ["load", "load", "error", "load"] as const) {
      void picture.next();
      await pair.answers(answer);
    }
    const [one, other] = pair.all;
    expect([other.urls, one.urls]).toEqual([
      [`${URL} anonymous`, `${URL} anonymous`, `${URL} null`],
      [`${URL} null`],
    ]);
  });

  it("keeps the good picture when the next one is broken", async () => {
    const broken = picture.next();
    await pair.answers("error");
    expect([await broken, pair.seen]).toEqual([false, []]);
    void picture.next();
    await pair.answers("load");
    const again = picture.next();
    await pair.answers("error");
    expect([await again, pair.seen]).toEqual([false, [2]]);
    void picture.next();
    await pair.answers("load");
    expect(pair.seen).toEqual([4]);
  });

  it("leaves no listener and no timer behind", async () => {
    for (const answer of ["load", "error", "load"] as const) {
      void picture.next();
      await pair.answers(answer);
    }
    expect([pair.listeners, vi.getTimerCount()]).toEqual([0, 0]);
  });

  it("empties both elements and ends a load when it is closed", async () => {
    void picture.next();
    await pair.answers("load");
    const waiting = picture.next();
    picture.close();
    expect([await waiting, pair.seen, pair.all.map((img) => img.frame)]).toEqual([
      false,
      [],
      [0, 0],
    ]);
  });

  it("does not wait for ever for an element that never answers", async () => {
    const waiting = picture.next();
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
    pictures = new Pictures();
    attached = [];
    pictures.onattach = (key) => attached.push(key);
    pair = new Pair();
    seq = 0;
  });

  const announce = (key = "k") => pictures.announce({ key, seq: ++seq, ageMs: 80 });

  async function show(answer: "load" | "error", on = pair): Promise<void> {
    announce();
    await on.answers(answer);
  }

  it("loads the newest frame when one is done and leaves out those between", async () => {
    pictures.attach("k", ...pair.elements);
    announce();
    announce();
    announce();
    expect(pair.loading).toEqual([1]);
    await pair.answers("load");
    expect(pair.loading).toEqual([2]);
    await pair.answers("load");
    expect([pair.seen, pair.loading]).toEqual([[2], []]);
  });

  it("asks for a camera by its key", () => {
    pictures.attach("a/b c", ...pair.elements);
    announce("a/b c");
    expect(pair.all[1].urls).toEqual(["/frame?key=a%2Fb%20c anonymous"]);
  });

  it("lets no camera wait for one that is slow", async () => {
    pictures.attach("slow", ...new Pair().elements);
    pictures.attach("k", ...pair.elements);
    announce("slow");
    for (const seen of [2, 3]) {
      await show("load");
      expect(pair.seen).toEqual([seen]);
    }
  });

  describe("of more cameras than are loaded at a time", () => {
    let pairs: Pair[];
    let detach: (() => void)[];
    const loading = () => pairs.flatMap((p, i) => (p.loading.length > 0 ? [i] : []));

    beforeEach(() => {
      pairs = Array.from({ length: 11 }, () => new Pair());
      detach = pairs.map((p, i) => pictures.attach(`${i}`, ...p.elements));
      for (const i of pairs.keys()) announce(`${i}`);
    });

    it("loads eight, and each of the others when one is done", async () => {
      expect(loading()).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
      await pairs[3]?.answers("load");
      await pairs[0]?.answers("error");
      expect(loading()).toEqual([1, 2, 4, 5, 6, 7, 8, 9]);
    });

    it("leaves none out, however fast another one is", async () => {
      for (let i = 0; i < 3; i++) {
        announce("0");
        await pairs[0]?.answers("load");
        await pairs[8 + i]?.answers("load");
      }
      expect(pairs.slice(8).map((p) => p.seen.length)).toEqual([1, 1, 1]);
    });

    it("gives the turn of one that goes to the next", async () => {
      detach[2]?.();
      detach[9]?.();
      await vi.advanceTimersByTimeAsync(0);
      expect(loading()).toEqual([0, 1, 3, 4, 5, 6, 7, 8]);
      await pairs[0]?.answers("load");
      expect(loading()).toEqual([1, 3, 4, 5, 6, 7, 8, 10]);
    });

    it("goes on after elements that never answered", async () => {
      await vi.advanceTimersByTimeAsync(3000);
      expect(loading()).toEqual([8, 9, 10]);
    });
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
    expect([...facts(), pair.seen]).toEqual([false, null, []]);
    await show("load"); // a frame that was on its way
    expect(pictures.has("k")).toBe(false);
  });

  it("loads nothing more for elements that are gone", async () => {
    const detach = pictures.attach("k", ...pair.elements);
    announce();
    announce();
    detach();
    await vi.advanceTimersByTimeAsync(0);
    expect([pair.listeners, FakeImage.loads]).toEqual([0, 1]);
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
    expect(pair.seen).toEqual([2]);
  });
});
