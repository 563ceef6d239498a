// The keys as the `?` overlay lists them: the caps as printed, and what they do. Those of
// one camera are in actions.ts.
import { MOD, SHIFT } from "./modifiers";

export const KEY_WORDS = {
  move: {
    caps: ["←", "↑", "→", "↓"],
    help: "Select another camera; move a picture that is alone and zoomed",
  },
  menu: { caps: [SHIFT, "F10"], help: "Menu of the selected camera, as with a right-click" },
  back: { caps: ["Esc", "0"], help: "One step back: all of a picture, then all cameras" },
  number: { caps: ["1 – 9"], help: "Show camera 1–9 alone" },
  views: {
    caps: [MOD, "1 – 9"],
    help: "Show all cameras (1), or one of your views in their order (from 2)",
  },
  page: { caps: ["PgUp", "PgDn"], help: "Previous or next page" },
  find: { caps: [MOD, "K"], help: "Find a camera by name, host, address or state" },
  layout: { caps: ["G"], help: "One large picture with the others in a strip, or all of one size" },
  fullscreen: { caps: ["F11"], help: "Toggle full screen (Esc exits)" },
  numbersAll: { caps: [SHIFT, "I"], help: "Numbers on all pictures" },
  snapshotAll: { caps: [SHIFT, "S"], help: "Save the pictures of all cameras at one instant" },
  retryAll: { caps: [SHIFT, "R"], help: "Retry all cameras now" },
  household: { caps: ["L"], help: "Household: who may watch" },
  add: { caps: [MOD, "N"], help: "Add a camera by address" },
  settings: { caps: [MOD, ","], help: "Settings" },
  keys: { caps: ["?"], help: "Keyboard shortcuts" },
};

/** What the parts of that list are about. */
export const KEY_PARTS = { all: "All cameras", one: "The selected camera" };
