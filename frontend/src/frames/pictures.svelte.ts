// Puts frames into the <img> elements of the tiles and frees their memory.
import { SvelteMap, SvelteSet } from "svelte/reactivity";

import type { Frame } from "./parse";

/** What the browser offers for pictures; tests hand in their own. */
export interface URLs {
  create(jpeg: Blob): string;
  revoke(url: string): void;
}

const browserURLs: URLs = {
  create: (jpeg) => URL.createObjectURL(jpeg),
  revoke: (url) => URL.revokeObjectURL(url),
};

/** An element that never answers must not stop the other pictures, nor make the app
    believe that nobody looks (1.6 s). */
const LOAD_PATIENCE_MS = 1000;

/** How long pictures may fail in a row before that is said. */
const UNDRAWABLE_AFTER_MS = 3000;

/**
 * One camera's element. `load` says only that the browser has the bytes of
 * this frame; whether the camera is live is the Go side's word alone.
 */
export class Picture {
  #img: HTMLImageElement;
  #urls: URLs;
  /** Every URL not yet revoked, oldest first; the last one is in the element. */
  #alive: string[] = [];
  #cancel: () => void = () => {};

  constructor(img: HTMLImageElement, urls: URLs = browserURLs) {
    this.#img = img;
    this.#urls = urls;
  }

  /** Resolves true when this frame is in the element and good. */
  async show(jpeg: Uint8Array<ArrayBuffer>): Promise<boolean> {
    const url = this.#urls.create(new Blob([jpeg], { type: "image/jpeg" }));
    this.#alive.push(url);
    const good = await this.#load(url);
    // Overtaken by a newer frame or closed: whoever did that revokes.
    if (this.#alive.at(-1) !== url) return false;
    if (good) this.#revokeAllBut(1);
    else this.#stepBack();
    return good;
  }

  close(): void {
    this.#revokeAllBut(0);
    this.#img.removeAttribute("src");
    this.#cancel();
  }

  #revokeAllBut(newest: number): void {
    const old = this.#alive.splice(0, this.#alive.length - newest);
    for (const url of old) this.#urls.revoke(url);
  }

  /** A broken picture leaves; the good one before it stays on screen. */
  #stepBack(): void {
    const broken = this.#alive.pop();
    const before = this.#alive.at(-1);
    if (before === undefined) this.#img.removeAttribute("src");
    else this.#img.src = before;
    if (broken !== undefined) this.#urls.revoke(broken);
  }

  #load(url: string): Promise<boolean> {
    const img = this.#img;
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

interface Shown {
  ageMs: number;
  /** performance.now() when the frame arrived. */
  at: number;
}

/** All the pictures of the page by camera key. */
export class Pictures {
  #pictures = new Map<string, Picture>();
  #shown = new Map<string, Shown>();
  #present = new SvelteSet<string>();
  /** When the pictures in a row that could not be drawn began, unix ms. */
  #failing = new Map<string, number>();
  #undrawable = new SvelteMap<string, number>();

  /** Called with a key whose element is new and waits for its first frame. */
  onattach: (key: string) => void = () => {};

  /** Gives a camera its element. Returns the way to take it away again. */
  attach(key: string, img: HTMLImageElement): () => void {
    const picture = new Picture(img);
    this.#pictures.set(key, picture);
    this.onattach(key);
    return () => {
      picture.close();
      if (this.#pictures.get(key) !== picture) return;
      this.#pictures.delete(key);
      this.#shown.delete(key);
      this.#present.delete(key);
      this.#drawn(key);
    };
  }

  async show(frame: Frame): Promise<void> {
    const at = performance.now();
    const picture = this.#pictures.get(frame.key);
    if (!picture) return;
    const good = await picture.show(frame.jpeg);
    if (this.#pictures.get(frame.key) !== picture) return;
    if (!good) {
      this.#notDrawn(frame.key);
      return;
    }
    this.#drawn(frame.key);
    this.#shown.set(frame.key, { ageMs: frame.ageMs, at });
    this.#present.add(frame.key);
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

  /** Whether this camera has shown a picture since its element exists; reactive. */
  has(key: string): boolean {
    return this.#present.has(key);
  }

  /** How old the newest picture was when it arrived, milliseconds; not reactive. */
  delayMs(key: string): number | null {
    return this.#shown.get(key)?.ageMs ?? null;
  }
}
