// What a person can do with one camera: the one table that the menu and the keys follow.
import { canRetry } from "../cameras/facts";
import type { Shown } from "../cameras/shown";
import { CAMERA_WORDS, type ActionWords } from "../words/actions";
import { linesFor, pageOf, relayedLinesFor, type Line } from "../words/addresses";
import type { Actions } from "./keys";

/** The parts of the menu, in its order; "" is not in it. */
export type Part = "look" | "mount" | "here" | "elsewhere" | "state" | "";

/** One of several things that an entry offers. */
export interface Choice {
  does: string;
  run: (act: Actions) => void;
}

/** How the page shows a camera. */
export interface Looks {
  alone: boolean;
  /** Its numbers stand on its picture. */
  numbers: boolean;
}

/** Something to do with the active camera. */
export interface CameraAction {
  part: Part;
  words: ActionWords;
  /** By tinykeys presses; the first does what the menu does. */
  keys?: Record<string, (act: Actions) => void>;
  /** A key that is held down goes on. */
  repeats?: boolean;
  /** What the menu does; without it, it offers the choices. */
  run?: (act: Actions) => void;
  choices?: (c: Shown) => readonly Choice[];
  /** It is done already: the menu undoes it. */
  done?: (c: Shown, looks: Looks) => boolean;
  /** It changes something for everybody who looks, or saves where PiGrid runs. */
  changes?: true;
  /** Whether it makes sense now; it does unless this says no. */
  can?: (c: Shown) => boolean;
}

/**
 * A bracket, also where it is typed with AltGr: as on German keyboards, which Windows reports
 * with Control and Alt, Linux with AltGraph, and a Mac with Option.
 */
const bracket = (key: "[" | "]", run: (act: Actions) => void) => ({
  [key]: run,
  [`Alt+${key}`]: run,
  [`Control+Alt+${key}`]: run,
});

const alone = (act: Actions) => act.toggleSolo();
const snapshot = (act: Actions) => act.snapshot();
const freeze = (act: Actions) => act.toggleFreeze();
const numbers = (act: Actions) => act.toggleNumbers();
const clockwise = (act: Actions) => act.turn(90);
const hide = (act: Actions) => act.hide();
const mirror = (act: Actions) => act.mirror();

const copies = (lines: (c: Shown) => Line[]): CameraAction => ({
  part: "elsewhere",
  words: CAMERA_WORDS.copy,
  choices: (c) =>
    lines(c).map(({ program, line, said }) => ({
      does: program,
      run: (act) => act.copy(line, said),
    })),
  can: (c) => lines(c).length > 0,
});

/** In the order of the menu. */
export const CAMERA_ACTIONS: readonly CameraAction[] = [
  {
    part: "look",
    words: CAMERA_WORDS.alone,
    keys: { Enter: alone, f: alone },
    run: alone,
    done: (_, looks) => looks.alone,
  },
  { part: "look", words: CAMERA_WORDS.snapshot, keys: { s: snapshot }, run: snapshot },
  { part: "look", words: CAMERA_WORDS.clip, changes: true, run: (act) => act.clip() },
  {
    part: "look",
    words: CAMERA_WORDS.freeze,
    keys: { Space: freeze },
    run: freeze,
    done: (c) => c.frozen === true,
  },
  {
    part: "look",
    words: CAMERA_WORDS.numbers,
    keys: { i: numbers },
    run: numbers,
    done: (_, looks) => looks.numbers,
  },
  {
    part: "mount",
    words: CAMERA_WORDS.name,
    changes: true,
    keys: { F2: (act) => act.openNaming() },
    run: (act) => act.openNaming(),
  },
  {
    part: "mount",
    words: CAMERA_WORDS.turn,
    changes: true,
    keys: { ...bracket("]", clockwise), ...bracket("[", (act) => act.turn(-90)) },
    run: clockwise,
  },
  {
    part: "mount",
    words: CAMERA_WORDS.mirror,
    changes: true,
    keys: { x: mirror },
    run: mirror,
  },
  {
    part: "here",
    words: CAMERA_WORDS.fill,
    changes: true,
    run: (act) => act.toggleFill(),
    done: (c) => c.fill,
  },
  {
    part: "here",
    words: CAMERA_WORDS.notify,
    changes: true,
    run: (act) => act.toggleNotify(),
    done: (c) => c.notify,
  },
  { part: "here", words: CAMERA_WORDS.hide, changes: true, keys: { h: hide }, run: hide },
  {
    part: "",
    words: CAMERA_WORDS.move,
    changes: true,
    repeats: true,
    keys: {
      "Alt+ArrowLeft": (act) => act.moveTile("left"),
      "Alt+ArrowRight": (act) => act.moveTile("right"),
      "Alt+ArrowUp": (act) => act.moveTile("up"),
      "Alt+ArrowDown": (act) => act.moveTile("down"),
    },
  },
  {
    part: "",
    words: CAMERA_WORDS.zoom,
    repeats: true,
    keys: {
      "[Shift]++": (act) => act.zoom(1),
      "[Shift]+=": (act) => act.zoom(1),
      "-": (act) => act.zoom(-1),
    },
  },
  {
    part: "",
    words: CAMERA_WORDS.pan,
    repeats: true,
    keys: {
      "Shift+ArrowLeft": (act) => act.pan("left"),
      "Shift+ArrowRight": (act) => act.pan("right"),
      "Shift+ArrowUp": (act) => act.pan("up"),
      "Shift+ArrowDown": (act) => act.pan("down"),
    },
  },
  {
    part: "elsewhere",
    words: CAMERA_WORDS.browser,
    run: (act) => act.openInBrowser(),
    can: (c) => pageOf(c) !== "",
  },
  copies(linesFor),
  { part: "state", words: CAMERA_WORDS.history, run: (act) => act.openHistory() },
  {
    part: "state",
    words: CAMERA_WORDS.details,
    keys: { d: (act) => act.openDetails() },
    run: (act) => act.openDetails(),
  },
  {
    part: "state",
    words: CAMERA_WORDS.retry,
    keys: { r: (act) => act.retry() },
    run: (act) => act.retry(),
    can: canRetry,
  },
  {
    part: "state",
    words: CAMERA_WORDS.forget,
    changes: true,
    run: (act) => act.openForget(),
  },
];

/** What is offered on a page that may change nothing, whose origin passes cameras on, or on any other. */
export function actionsFor(readOnly: boolean, origin = ""): readonly CameraAction[] {
  if (!readOnly) return CAMERA_ACTIONS;
  const looks = CAMERA_ACTIONS.filter(({ changes }) => changes !== true);
  return looks.map((action) =>
    action.words === CAMERA_WORDS.copy ? copies((c) => relayedLinesFor(c, origin)) : action,
  );
}
