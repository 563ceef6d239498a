// Loads frames into the tiles. Each tile has two <img> elements: the next frame
// loads into the hidden one and takes the other's place when it is good, so that
// no broken picture ever replaces a good one.
import { SvelteMap, SvelteSet } from "svelte/reactivity";

import type { News } from "./news";

/** An element that never answers must not end its camera's pictures. */
const LOAD_PATIENCE_MS = 3000;

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
  #cancel: () => void = () => {};

  constructor(one: HTMLImageElement, other: HTMLImageElement) {
    this.#front = one;
    this.#back = other;
  }

  /** Resolves true when this frame is on screen, false when it cannot be. One at a time. */
  async show(url: string): Promise<boolean> {
    const good = await this.#load(url);
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

  #load(url: string): Promise<boolean> {
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
      img.addEventListener("load", loaded);
      img.addEventListener("error", failed);
      img.src = url;
    });
  }
}

/** What happens in the elements of one camera. */
interface Screen {
  picture: Picture;
  /** The newest frame told of, until its turn comes; those between are left out. */
  next: News | null;
  /** performance.now() when `next` was told. */
  toldAt: number;
  loading: boolean;
}

/** All the pictures of the page by camera key. */
export class Pictures {
  #screens = new Map<string, Screen>();
  /** How old the newest picture was when it was shown, milliseconds. */
  #delays = new Map<string, number>();
  #present = new SvelteSet<string>();
  /** When the pictures in a row that could not be drawn began, unix ms. */
  #failing = new Map<string, number>();
  #undrawable = new SvelteMap<string, number>();
  /** Makes every URL one that was never asked for, so that nothing old comes from a cache. */
  #asked = 0;

  /** Called with a key whose elements are new and wait for their first frame. */
  onattach: (key: string) => void = () => {};

  /** Gives a camera the two elements. Returns the way to take them away again. */
  attach(key: string, one: HTMLImageElement, other: HTMLImageElement): () => void {
    const picture = new Picture(one, other);
    const screen: Screen = { picture, next: null, toldAt: 0, loading: false };
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

  /** A camera has a new frame: it is loaded at once, or when the one before it has been. */
  announce(news: News): void {
    const screen = this.#screens.get(news.key);
    if (!screen) return;
    screen.next = news;
    screen.toldAt = performance.now();
    if (!screen.loading) void this.#follow(news.key, screen);
  }

  async #follow(key: string, screen: Screen): Promise<void> {
    screen.loading = true;
    while (screen.next) {
      const { next, toldAt } = screen;
      screen.next = null;
      const good = await screen.picture.show(this.#url(key));
      if (this.#screens.get(key) !== screen) return;
      if (good) {
        this.#drawn(key);
        this.#delays.set(key, next.ageMs + performance.now() - toldAt);
        this.#present.add(key);
      } else this.#notDrawn(key);
    }
    screen.loading = false;
  }

  #url(key: string): string {
    return `/frame?key=${encodeURIComponent(key)}&n=${++this.#asked}`;
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
