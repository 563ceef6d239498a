// Which tile shows which camera. A tile that is no longer needed is given to a camera
// that comes: WebKit keeps some of what a tile was made of after it is taken out of
// the page, and an agent can list other cameras at each question, for months.

/**
 * Gives every camera the number of its tile. A camera keeps its own; one that comes
 * gets the smallest that is free.
 */
export function assign(
  before: ReadonlyMap<string, number>,
  keys: readonly string[],
): ReadonlyMap<string, number> {
  const kept = keys.flatMap((key) => before.get(key) ?? []);
  if (kept.length === keys.length && before.size === keys.length) return before;
  const taken = new Set(kept);
  let free = 0;
  const next = () => {
    while (taken.has(free)) free++;
    return free++;
  };
  return new Map(keys.map((key) => [key, before.get(key) ?? next()]));
}

/** The tiles of one page. */
export class Slots {
  #now: ReadonlyMap<string, number> = new Map();

  /** See {@link assign}. */
  assign(keys: readonly string[]): ReadonlyMap<string, number> {
    return (this.#now = assign(this.#now, keys));
  }
}
