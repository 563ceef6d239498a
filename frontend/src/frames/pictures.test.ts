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
    if (url === "data:,") {
      this.frame = 0;
      return;
    }
    // Else the browser shows what it has of this URL.
    if (this.frame !== 0) throw new Error("loads without being emptied before");
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

  it("empties an element when it loads again, not when it is hidden", async () => {
    for (const frames of [
      [0, 1],
      [2, 1],
      [2, 3],
    ]) {
      void picture.next();
      await pair.answers("load");
      expect(pair.all.map((img) => img.frame)).toEqual(frames);
    }
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
    pictures = new Pictures(8);
    attached = [];
    pictures.onattach = (key) => attached.push(key);
    pair = new Pair();
    seq = 0;
  });

  const attach = (key: string, to = pair) => pictures.attach(key, to.elements, () => 0);
  const announce = (key = "k") => pictures.announce({ key, seq: ++seq, ageMs: 80 });

  async function show(answer: "load" | "error", on = pair): Promise<void> {
    announce();
    await on.answers(answer);
  }

  it("loads the newest frame when one is done and leaves out those between", async () => {
    attach("k");
    announce();
    announce();
    announce();
    expect(pair.loading).toEqual([1]);
    await pair.answers("load");
    expect(pair.loading).toEqual([2]);
    await pair.answers("load");
    expect([pair.seen, pair.loading]).toEqual([[2], []]);
  });

  it("lets a picture stand that a person stopped, after what loads", async () => {
    attach("k");
    announce();
    announce(); // waits for its turn
    pictures.stands = () => true;
    expect(pictures.isLoading("k")).toBe(true);
    await pair.answers("load");
    announce();
    expect([pair.seen, pair.loading, pictures.isLoading("k")]).toEqual([[1], [], false]);
    pictures.stands = () => false;
    await show("load");
    expect(pair.seen).toEqual([2]);
  });

  it("asks for a camera by its key", () => {
    attach("a/b c");
    announce("a/b c");
    expect(pair.all[1].urls).toEqual(["/frame?key=a%2Fb%20c anonymous"]);
  });

  it("keeps nothing of a camera that has to give way, and shows it again", async () => {
    attach("k");
    await show("load");
    await show("load");
    announce();
    announce();
    pictures.clear("k");
    await vi.advanceTimersByTimeAsync(0);
    expect(pair.all.map((img) => img.frame)).toEqual([0, 0]);
    expect([pair.seen, pair.loading, pictures.has("k"), pictures.delayMs("k")]).toEqual([
      [],
      [],
      false,
      null,
    ]);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(pictures.undrawableSince("k")).toBeUndefined();
    await show("load");
    expect([pair.seen, pictures.has("k")]).toEqual([[4], true]);
  });

  it("lets no camera wait long for one that is slow", async () => {
    attach("slow", new Pair());
    attach("k");
    announce("slow");
    announce();
    await vi.advanceTimersByTimeAsync(300);
    for (const seen of [2, 3]) {
      await show("load");
      expect(pair.seen).toEqual([seen]);
    }
  });

  describe("of rows of tiles", () => {
    let pairs: Map<string, Pair>;
    let detach: Map<string, () => void>;
    let tops: Record<string, number>;
    /** Those that load, as "a1 a2": row and column. */
    const loading = () =>
      [...pairs].flatMap(([k, p]) => (p.loading.length > 0 ? [k] : [])).join(" ");
    const answers = async (...keys: string[]) => {
      for (const key of keys) await pairs.get(key)?.answers("load");
    };
    const announceAll = () => {
      for (const key of pairs.keys()) announce(key);
    };

    /** The first camera's picture is on its way, and there is news of all of them. */
    function fill(rows: number, columns: number): void {
      pairs = new Map();
      detach = new Map();
      tops = {};
      for (let column = 1; column <= columns; column++) {
        for (let row = 0; row < rows; row++) {
          const key = `${"abcdefgh"[row]}${column}`;
          const p = new Pair();
          pairs.set(key, p);
          tops[key] = 100 * row;
          detach.set(
            key,
            pictures.attach(key, p.elements, () => tops[key] ?? 0),
          );
        }
      }
      announceAll();
      expect(loading()).toBe("a1");
      announceAll();
    }

    it("loads as many whole rows as are no more than eight, from top to bottom and again", async () => {
      fill(5, 3);
      await answers("a1");
      expect(loading()).toBe("b1 c1 b2 c2 b3 c3");
      announceAll();
      await answers("b1", "c1", "b2", "c2", "b3");
      expect(loading()).toBe("c3");
      await answers("c3");
      expect(loading()).toBe("d1 e1 d2 e2 d3 e3");
      await answers("d1", "e1", "d2", "e2", "d3", "e3");
      expect(loading()).toBe("a1 b1 a2 b2 a3 b3");
    });

    it("loads three rows of a wall of 64 when it is not told how many", async () => {
      pictures = new Pictures();
      fill(8, 8);
      await answers("a1");
      const rows = loading()
        .split(" ")
        .map((key) => key[0]);
      expect([rows.length, [...new Set(rows)]]).toEqual([24, ["b", "c", "d"]]);
    });

    it("loads a whole row of more than eight", async () => {
      fill(2, 10);
      await answers("a1");
      expect(loading()).toBe("b1 b2 b3 b4 b5 b6 b7 b8 b9 b10");
      await answers(...loading().split(" "));
      expect(loading()).toBe("a1 a2 a3 a4 a5 a6 a7 a8 a9 a10");
    });

    it("passes over rows without news", async () => {
      fill(6, 2);
      while (loading() !== "") await answers(...loading().split(" "));
      for (const key of ["b2", "a1", "e1", "e2"]) announce(key);
      expect(loading()).toBe("b2");
      await answers("b2");
      expect(loading()).toBe("e1 e2");
      await answers("e1", "e2");
      expect(loading()).toBe("a1");
    });

    it("knows where a tile is now", async () => {
      fill(2, 10);
      for (const key of ["b6", "b7", "b8", "b9", "b10"]) tops[key] = 200;
      for (let column = 1; column <= 10; column++) tops[`a${column}`] = 300;
      await answers("a1");
      expect(loading()).toBe("b1 b2 b3 b4 b5");
    });

    it("does not wait for one that goes", async () => {
      fill(2, 10);
      await answers("a1");
      for (const key of loading().split(" ")) detach.get(key)?.();
      await vi.advanceTimersByTimeAsync(0);
      expect(loading()).toBe("a1 a2 a3 a4 a5 a6 a7 a8 a9 a10");
    });

    it("does not wait long for one that is slow, and leaves it its time", async () => {
      fill(2, 10);
      await answers("a1", "b1", "b2", "b3", "b4", "b5", "b6", "b7", "b8", "b9");
      announceAll();
      await vi.advanceTimersByTimeAsync(299);
      expect(loading()).toBe("b10");
      await vi.advanceTimersByTimeAsync(1);
      expect(loading()).toBe("a1 a2 a3 a4 a5 a6 a7 a8 a9 a10 b10");
      await answers("a1", "a2", "a3", "a4", "a5", "a6", "a7", "a8", "a9", "a10");
      expect(loading()).toBe("b1 b2 b3 b4 b5 b6 b7 b8 b9 b10");
      const late = pairs.get("b10");
      expect(late?.listeners).toBe(2); // of its one load
      await answers("b1", "b2", "b3", "b4", "b5", "b6", "b7", "b8", "b10");
      expect([late?.seen.length, loading()]).toEqual([1, "b9"]);
    });
  });

  it("says when pictures come but cannot be drawn", async () => {
    attach("k");
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
    const detach = attach("k");
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
    const detach = attach("k");
    announce();
    announce();
    detach();
    await vi.advanceTimersByTimeAsync(0);
    expect([pair.listeners, FakeImage.loads]).toEqual([0, 1]);
  });

  it("forgets with the elements that its pictures could not be drawn", async () => {
    const detach = attach("k");
    await show("error");
    vi.advanceTimersByTime(3000);
    await show("error");
    expect(pictures.undrawableSince("k")).toBeDefined();
    detach();
    expect(pictures.undrawableSince("k")).toBeUndefined();
  });

  it("does not blame new elements for a frame that the old ones could not show", async () => {
    const detach = attach("k", new Pair());
    announce();
    detach();
    attach("k");
    await vi.advanceTimersByTimeAsync(5000);
    await show("error");
    expect(pictures.undrawableSince("k")).toBeUndefined();
  });

  it("keeps new elements when the old ones of the same camera go after they came", async () => {
    const detach = attach("k", new Pair());
    attach("k");
    await show("load");
    detach();
    expect(pictures.has("k")).toBe(true);
    await show("load");
    expect(pair.seen).toEqual([2]);
  });
});
