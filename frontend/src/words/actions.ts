// What a person can do with one camera: as its menu says it, as the `?` overlay lists it,
// and the caps of its keys as printed.
import type { Control } from "./controls";
import { ALT, SHIFT } from "./modifiers";

export interface ActionWords {
  /** On buttons and in the menu. */
  does: string;
  /** The same when it is done already. */
  undoes?: string;
  /** The keys as printed; none for what has none. The first one stands in the menu. */
  caps: readonly string[];
  /** In the `?` overlay. */
  help: string;
}

export const CAMERA_WORDS = {
  alone: {
    does: "Show alone",
    undoes: "Show all cameras",
    caps: ["Enter", "F", "double-click"],
    help: "Show the selected camera alone, or show all",
  },
  snapshot: { does: "Snapshot", caps: ["S"], help: "Save its picture" },
  clip: { does: "Save last 30 s", caps: [], help: "" },
  freeze: { does: "Freeze", undoes: "Resume", caps: ["Space"], help: "Freeze or resume" },
  numbers: {
    does: "Show numbers",
    undoes: "Hide numbers",
    caps: ["I"],
    help: "Its numbers on the picture: time, rate, age",
  },
  name: { does: "Rename…", caps: ["F2"], help: "Rename" },
  turn: { does: "Rotate", caps: ["]", "["], help: "Rotate by 90°, clockwise or back" },
  mirror: { does: "Flip", caps: ["X"], help: "Flip: swap left and right" },
  fill: { does: "Fill tile", undoes: "Fit into tile", caps: [], help: "" },
  notify: { does: "Notify when it goes", undoes: "Stop notifying", caps: [], help: "" },
  hide: { does: "Hide", caps: ["H"], help: "Hide" },
  move: {
    does: "Move",
    caps: [ALT, "← ↑ → ↓", "drag"],
    help: "Move it to another place",
  },
  zoom: { does: "Zoom", caps: ["+", "−", "wheel"], help: "Zoom in or out" },
  pan: {
    does: "Move picture",
    caps: [SHIFT, "← ↑ → ↓", "drag"],
    help: "Move a zoomed picture",
  },
  browser: { does: "Open in browser", caps: [], help: "" },
  copy: { does: "Copy address", caps: [], help: "" },
  history: { does: "History", caps: [], help: "" },
  details: { does: "Details", caps: ["D"], help: "Details" },
  retry: { does: "Retry", caps: ["R"], help: "Retry now" },
  forget: { does: "Forget…", caps: [], help: "" },
} satisfies Record<string, ActionWords>;

/** A button that does the same. */
export function control(words: ActionWords, done = false): Control {
  const [key] = words.caps;
  const does = done ? (words.undoes ?? words.does) : words.does;
  return key === undefined ? { does } : { does, key };
}

/** Who sees what the entries of a part of the menu change. */
export const MENU = {
  of: (name: string) => `Menu of ${name}`,
  here: "On this computer only",
  everyone: "For everyone who watches",
};

/** Before a camera is forgotten. */
export const FORGET = {
  title: (name: string) => `Forget ${name}?`,
  found:
    "It leaves the grid of this computer, with its place and its history. It comes back after it was off for a while.",
  typed:
    "It leaves the grid of this computer, with its place, its history and its password. To see it again, add its address.",
};

/** Cameras that a person has hidden. */
export const HIDDEN = {
  count: (cameras: number) => `${cameras} hidden`,
  title: "Hidden cameras",
  text: "They are not asked for pictures, and keep their places.",
  none: "No camera is hidden.",
  show: "Show",
  showOne: (name: string) => `Show ${name}`,
  showAll: "Show all",
  said: (name: string) => `${name} is hidden`,
  undo: "Undo",
  all: "All cameras are hidden.",
};

/** A picture that is zoomed, and the way back. */
export const ZOOM = {
  by: (scale: number) => `${scale.toFixed(1)}×`,
  back: (scale: number): Control => ({
    does: `${ZOOM.by(scale)}: show all of the picture`,
    key: "Esc, or double-click",
  }),
};
