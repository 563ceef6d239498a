// Sixty-four tiles that change at once would hold up a click: their words and
// buttons are made a few tiles at a time.
import type { Camera } from "../backend/types";

/** Tiles that change at a stretch, in a few milliseconds each on a slow machine. */
export const STRETCH = 8;

/**
 * One step from what is shown to what is so. A camera of which nothing changed keeps its
 * object, so that its tile has nothing to do; new ones are taken at once, for the places of all
 * tiles depend on them. `done` is false while older words of some cameras are left.
 */
export function step(
  shown: readonly Camera[],
  goal: readonly Camera[],
): { cameras: readonly Camera[]; done: boolean } {
  const before = new Map(shown.map((camera) => [camera.key, camera]));
  let changed = 0;
  const cameras = goal.map((camera) => {
    const old = before.get(camera.key);
    if (!old) return camera;
    if (same(old, camera)) return old;
    changed++;
    return changed <= STRETCH ? camera : old;
  });
  return { cameras, done: changed <= STRETCH };
}

function same(a: Camera, b: Camera): boolean {
  return (Object.keys(b) as (keyof Camera)[]).every((field) => a[field] === b[field]);
}
