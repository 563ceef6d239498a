// What a view has, and what a person can choose for it. Pure.
import type { Camera } from "../backend/types";
import { ordered } from "../layout/order";

/** The cameras to choose from: those of `order` first, as it has them. */
export function offered(order: readonly string[], cameras: readonly Camera[]): Camera[] {
  const byKey = new Map(cameras.map((c) => [c.key, c]));
  return ordered([...byKey.keys()], order).flatMap((key) => byKey.get(key) ?? []);
}

/**
 * The keys of a view whose cameras a person chose. Those that it had keep their places,
 * also those that were not to choose from because nobody knows them now; others follow.
 */
export function chosenKeys(
  before: readonly string[],
  offered: readonly Camera[],
  chosen: ReadonlySet<string>,
): string[] {
  const had = new Set(before);
  const offeredKeys = offered.map((c) => c.key);
  const known = new Set(offeredKeys);
  return [
    ...before.filter((key) => chosen.has(key) || !known.has(key)),
    ...offeredKeys.filter((key) => chosen.has(key) && !had.has(key)),
  ];
}
