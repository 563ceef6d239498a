// Moves a tile to another place with a mouse or a finger. One listener for all tiles.
//
// svelte-dnd-action does not fit: it moves elements that lie in the flow of the page, and
// drags a copy of one. Tiles are placed by us, and a copy has no live picture.
import { on } from "svelte/events";

import type { Point } from "../layout/fit";

/** What moves tiles. Points are in the list, from its upper left corner. */
export interface Mover {
  /** Whether a drag of this camera's tile moves it. */
  canDrag(key: string): boolean;
  /** `grabbed`: where it is held, from the tile's own corner. */
  drag(key: string, to: Point, grabbed: Point): void;
  /** Ends a drag where it is, or as if there had been none. */
  drop(): void;
  cancelDrag(): void;
}

/** A press that moves less than this is none that drags, CSS pixels. */
const STEADY = 8;

interface Held {
  id: number;
  key: string;
  from: Point;
  grabbed: Point;
  dragging: boolean;
}

/** Returns the way to stop. */
export function dragGestures(list: HTMLElement, mover: Mover): () => void {
  let held: Held | null = null;

  function letGo() {
    if (held?.dragging) mover.cancelDrag();
    held = null;
  }

  function onpointerdown(event: PointerEvent) {
    const another = held !== null;
    letGo();
    const target = event.target as Element;
    const tile = target.closest<HTMLElement>("[data-key]");
    const key = tile?.dataset["key"];
    if (another || event.button !== 0 || !tile || key === undefined) return;
    if (target.closest("input, button:not([data-tile])") || !mover.canDrag(key)) return;
    const { left, top } = tile.getBoundingClientRect();
    const from = { x: event.clientX, y: event.clientY };
    const grabbed = { x: from.x - left, y: from.y - top };
    held = { id: event.pointerId, key, from, grabbed, dragging: false };
  }

  function onpointermove(event: PointerEvent) {
    if (held?.id !== event.pointerId) return;
    const { from } = held;
    if (!held.dragging && Math.hypot(event.clientX - from.x, event.clientY - from.y) < STEADY)
      return;
    if (!held.dragging) list.setPointerCapture(event.pointerId);
    held.dragging = true;
    const { left, top } = list.getBoundingClientRect();
    mover.drag(held.key, { x: event.clientX - left, y: event.clientY - top }, held.grabbed);
  }

  function onpointerup(event: PointerEvent) {
    if (held?.id !== event.pointerId) return;
    if (held.dragging) mover.drop();
    held = null;
  }

  const off = [
    on(list, "pointerdown", onpointerdown),
    on(list, "pointermove", onpointermove),
    on(list, "pointerup", onpointerup),
    on(list, "pointercancel", letGo),
  ];
  return () => {
    letGo();
    for (const stop of off) stop();
  };
}
