// What the keys of the page do: those of one camera are in actions.ts. words/keys and
// words/actions list them for the `?` overlay.
import { createKeybindingsHandler } from "tinykeys";

import type { Direction } from "../layout/neighbour";
import type { KEY_WORDS } from "../words/keys";
import { CAMERA_ACTIONS } from "./actions";

/** What keys and the menu of a camera can do; "this camera" is the active one. */
export interface Actions {
  dialogOpen(): boolean;
  /** Nobody sits here: keys look, and change nothing. */
  kiosk: boolean;
  /** The page may change nothing. */
  readOnly: boolean;
  move(direction: Direction): void;
  toggleSolo(): void;
  soloNumber(n: number): void;
  back(): void;
  escape(): void;
  toggleFullscreen(): void;
  /** One large picture with the others in a strip, or all of one size. */
  toggleLayout(): void;
  /** All cameras for 1, the views from 2 on. */
  showViewNumber(n: number): void;
  turnPage(by: number): void;
  toggleFreeze(): void;
  /** The numbers of this camera's picture, on it or only under the mouse. */
  toggleNumbers(): void;
  toggleAllNumbers(): void;
  /** Saves the picture of the active camera. */
  snapshot(): void;
  /** Saves those of all cameras, at one instant. */
  snapshotAll(): void;
  /** Saves its last seconds as a clip. */
  clip(): void;
  /** Puts it where its neighbour is. */
  moveTile(direction: Direction): void;
  hide(): void;
  toggleFill(): void;
  /** Notifies when this camera goes and comes back, or not any more. */
  toggleNotify(): void;
  /** In by so many steps, or out. */
  zoom(steps: number): void;
  /** Moves its picture while it is zoomed. */
  pan(direction: Direction): void;
  retry(): void;
  retryAll(): void;
  openAdd(): void;
  /** The menu of this camera. */
  openMenu(): void;
  openDetails(): void;
  /** What happened to this camera. */
  openHistory(): void;
  openNaming(): void;
  openForget(): void;
  openInBrowser(): void;
  /** Copies a text and says so. */
  copy(text: string, said: string): void;
  /** By this many degrees clockwise. */
  turn(degrees: number): void;
  mirror(): void;
  openHousehold(): void;
  /** Finds a camera by what is typed. */
  openFind(): void;
  openKeys(): void;
  openSettings(): void;
}

/** By tinykeys presses. */
type Row = Record<string, (act: Actions) => void>;

function digits(prefix: string, run: (act: Actions, n: number) => void): Row {
  const numbers = [1, 2, 3, 4, 5, 6, 7, 8, 9];
  // French keyboards have digits with Shift.
  return Object.fromEntries(numbers.map((n) => [`${prefix}[Shift]+${n}`, (act) => run(act, n)]));
}

const ROWS: Record<keyof typeof KEY_WORDS, Row> = {
  move: {
    ArrowLeft: (act) => act.move("left"),
    ArrowRight: (act) => act.move("right"),
    ArrowUp: (act) => act.move("up"),
    ArrowDown: (act) => act.move("down"),
  },
  menu: { "Shift+F10": (act) => act.openMenu(), ContextMenu: (act) => act.openMenu() },
  back: { Escape: (act) => act.escape(), "[Shift]+0": (act) => act.back() },
  number: digits("", (act, n) => act.soloNumber(n)),
  views: digits("$mod+", (act, n) => act.showViewNumber(n)),
  page: { PageUp: (act) => act.turnPage(-1), PageDown: (act) => act.turnPage(1) },
  find: { "$mod+k": (act) => act.openFind() },
  layout: { g: (act) => act.toggleLayout() },
  fullscreen: { F11: (act) => act.toggleFullscreen() },
  numbersAll: { "Shift+I": (act) => act.toggleAllNumbers() },
  snapshotAll: { "Shift+S": (act) => act.snapshotAll() },
  retryAll: { "Shift+R": (act) => act.retryAll() },
  household: { l: (act) => act.openHousehold() },
  add: { "$mod+n": (act) => act.openAdd() },
  settings: { "$mod+,": (act) => act.openSettings() },
  // On some keyboards ? needs no Shift.
  keys: { "[Shift]+?": (act) => act.openKeys() },
};

/** All keys of the page; a key that is held down repeats only in some. */
const ALL: readonly { row: Row; repeats: boolean }[] = [
  ...Object.values(ROWS).map((row) => ({ row, repeats: row === ROWS.move || row === ROWS.page })),
  ...CAMERA_ACTIONS.map(({ keys = {}, repeats = false }) => ({ row: keys, repeats })),
];

/** What keys do where nobody sits: they only look. */
const LOOKING: ReadonlySet<string> = new Set([
  ...[ROWS.move, ROWS.number, ROWS.views, ROWS.page, ROWS.retryAll].flatMap((row) =>
    Object.keys(row),
  ),
  ...["[Shift]+0", "Enter", "f", "[Shift]++", "[Shift]+=", "-", "r"],
  ...["Left", "Right", "Up", "Down"].map((arrow) => `Shift+Arrow${arrow}`),
]);

/** What keys do not do on a page that may change nothing. */
const CHANGING: ReadonlySet<string> = new Set(
  [
    ...[ROWS.snapshotAll, ROWS.household, ROWS.add, ROWS.settings],
    ...CAMERA_ACTIONS.filter(({ changes }) => changes).map(({ keys = {} }) => keys),
  ].flatMap((row) => Object.keys(row)),
);

/** The listener for keydown on the window. */
export function keyHandler(act: Actions): (event: KeyboardEvent) => void {
  const once: Record<string, (event: KeyboardEvent) => void> = {};
  const repeating: typeof once = {};
  for (const { row, repeats } of ALL) {
    for (const [press, run] of Object.entries(row)) {
      (repeats ? repeating : once)[press] = (event) => {
        if (act.readOnly && CHANGING.has(press)) return; // Alt+Left is the browser's way back
        event.preventDefault();
        if (!act.kiosk || LOOKING.has(press)) run(act);
      };
    }
  }
  const mine = (event: KeyboardEvent) => !act.dialogOpen() && !belongsElsewhere(event);
  const onOnce = createKeybindingsHandler(once, { ignore: (e) => e.repeat || !mine(e) });
  const onRepeat = createKeybindingsHandler(repeating, { ignore: (e) => !mine(e) });
  return (event) => {
    onOnce(event);
    onRepeat(event);
  };
}

/** Whether a key press is text for a field, or presses a button that is not a tile. */
function belongsElsewhere(event: KeyboardEvent): boolean {
  if (event.isComposing) return true;
  const target = event.target as Partial<Element> | null;
  if (typeof target?.closest !== "function") return false;
  if (target.closest("input, textarea, select, [contenteditable]")) return true;
  const presses = event.key === "Enter" || event.key === " ";
  return presses && target.closest("button:not([data-tile]), a, summary") !== null;
}
