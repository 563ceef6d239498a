// Sixty-four tiles whose words change at once would hold up a click: words and
// buttons are made anew, a few tiles at a time.
import type { Camera } from "../backend/types";

/** Tiles that get other words at a stretch, a few milliseconds each on a slow machine. */
export const STRETCH = 8;

/**
 * One step from what is shown to what is so. Other numbers are taken at once, they cost little;
 * so are new cameras, for the places of all tiles depend on them. A camera of which nothing
 * changed keeps its object, so that its tile has nothing to do. `done` is false while the words
 * of some cameras are old.
 */
export function step(
  shown: readonly Camera[],
  goal: readonly Camera[],
): { cameras: readonly Camera[]; done: boolean } {
  const before = new Map(shown.map((camera) => [camera.key, camera]));
  let words = 0;
  const cameras = goal.map((camera) => {
    const old = before.get(camera.key);
    if (!old) return camera;
    if (same(old, camera)) return old;
    if (old.state === camera.state && old.reason === camera.reason) return camera;
    words++;
    return words <= STRETCH ? camera : old;
  });
  return { cameras, done: words <= STRETCH };
}

function same(a: Camera, b: Camera): boolean {
  return (Object.keys(b) as (keyof Camera)[]).every((field) => a[field] === b[field]);
}
