// Sixty-four tiles that change at once would hold up a click: their words and
// buttons are made a few tiles at a time.
import type { Camera } from "../backend/types";

/** Tiles that change at a stretch, in a few milliseconds each on a slow machine. */
export const STRETCH = 8;

export interface Step {
  cameras: readonly Camera[];
  /** Cameras of which older numbers or words are still shown. */
  left: number;
  /** Where the next step goes on, so that the last cameras have their turn too. */
  from: number;
}

/**
 * One step from what is shown to what is so. Another state comes before other numbers. A camera
 * of which nothing changed keeps its object, so that its tile has nothing to do; new ones are
 * taken at once, for the places of all tiles depend on them.
 */
export function step(shown: readonly Camera[], goal: readonly Camera[], from = 0): Step {
  const before = new Map(shown.map((camera) => [camera.key, camera]));
  const changes = goal.flatMap((camera, place) => {
    const old = before.get(camera.key);
    return old && !same(old, camera) ? [{ camera, place, words: !sameWords(old, camera) }] : [];
  });
  const words = changes.filter((change) => change.words);
  const numbers = changes.filter((change) => !change.words);
  const turn = numbers.findIndex(({ place }) => place >= from);
  const inTurn = turn < 0 ? numbers : [...numbers.slice(turn), ...numbers.slice(0, turn)];
  const taken = [...words, ...inTurn].slice(0, STRETCH);
  const now = new Set(taken.map(({ camera }) => camera));
  const last = taken.at(-1);
  return {
    cameras: goal.map((camera) => (now.has(camera) ? camera : (before.get(camera.key) ?? camera))),
    left: changes.length - taken.length,
    from: last && !last.words ? last.place + 1 : from,
  };
}

function same(a: Camera, b: Camera): boolean {
  return (Object.keys(b) as (keyof Camera)[]).every((field) => a[field] === b[field]);
}

function sameWords(a: Camera, b: Camera): boolean {
  return a.state === b.state && a.reason === b.reason;
}
