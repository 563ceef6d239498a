// Loads frames into the tiles, each when it is its turn. A tile has two <img>
// elements: the next frame loads into the hidden one and takes the other's place
// when it is good, so that no broken picture ever replaces a good one.
import { SvelteMap, SvelteSet } from "svelte/reactivity";

import type { News } from "../backend/types";
import { Elements, type Pair } from "./elements";

/** An element that never answers must not end its camera's pictures. */
const LOAD_PATIENCE_MS = 3000;

/**
 * Pictures load in whole rows of tiles: as many rows as are no more than this, or one.
 * What was sent grows old until WebKit comes to it: with all 64 at a time they are
 * twice as old, with 8 they are a quarter younger but cost 8 % more. And WebKit
 * paints the rectangle around all that has changed: rows of new pictures are painted
 * once, those far apart with all that lies between.
 */
const ENOUGH_LOADS = 24;

/** A picture that takes longer than this holds up the next rows no more. */
const HOLD_MS = 300;

/** How long pictures may fail in a row before that is said. */
const UNDRAWABLE_AFTER_MS = 3000;

/** The URL of an empty resource (RFC 2397). */
const NOTHING = "data:,";

/** The class of the one element of a tile that is seen. */
const SHOWN = "shown";

/**
 * A tile's two elements. `load` says only that the browser has the bytes of a
 * frame; whether the camera is live is the Go side's word alone.
 */
export class Picture {
  #front: HTMLImageElement;
  #back: HTMLImageElement;
  #url: string;
  #anonymous = false;
  #cancel: () => void = () => {};

  constructor(one: HTMLImageElement, other: HTMLImageElement, url: string) {
    this.#front = one;
    this.#back = other;
    this.#url = url;
  }

  /** Resolves true when the newest frame is on screen, false when it cannot be. One at a time. */
  async next(): Promise<boolean> {
    const good = await this.#load();
    if (!good) this.#back.removeAttribute("src");
    else this.#swap();
    return good;
  }

  close(): void {
    for (const img of [this.#front, this.#back]) {
      img.classList.remove(SHOWN);
      img.removeAttribute("src");
    }
    this.#cancel();
  }

  #swap(): void {
    this.#back.classList.add(SHOWN);
    this.#front.classList.remove(SHOWN);
    [this.#front, this.#back] = [this.#back, this.#front];
  }

  #load(): Promise<boolean> {
    const img = this.#back;
    return new Promise((resolve) => {
      const end = (good: boolean) => {
        clearTimeout(timer);
        img.removeEventListener("load", loaded);
        img.removeEventListener("error", failed);
        resolve(good);
      };
      const loaded = () => end(true);
      const failed = () => end(false);
      const timer = setTimeout(failed, LOAD_PATIENCE_MS);
      this.#cancel = failed;
      // The same URL again, or WebKit's process grows with every picture: it keeps
      // each URL that a page ever loaded. An element may show what its document has
      // of a URL, no-store or not, unless that was fetched in another CORS mode and
      // the element showed something else between: nothing, but not `src` taken away,
      // or Chromium rebuilds its box around an alternative text.
      img.src = NOTHING;
      this.#anonymous = !this.#anonymous;
      img.crossOrigin = this.#anonymous ? "anonymous" : null;
      img.addEventListener("load", loaded);
      img.addEventListener("error", failed);
      img.src = this.#url;
    });
  }
}

/** What happens in the elements of one camera. */
interface Screen {
  key: string;
  picture: Picture;
  /** The newest frame told of, until its turn comes; those between are left out. */
  next: News | null;
  /** performance.now() and Date.now() when `next` was told. */
  toldAt: number;
  toldOn: number;
  loading: boolean;
  /** Where the row of its tile is. */
  top: () => number;
}

/** All the pictures of the page by camera key. */
export class Pictures {
  #screens = new Map<string, Screen>();
  /** What loads and holds up the next rows. */
  #holding = new Set<Screen>();
  /** Where the row is that had its turn last. */
  #lastTop = -Infinity;
  /** How old the newest picture was when it was shown, milliseconds. */
  #delays = new Map<string, number>();
  /** When the picture that is shown came, unix ms. */
  #arrived = new Map<string, number>();
  #present = new SvelteSet<string>();
  /** When the pictures in a row that could not be drawn began, unix ms. */
  #failing = new Map<string, number>();
  #undrawable = new SvelteMap<string, number>();
  #enoughLoads: number;
  #elements = new Elements();

  constructor(enoughLoads = ENOUGH_LOADS) {
    this.#enoughLoads = enoughLoads;
  }

  /** Called with a key whose elements are new and wait for their first frame. */
  onattach: (key: string) => void = () => {};

  /** Whether the picture of a camera is to stay as it is: what is told of it is left out. */
  stands: (key: string) => boolean = () => false;

  /** A picture of this camera loads now, and is the next to be shown. */
  isLoading(key: string): boolean {
    return this.#screens.get(key)?.loading === true;
  }

  /**
   * Puts the elements of a camera into the frame of its tile, whose upper edge is at
   * `top()`. Returns the way to take them away again.
   */
  hang(key: string, frame: HTMLElement, top: () => number): () => void {
    const pair = this.#elements.lend();
    frame.append(...pair);
    const detach = this.attach(key, pair, top);
    return () => {
      detach();
      this.#elements.giveBack(pair);
    };
  }

  /**
   * Gives a camera the two elements of a tile whose upper edge is at `top()`.
   * Returns the way to take them away again.
   */
  attach(key: string, pair: Pair, top: () => number): () => void {
    const picture = new Picture(...pair, `/frame?key=${encodeURIComponent(key)}`);
    const screen: Screen = { key, picture, next: null, toldAt: 0, toldOn: 0, loading: false, top };
    this.#screens.set(key, screen);
    this.onattach(key);
    return () => {
      picture.close();
      if (this.#screens.get(key) !== screen) return;
      this.#screens.delete(key);
      this.#arrived.delete(key);
      this.#delays.delete(key);
      this.#present.delete(key);
      this.#drawn(key);
    };
  }

  /** A camera has a new frame: it is loaded when it is this camera's turn. */
  announce(news: News): void {
    const screen = this.#screens.get(news.key);
    if (!screen || this.stands(news.key)) return;
    screen.next = news;
    screen.toldAt = performance.now();
    screen.toldOn = Date.now();
    this.#advance();
  }

  /** Takes a camera's picture away, from memory as well; the next frame is shown again. */
  clear(key: string): void {
    const screen = this.#screens.get(key);
    if (!screen) return;
    screen.next = null;
    screen.picture.close();
    this.#arrived.delete(key);
    this.#delays.delete(key);
    this.#present.delete(key);
    this.#drawn(key);
  }

  #advance(): void {
    if (this.#holding.size > 0) return;
    for (const screen of this.#nextRows()) void this.#load(screen);
  }

  /** What waits in the next rows, from the uppermost to the lowest and over again. */
  #nextRows(): Screen[] {
    const rows = new Map<number, Screen[]>();
    for (const screen of this.#screens.values()) {
      if (this.stands(screen.key)) screen.next = null;
      if (!screen.next || screen.loading) continue;
      const row = rows.get(screen.top());
      if (row) row.push(screen);
      else rows.set(screen.top(), [screen]);
    }
    const tops = [...rows.keys()].sort((a, b) => a - b);
    const below = tops.filter((top) => top > this.#lastTop);
    const all: Screen[] = [];
    for (const top of below.length > 0 ? below : tops) {
      const row = rows.get(top) ?? [];
      if (all.length > 0 && all.length + row.length > this.#enoughLoads) break;
      all.push(...row);
      this.#lastTop = top;
    }
    return all;
  }

  async #load(screen: Screen): Promise<void> {
    const { key, picture, next, toldAt, toldOn } = screen;
    if (!next) return;
    screen.next = null;
    screen.loading = true;
    this.#holding.add(screen);
    const timer = setTimeout(() => this.#release(screen), HOLD_MS);
    const good = await picture.next();
    clearTimeout(timer);
    screen.loading = false;
    if (this.#screens.get(key) === screen) {
      if (good) {
        this.#arrived.set(key, toldOn - next.ageMs);
        this.#shown(key, next.ageMs + performance.now() - toldAt);
      } else this.#notDrawn(key);
    }
    this.#release(screen);
  }

  #release(screen: Screen): void {
    this.#holding.delete(screen);
    this.#advance();
  }

  #shown(key: string, ageMs: number): void {
    this.#drawn(key);
    this.#delays.set(key, ageMs);
    this.#present.add(key);
  }

  #notDrawn(key: string): void {
    const now = Date.now();
    const since = this.#failing.get(key) ?? now;
    this.#failing.set(key, since);
    if (now - since >= UNDRAWABLE_AFTER_MS) this.#undrawable.set(key, since);
  }

  #drawn(key: string): void {
    this.#failing.delete(key);
    this.#undrawable.delete(key);
  }

  /**
   * Since when this camera's pictures come but cannot be drawn, unix ms; reactive.
   * The Go side sees whole JPEGs and calls it live, and the old picture stands.
   */
  undrawableSince(key: string): number | undefined {
    return this.#undrawable.get(key);
  }

  /** Whether this camera has shown a picture since its elements exist; reactive. */
  has(key: string): boolean {
    return this.#present.has(key);
  }

  /** How old the newest picture was when it was shown, milliseconds; not reactive. */
  delayMs(key: string): number | null {
    return this.#delays.get(key) ?? null;
  }

  /** When the picture that is shown came, unix ms; not reactive. */
  arrivedAt(key: string): number | null {
    return this.#arrived.get(key) ?? null;
  }
}
