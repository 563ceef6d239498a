// What opens the menu of a tile with a pointer: the right button, and a finger that stays.
// One listener for all tiles.
import { on } from "svelte/events";

import type { Point } from "../layout/fit";

/** A finger that stays this long wants the menu; engines with a long press of their own wait as long. */
const LONG_PRESS_MS = 500;
/** A finger that moves further wants something else, CSS pixels. */
const STEADY = 10;

/** Calls onmenu with what was pressed and where. Returns the way to stop. */
export function menuGestures(
  element: HTMLElement,
  onmenu: (target: Element, at: Point) => void,
): () => void {
  let finger: { id: number; at: Point; timer: ReturnType<typeof setTimeout> } | undefined;
  const point = (event: MouseEvent): Point => ({ x: event.clientX, y: event.clientY });
  const letGo = () => {
    clearTimeout(finger?.timer);
    finger = undefined;
  };
  const off = [
    on(element, "contextmenu", (event) => {
      const target = event.target as Element;
      // The system's own menu pastes into a field.
      if (target.closest("input")) return;
      event.preventDefault();
      letGo();
      onmenu(target, point(event));
    }),
    on(element, "pointerdown", (event) => {
      const another = finger !== undefined;
      letGo();
      const target = event.target as Element;
      if (another || event.pointerType !== "touch" || target.closest("input")) return;
      const at = point(event);
      const timer = setTimeout(() => {
        letGo();
        onmenu(target, at);
      }, LONG_PRESS_MS);
      finger = { id: event.pointerId, at, timer };
    }),
    on(element, "pointermove", (event) => {
      if (finger?.id !== event.pointerId) return;
      const { x, y } = finger.at;
      if (Math.hypot(event.clientX - x, event.clientY - y) > STEADY) letGo();
    }),
    on(element, "pointerup", letGo),
    on(element, "pointercancel", letGo),
  ];
  return () => {
    letGo();
    for (const stop of off) stop();
  };
}
