// Loads frames into the tiles, each when it is its turn. A tile has two <img>
// elements: the next frame loads into the hidden one and takes the other's place
// when it is good, so that no broken picture ever replaces a good one.
import { SvelteMap, SvelteSet } from "svelte/reactivity";

import type { News } from "./news";

/** An element that never answers must not end its camera's pictures. */
const LOAD_PATIENCE_MS = 3000;

/**
 * So many pictures are on their way at a time. More of them are no newer when they
 * are seen: what was sent grows old until WebKit comes to it. On a slow computer
 * 64 tiles are half as old with 8 as without a limit.
 */
const MOST_LOADS = 8;

/** How long pictures may fail in a row before that is said. */
const UNDRAWABLE_AFTER_MS = 3000;

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
      // of a URL, no-store or not, unless that was fetched in another CORS mode.
      this.#anonymous = !this.#anonymous;
      img.removeAttribute("src");
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
  /** performance.now() when `next` was told. */
  toldAt: number;
  loading: boolean;
}

/** All the pictures of the page by camera key. */
export class Pictures {
  /** In the order of their turns: whose last load began longest ago comes first. */
  #screens = new Map<string, Screen>();
  #loads = 0;
  /** How old the newest picture was when it was shown, milliseconds. */
  #delays = new Map<string, number>();
  #present = new SvelteSet<string>();
  /** When the pictures in a row that could not be drawn began, unix ms. */
  #failing = new Map<string, number>();
  #undrawable = new SvelteMap<string, number>();

  /** Called with a key whose elements are new and wait for their first frame. */
  onattach: (key: string) => void = () => {};

  /** Gives a camera the two elements. Returns the way to take them away again. */
  attach(key: string, one: HTMLImageElement, other: HTMLImageElement): () => void {
    const picture = new Picture(one, other, `/frame?key=${encodeURIComponent(key)}`);
    const screen: Screen = { key, picture, next: null, toldAt: 0, loading: false };
    this.#screens.set(key, screen);
    this.onattach(key);
    return () => {
      picture.close();
      if (this.#screens.get(key) !== screen) return;
      this.#screens.delete(key);
      this.#delays.delete(key);
      this.#present.delete(key);
      this.#drawn(key);
    };
  }

  /** A camera has a new frame: it is loaded when it is this camera's turn. */
  announce(news: News): void {
    const screen = this.#screens.get(news.key);
    if (!screen) return;
    screen.next = news;
    screen.toldAt = performance.now();
    this.#advance();
  }

  /** Loads what waits, as much as may be on its way at a time. */
  #advance(): void {
    while (this.#loads < MOST_LOADS) {
      const screen = this.#turn();
      if (!screen) return;
      void this.#load(screen);
    }
  }

  #turn(): Screen | undefined {
    for (const screen of this.#screens.values()) {
      if (screen.next && !screen.loading) return screen;
    }
    return undefined;
  }

  async #load(screen: Screen): Promise<void> {
    const { key, picture, next, toldAt } = screen;
    if (!next) return;
    screen.next = null;
    screen.loading = true;
    this.#screens.delete(key);
    this.#screens.set(key, screen);
    this.#loads++;
    const good = await picture.next();
    this.#loads--;
    screen.loading = false;
    if (this.#screens.get(key) === screen) {
      if (good) this.#shown(key, next.ageMs + performance.now() - toldAt);
      else this.#notDrawn(key);
    }
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
}
