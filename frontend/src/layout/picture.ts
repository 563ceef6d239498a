// How large a picture is in its tile. Pure, like the rest of this room.
import type { Size } from "./fit";

/** Shapes this close are one: filling the tile cuts off less than a hair line. */
const SAME_SHAPE = 0.02;

/** The picture fills its tile; else all of it stands in the tile. */
export function fills(picture: Size, tile: Size): boolean {
  return Math.abs(picture.width / picture.height / (tile.width / tile.height) - 1) < SAME_SHAPE;
}

/**
 * How many CSS pixels wide the picture is in its tile; as the tile while its size is not
 * known. `cut`: it fills the tile, whatever its shape.
 */
export function drawnWidth(picture: Size, tile: Size, cut = false): number {
  if (picture.width <= 0 || picture.height <= 0) return tile.width;
  const across = tile.width;
  const byHeight = (tile.height * picture.width) / picture.height;
  return cut || fills(picture, tile) ? Math.max(across, byHeight) : Math.min(across, byHeight);
}
