// Which pictures have their numbers on them.
import { SvelteSet } from "svelte/reactivity";

export class Overlays {
  /** Cameras that are not as all are. */
  #odd = new SvelteSet<string>();
  #all: () => boolean;

  /** all: whether all have them; reactive. */
  constructor(all: () => boolean) {
    this.#all = all;
  }

  get all(): boolean {
    return this.#all();
  }

  /** Whether this camera's picture has its numbers on it; reactive. */
  of(key: string): boolean {
    return this.all !== this.#odd.has(key);
  }

  toggle(key: string): void {
    if (!this.#odd.delete(key)) this.#odd.add(key);
  }

  /** From now on all are alike. */
  settle(): void {
    this.#odd.clear();
  }
}
