// Sixty-four tiles that change at once would hold up a click. So words, buttons and
// numbers change a few tiles at a time.
import type { Camera } from "../backend/types";

/** Tiles that get other words at a stretch, a few milliseconds each on a slow machine. */
export const STRETCH = 2;
/** How many tiles may get other numbers in place of one that gets other words. */
export const NUMBERS_PER_WORDS = 4;

/**
 * One step from what is shown to what is so. New cameras are taken at once, and
 * those that are hidden or not any more, for the places of all tiles depend on them. A camera of which nothing changed keeps
 * its object, so that its tile has nothing to do. `done` is false while what is
 * shown of some cameras is old. `stretch` tiles may get other words.
 */
export function step(
  shown: readonly Camera[],
  goal: readonly Camera[],
  stretch = STRETCH,
): { cameras: readonly Camera[]; done: boolean } {
  const before = new Map(shown.map((camera) => [camera.key, camera]));
  const changed = goal.filter((camera) => {
    const old = before.get(camera.key);
    return old && !same(old, camera);
  });
  const [words, numbers] = partition(changed, (camera) => {
    const old = before.get(camera.key);
    return old?.state !== camera.state || old.reason !== camera.reason;
  });
  const taken = words.slice(0, stretch);
  taken.push(...numbers.slice(0, (stretch - taken.length) * NUMBERS_PER_WORDS));
  const take = new Set(taken);
  for (const camera of changed) {
    if (before.get(camera.key)?.hidden !== camera.hidden) take.add(camera);
  }
  const cameras = goal.map((camera) =>
    take.has(camera) ? camera : (before.get(camera.key) ?? camera),
  );
  return { cameras, done: take.size === changed.length };
}

function partition<T>(all: readonly T[], first: (one: T) => boolean): [T[], T[]] {
  const parts: [T[], T[]] = [[], []];
  for (const one of all) parts[first(one) ? 0 : 1].push(one);
  return parts;
}

function same(a: Camera, b: Camera): boolean {
  return (Object.keys(b) as (keyof Camera)[]).every((field) => a[field] === b[field]);
}
