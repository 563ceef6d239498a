// The keys of the page: one table for what they do and for the `?` overlay.
import { createKeybindingsHandler } from "tinykeys";

import type { Direction } from "../layout/neighbour";

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

export interface KeyRow {
  /** As printed on the key caps. */
  caps: string[];
  does: string;
  /** tinykeys presses; a held key repeats only where `repeats` says so. */
  presses: Record<string, (act: Actions) => void>;
  repeats?: boolean;
}

function digits(): KeyRow["presses"] {
  const numbers = [1, 2, 3, 4, 5, 6, 7, 8, 9];
  return Object.fromEntries(numbers.map((n) => [String(n), (act: Actions) => act.soloNumber(n)]));
}

export const KEYS: readonly KeyRow[] = [
  {
    caps: ["←", "↑", "→", "↓"],
    does: "Go to another camera",
    presses: {
      ArrowLeft: (act) => act.move("left"),
      ArrowRight: (act) => act.move("right"),
      ArrowUp: (act) => act.move("up"),
      ArrowDown: (act) => act.move("down"),
    },
    repeats: true,
  },
  {
    caps: ["Enter", "F", "double-click"],
    does: "Show one camera alone, or all again",
    presses: { Enter: (act) => act.toggleSolo(), f: (act) => act.toggleSolo() },
  },
  {
    caps: ["Esc", "0"],
    does: "Back to all cameras",
    presses: { Escape: (act) => act.escape(), "0": (act) => act.back() },
  },
  { caps: ["1 – 9"], does: "Show this camera alone", presses: digits() },
  {
    caps: ["PgUp", "PgDn"],
    does: "Previous and next page",
    presses: { PageUp: (act) => act.turnPage(-1), PageDown: (act) => act.turnPage(1) },
    repeats: true,
  },
  {
    caps: ["F11"],
    does: "Fill the screen, or not any more (Esc, too)",
    presses: { F11: (act) => act.toggleFullscreen() },
  },
  {
    caps: ["Space"],
    does: "Stop this camera's picture, or let it go on",
    presses: { Space: (act) => act.toggleFreeze() },
  },
  { caps: ["R"], does: "Try this camera again now", presses: { r: (act) => act.retry() } },
  {
    caps: ["Shift", "R"],
    does: "Try all cameras again now",
    presses: { "Shift+R": (act) => act.retryAll() },
  },
  { caps: ["I"], does: "Details of this camera", presses: { i: (act) => act.openDetails() } },
  {
    caps: ["Ctrl/Cmd", "N"],
    does: "Add a camera by address",
    presses: { "$mod+n": (act) => act.openAdd() },
  },
  // On some keyboards ? needs no Shift.
  { caps: ["?"], does: "These keys", presses: { "[Shift]+?": (act) => act.openKeys() } },
];

/** The listener for keydown on the window. */
export function keyHandler(act: Actions): (event: KeyboardEvent) => void {
  const once: Record<string, (event: KeyboardEvent) => void> = {};
  const repeating: typeof once = {};
  for (const row of KEYS) {
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
