// What is written on buttons and fields, and the keys that do the same.

interface Control {
  does: string;
  key: string;
}

/** The label and the tooltip of a button without a word on it, `of` one camera. */
export function hint({ does, key }: Control, of = "") {
  return { "aria-label": of === "" ? does : `${does}: ${of}`, title: `${does} (${key})` };
}

export const SHOW_ALL = { does: "Show all cameras", key: "Esc" };
export const PREVIOUS_CAMERA = { does: "Previous camera", key: "←" };
export const NEXT_CAMERA = { does: "Next camera", key: "→" };
export const PREVIOUS_PAGE = { does: "Previous page", key: "PgUp" };
export const NEXT_PAGE = { does: "Next page", key: "PgDn" };
export const ADD_CAMERA = { does: "Add a camera by address", key: "Ctrl+N" };
export const FILL_SCREEN = { does: "Full screen", key: "F11" };
export const LEAVE_FULL_SCREEN = { does: "Leave full screen", key: "F11" };
export const KEYS = { does: "Keys", key: "?" };
export const SHOW_ALONE = { does: "Show alone", key: "Enter" };
export const DETAILS = { does: "Details", key: "I" };

export const TRY_NOW = "Try now";
export const TRY_ALL_NOW = "Try all now";
export const ADD_BY_ADDRESS = "Add by address";
export const ADD = "Add";
export const CANCEL = "Cancel";
export const CLOSE = "Close";
export const FORGET = "Forget this camera";
export const SEARCH = "Search this network";
export const STOP_SEARCH = "Stop searching";
export const COPY = "Copy";

export function forgetAll(cameras: number): string {
  return `Forget all ${cameras} cameras of this agent`;
}

/** The label of a Copy button for "the command". */
export function copyOf(what: string): string {
  return `${COPY} ${what}`;
}

/** What a Copy button says when it was pressed. */
export function copied(done: boolean): string {
  return done ? "Copied" : "Could not copy";
}
