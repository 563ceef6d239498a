// What the keys of the page do; words/keys lists them for the `?` overlay.
import { createKeybindingsHandler } from "tinykeys";

import type { Direction } from "../layout/neighbour";
import type { KEY_WORDS } from "../words/keys";

/** What keys can do. */
export interface Actions {
  dialogOpen(): boolean;
  move(direction: Direction): void;
  toggleSolo(): void;
  soloNumber(n: number): void;
  back(): void;
  escape(): void;
  toggleFullscreen(): void;
  turnPage(by: number): void;
  toggleFreeze(): void;
  /** Saves the picture of the selected camera. */
  snapshot(): void;
  /** Saves those of all cameras, at one instant. */
  snapshotAll(): void;
  retry(): void;
  retryAll(): void;
  openAdd(): void;
  openDetails(): void;
  openNaming(): void;
  /** By this many degrees clockwise. */
  turn(degrees: number): void;
  mirror(): void;
  openHousehold(): void;
  openKeys(): void;
  openSettings(): void;
}

/** By tinykeys presses. */
type Row = Record<string, (act: Actions) => void>;

function digits(): Row {
  const numbers = [1, 2, 3, 4, 5, 6, 7, 8, 9];
  return Object.fromEntries(numbers.map((n) => [String(n), (act: Actions) => act.soloNumber(n)]));
}

const ROWS: Record<keyof typeof KEY_WORDS, Row> = {
  move: {
    ArrowLeft: (act) => act.move("left"),
    ArrowRight: (act) => act.move("right"),
    ArrowUp: (act) => act.move("up"),
    ArrowDown: (act) => act.move("down"),
  },
  solo: { Enter: (act) => act.toggleSolo(), f: (act) => act.toggleSolo() },
  back: { Escape: (act) => act.escape(), "0": (act) => act.back() },
  number: digits(),
  page: { PageUp: (act) => act.turnPage(-1), PageDown: (act) => act.turnPage(1) },
  fullscreen: { F11: (act) => act.toggleFullscreen() },
  freeze: { Space: (act) => act.toggleFreeze() },
  snapshot: { s: (act) => act.snapshot() },
  snapshotAll: { "Shift+S": (act) => act.snapshotAll() },
  retry: { r: (act) => act.retry() },
  retryAll: { "Shift+R": (act) => act.retryAll() },
  details: { i: (act) => act.openDetails() },
  name: { F2: (act) => act.openNaming() },
  turn: { "[": (act) => act.turn(-90), "]": (act) => act.turn(90) },
  mirror: { x: (act) => act.mirror() },
  household: { l: (act) => act.openHousehold() },
  add: { "$mod+n": (act) => act.openAdd() },
  settings: { "$mod+,": (act) => act.openSettings() },
  // On some keyboards ? needs no Shift.
  keys: { "[Shift]+?": (act) => act.openKeys() },
};

/** A key that is held down repeats only in these. */
const REPEATING: readonly Row[] = [ROWS.move, ROWS.page];

/** The listener for keydown on the window. */
export function keyHandler(act: Actions): (event: KeyboardEvent) => void {
  const once: Record<string, (event: KeyboardEvent) => void> = {};
  const repeating: typeof once = {};
  for (const row of Object.values(ROWS)) {
    for (const [press, run] of Object.entries(row)) {
      (REPEATING.includes(row) ? repeating : once)[press] = (event) => {
        event.preventDefault();
        run(act);
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
