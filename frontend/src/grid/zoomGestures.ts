// Zoom and pan with a wheel, a pinch on a touch pad or screen, and a drag. One listener
// for all tiles.
import { on } from "svelte/events";

import type { Point } from "../layout/fit";

/** What zooms, by the key of a camera. Points and lengths are in sizes of its tile. */
export interface Zoomer {
  has(key: string): boolean;
  zoom(key: string, by: number, at: Point): void;
  pan(key: string, by: Point): void;
}

/** A wheel's notch is about 100 pixels: a quarter more. */
const PER_PIXEL = 0.0022;
/** A pinch on a touch pad comes as a wheel with small steps. */
const PER_PINCH_PIXEL = 0.01;
/** By deltaMode of WheelEvent: pixels, lines, pages. */
const UNITS = [1, 16, 400];
/** A press that moves less than this is none that drags, CSS pixels. */
const STEADY = 4;

interface Pointer extends Point {
  moved: boolean;
}

interface Tile {
  key: string;
  box: DOMRect;
}

function tileOf(target: EventTarget | null): Tile | null {
  const tile = (target as Element | null)?.closest<HTMLElement>("[data-key]");
  const key = tile?.dataset["key"];
  return tile && key !== undefined ? { key, box: tile.getBoundingClientRect() } : null;
}

/** Where a point of the window is on a tile, measured from its middle. */
function onTile({ box }: Tile, { x, y }: Point): Point {
  return { x: (x - box.left) / box.width - 0.5, y: (y - box.top) / box.height - 0.5 };
}

const point = (event: MouseEvent): Point => ({ x: event.clientX, y: event.clientY });
const middle = (a: Point, b: Point): Point => ({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 });
const apart = (a: Point, b: Point) => Math.hypot(a.x - b.x, a.y - b.y);

/** Returns the way to stop. */
export function zoomGestures(element: HTMLElement, zoomer: Zoomer): () => void {
  /** What holds the tile that was pressed first. */
  const held = new Map<number, Pointer>();
  let tile: Tile | null = null;

  function onwheel(event: WheelEvent) {
    const at = tileOf(event.target);
    if (!at) return;
    event.preventDefault(); // the page itself is not zoomed
    const pixels = event.deltaY * (UNITS[event.deltaMode] ?? 1);
    const by = Math.exp(-pixels * (event.ctrlKey ? PER_PINCH_PIXEL : PER_PIXEL));
    zoomer.zoom(at.key, by, onTile(at, point(event)));
  }

  function onpointerdown(event: PointerEvent) {
    if (event.button !== 0 || held.size >= 2) return;
    if ((event.target as Element).closest("input, button:not([data-tile])")) return;
    if (held.size === 0) tile = tileOf(event.target);
    if (tile) held.set(event.pointerId, { ...point(event), moved: false });
  }

  function onpointermove(event: PointerEvent) {
    const mine = held.get(event.pointerId);
    if (!mine || !tile) return;
    const to = point(event);
    const other = [...held].find(([id]) => id !== event.pointerId)?.[1];
    if (!other && !mine.moved && apart(mine, to) < STEADY) return;
    if (!mine.moved && zoomer.has(tile.key)) element.setPointerCapture(event.pointerId);
    mine.moved = true;
    const { width, height } = tile.box;
    const from = other ? middle(mine, other) : mine;
    const goal = other ? middle(to, other) : to;
    if (other && apart(mine, other) > 0)
      zoomer.zoom(tile.key, apart(to, other) / apart(mine, other), onTile(tile, from));
    zoomer.pan(tile.key, { x: (goal.x - from.x) / width, y: (goal.y - from.y) / height });
    Object.assign(mine, to);
  }

  const letGo = (event: PointerEvent) => {
    held.delete(event.pointerId);
    if (held.size === 0) tile = null;
  };

  const off = [
    on(element, "wheel", onwheel, { passive: false }),
    on(element, "pointerdown", onpointerdown),
    on(element, "pointermove", onpointermove),
    on(element, "pointerup", letGo),
    on(element, "pointercancel", letGo),
  ];
  return () => {
    for (const stop of off) stop();
  };
}
