// What is written on buttons, and the keys that do the same.

import { withMod, withShift } from "./modifiers";

/** A button that shows an icon only. */
export interface Control {
  does: string;
  key?: string;
}

/** Its label and its tooltip, `of` one camera. */
export function hint({ does, key }: Control, of = "") {
  const label = of === "" ? does : `${does}: ${of}`;
  return { label, title: key === undefined ? undefined : `${does} (${key})` };
}

export const CONTROLS = {
  showAll: { does: "Show all cameras", key: "Esc" },
  more: { does: "Menu", key: withShift("F10") },
  previousCamera: { does: "Previous camera", key: "←" },
  nextCamera: { does: "Next camera", key: "→" },
  previousPage: { does: "Previous page", key: "PgUp" },
  nextPage: { does: "Next page", key: "PgDn" },
  add: { does: "Add a camera by address", key: withMod("N") },
  focus: { does: "One large picture", key: "G" },
  grid: { does: "All of one size", key: "G" },
  fullscreen: { does: "Full screen", key: "F11" },
  window: { does: "Leave full screen", key: "F11" },
  find: { does: "Find a camera", key: withMod("K") },
  snapshotAll: { does: "Snapshot of all", key: withShift("S") },
  numbersAll: { does: "Show all numbers", key: withShift("I") },
  noNumbers: { does: "Hide all numbers", key: withShift("I") },
  retryAll: { does: "Retry all", key: withShift("R") },
  keys: { does: "Keyboard shortcuts", key: "?" },
  settings: { does: "Settings", key: withMod(",") },
  household: { does: "Household", key: "L" },
  close: { does: "Close" },
};

export const BUTTONS = {
  addByAddress: "Add by address",
  add: "Add",
  cancel: "Cancel",
  save: "Save",
  enterKey: "Enter key",
  trust: "Trust it again",
  forget: "Forget this camera",
  forgetAll: (cameras: number) => `Forget all ${cameras} cameras of this agent`,
  search: "Search this network",
  stopSearch: "Stop searching",
  copy: "Copy",
  copyCommand: "Copy the command",
  copyUpdate: "Copy the command that updates the agent",
  copyCause: "Copy the technical details",
  showInFolder: "Show in folder",
  copied: "Copied",
  notCopied: "Could not copy",
};
