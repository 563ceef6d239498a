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
  retry(): void;
  retryAll(): void;
  openAdd(): void;
  openDetails(): void;
  openKeys(): void;
}

interface Row {
  /** tinykeys presses; a held key repeats only where `repeats` says so. */
  presses: Record<string, (act: Actions) => void>;
  repeats?: boolean;
}

function digits(): Row["presses"] {
  const numbers = [1, 2, 3, 4, 5, 6, 7, 8, 9];
  return Object.fromEntries(numbers.map((n) => [String(n), (act: Actions) => act.soloNumber(n)]));
}

const ROWS: Record<keyof typeof KEY_WORDS, Row> = {
  move: {
    presses: {
      ArrowLeft: (act) => act.move("left"),
      ArrowRight: (act) => act.move("right"),
      ArrowUp: (act) => act.move("up"),
      ArrowDown: (act) => act.move("down"),
    },
    repeats: true,
  },
  solo: { presses: { Enter: (act) => act.toggleSolo(), f: (act) => act.toggleSolo() } },
  back: { presses: { Escape: (act) => act.escape(), "0": (act) => act.back() } },
  number: { presses: digits() },
  page: {
    presses: { PageUp: (act) => act.turnPage(-1), PageDown: (act) => act.turnPage(1) },
    repeats: true,
  },
  fullscreen: { presses: { F11: (act) => act.toggleFullscreen() } },
  freeze: { presses: { Space: (act) => act.toggleFreeze() } },
  retry: { presses: { r: (act) => act.retry() } },
  retryAll: { presses: { "Shift+R": (act) => act.retryAll() } },
  details: { presses: { i: (act) => act.openDetails() } },
  add: { presses: { "$mod+n": (act) => act.openAdd() } },
  // On some keyboards ? needs no Shift.
  keys: { presses: { "[Shift]+?": (act) => act.openKeys() } },
};

/** The listener for keydown on the window. */
export function keyHandler(act: Actions): (event: KeyboardEvent) => void {
  const once: Record<string, (event: KeyboardEvent) => void> = {};
  const repeating: typeof once = {};
  for (const row of Object.values(ROWS)) {
    for (const [press, run] of Object.entries(row.presses)) {
      (row.repeats ? repeating : once)[press] = (event) => {
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

/** Whether a key press is text for a field, or presses a button that is no tile. */
function belongsElsewhere(event: KeyboardEvent): boolean {
  if (event.isComposing) return true;
  const target = event.target as Partial<Element> | null;
  if (typeof target?.closest !== "function") return false;
  if (target.closest("input, textarea, select, [contenteditable]")) return true;
  const presses = event.key === "Enter" || event.key === " ";
  return presses && target.closest("button:not([data-tile]), a, summary") !== null;
}
