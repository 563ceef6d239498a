/** How many parts of the tiles get the time one after another. */
export const PARTS = 4;

/** The time that countdown words are made of; ticks often enough for "Connecting…" after 0.4 s. */
export class Clock {
  now = $state(Date.now());
  #parts = $state(Array.from({ length: PARTS }, () => Date.now()));

  /** The time for the tile with this number. 64 tiles with new words at once would hold up a click. */
  nowFor(tile: number): number {
    return this.#parts[tile % PARTS] ?? 0;
  }

  /** Returns the way to stop. */
  start(everyMs = 250): () => void {
    let part = 0;
    const timer = setInterval(() => {
      const now = Date.now();
      this.#parts[part] = now;
      if (part === 0) this.now = now;
      part = (part + 1) % PARTS;
    }, everyMs / PARTS);
    return () => clearInterval(timer);
  }
}
