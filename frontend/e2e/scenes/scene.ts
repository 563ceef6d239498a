/** Draws 640x360 at a time from 0 to 1, of which the end is the beginning. */
export type Scene = (g: CanvasRenderingContext2D, time: number) => void;
