// Orders of keys. Pure.

/** `keys` with one of them before another, or last. */
export function movedBefore(keys: readonly string[], key: string, before: string): string[] {
  const rest = keys.filter((k) => k !== key);
  const at = rest.indexOf(before);
  rest.splice(at < 0 ? rest.length : at, 0, key);
  return rest;
}

/** `keys` with one of them at the place of another one, which makes room. */
export function movedTo(keys: readonly string[], key: string, place: string): string[] {
  const [from, to] = [keys.indexOf(key), keys.indexOf(place)];
  if (from < 0 || to < 0 || from === to) return [...keys];
  return movedBefore(keys, key, keys[from < to ? to + 1 : to] ?? "");
}

/** The key after this one, or "". */
export function after(keys: readonly string[], key: string): string {
  const at = keys.indexOf(key);
  return at < 0 ? "" : (keys[at + 1] ?? "");
}

/** `keys` as an order has them; those that it does not have follow as they were. */
export function ordered(keys: readonly string[], order: readonly string[] | null): string[] {
  if (!order) return [...keys];
  const there = new Set(keys);
  const first = order.filter((key) => there.has(key));
  const has = new Set(first);
  return [...first, ...keys.filter((key) => !has.has(key))];
}
