// Which pictures are zoomed, by camera key. A zoom lasts until a person ends it, in the
// grid and alone, and is not kept for the next start.
import { SvelteMap } from "svelte/reactivity";

import type { Point } from "../layout/fit";
import { moved, WHOLE, zoomed, type Zoom } from "../layout/zoom";

export class Zooms {
  #all = new SvelteMap<string, Zoom>();

  /** How a picture is zoomed; reactive. */
  of(key: string): Zoom {
    return this.#all.get(key) ?? WHOLE;
  }

  has(key: string): boolean {
    return this.#all.has(key);
  }

  /** Zooms by a factor, around a point measured from the middle of the tile in its sizes. */
  zoom(key: string, by: number, at?: Point): void {
    this.#set(key, zoomed(this.of(key), by, at));
  }

  /** Moves a picture by parts of its tile. */
  pan(key: string, by: Point): void {
    if (this.has(key)) this.#set(key, moved(this.of(key), by));
  }

  /** Shows all of a picture again. */
  end(key: string): void {
    this.#all.delete(key);
  }

  #set(key: string, zoom: Zoom): void {
    if (zoom.scale === 1) this.#all.delete(key);
    else this.#all.set(key, zoom);
  }
}
