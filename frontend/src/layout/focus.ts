// One large tile and a strip of small ones: at the side of a wide stage, below a high one.
import { fitColumns, GAP, PADDING, place, SMALLEST_TILE, type Rect, type Size } from "./fit";

/** How much of the stage the strip takes at most, and tiles in it are no larger than this part of it. */
const STRIP_PART = 0.25;

export interface FocusFit {
  /** The large tile. */
  large: Rect;
  /** As many as there is room for, at most one fewer than there are cameras. */
  strip: readonly Rect[];
}

/** The stage with width and height swapped, and back. */
const turned = ({ left, top, width, height }: Rect): Rect => ({
  left: top,
  top: left,
  width: height,
  height: width,
});

/** The strip at the right of a stage, for up to `count` tiles. */
function column(count: number, stage: Size, aspect: number, smallest: number): Rect[] {
  const widest = Math.max(smallest, Math.floor(stage.width * STRIP_PART) - 2 * PADDING);
  const room = stage.height - 2 * PADDING + GAP;
  const fits = Math.max(1, Math.floor(room / (smallest / aspect + GAP)));
  const shown = Math.min(count, fits);
  const width = Math.floor(Math.min(widest, (room / shown - GAP) * aspect));
  const height = Math.floor(width / aspect);
  const left = stage.width - PADDING - width;
  const top = Math.floor((stage.height - (shown * (height + GAP) - GAP)) / 2);
  return Array.from({ length: shown }, (_, i) => ({
    left,
    top: top + i * (height + GAP),
    width,
    height,
  }));
}

/** Where `count` tiles of this aspect stand when one of them is large. */
export function focusFit(count: number, stage: Size, aspect: number): FocusFit {
  const whole = (size: Size) => place(1, fitColumns(1, 1, size, aspect), size)[0] as Rect;
  /** Width of the smallest tile; one that is upright may be as high as others are wide. */
  const smallest = SMALLEST_TILE * Math.min(1, aspect);
  if (count < 2) return { large: whole(stage), strip: [] };
  if (stage.width >= stage.height) {
    const strip = column(count - 1, stage, aspect, smallest);
    const width = (strip[0] as Rect).left - GAP + PADDING;
    return { large: whole({ ...stage, width }), strip };
  }
  const upright = { width: stage.height, height: stage.width };
  const strip = column(count - 1, upright, 1 / aspect, smallest / aspect).map(turned);
  const height = (strip[0] as Rect).top - GAP + PADDING;
  return { large: whole({ ...stage, height }), strip };
}

/** The part of a list with so many items in which `at` is as near to the middle as can be. */
export function around<T>(list: readonly T[], at: number, count: number): T[] {
  const start = Math.max(0, Math.min(at - Math.floor(count / 2), list.length - count));
  return list.slice(start, start + count);
}
