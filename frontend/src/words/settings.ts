// What the settings say.
import type { SettingsResult } from "../backend/types";

export const SETTINGS = {
  title: "Settings",
  tabs: {
    look: "Appearance",
    cameras: "Cameras",
    pictures: "Pictures",
    household: "Household",
    about: "About",
  },

  scheme: "Colours",
  schemes: { system: "As the system", light: "Light", dark: "Dark" },
  labels: "Names on tiles",
  labelModes: { always: "Always", hover: "Under the mouse, or while something is wrong" },
  numbers: "Numbers on pictures: time, rate, age",
  numbersModes: { hover: "Under the mouse, rate and age only", always: "Always" },

  noCameras: "PiGrid knows no cameras yet.",
  columns: { name: "Name", address: "Address", version: "Agent", state: "State", notify: "Notify" },
  noAgent: "none",
  detailsOf: (name: string) => `Details of ${name}`,
  notifyOf: (name: string) => `Notify when ${name} goes`,
  notifyText:
    "Notify: when a camera gives no pictures for 15 seconds, and when it does again. PiGrid then asks it for a small picture each second, also while you look elsewhere.",
  forgetOf: (name: string) => `Forget ${name}`,

  saving: "Where snapshots and clips are saved, and what they are called.",
  folder: "Folder",
  chooseFolder: "Choose…",
  fileNames: "Names",
  fileNamesText: "{camera}, {date} and {time} are those of the picture.",
  example: (name: string) => `Like this: ${name}`,
  saved: "Saved",

  household: "Who may watch",

  transfer: "Move to another computer",
  transferText:
    "The file has your cameras, their names, places and views, how PiGrid looks, and how it saves pictures. It has no keys and no passwords: the household sheet has those.",
  exportFile: "Save settings",
  copyFile: "Copy settings",
  importFile: "Open settings",
  fileName: "pigrid-settings.json",

  diagnostics: "Diagnostics",
  diagnosticsText:
    "Add this to a bug report. It has the names and addresses of your cameras, and no keys and no passwords.",
  copyDiagnostics: "Copy diagnostics",
};

/** How taking in a file of settings ended. */
export function imported({ ok, code, added }: SettingsResult): string {
  if (!ok) return IMPORT_PROBLEMS[code] ?? "PiGrid did not answer. Try again.";
  if (added === 0) return "The settings are in use. All of their cameras were known.";
  return `The settings are in use. ${added === 1 ? "1 camera is" : `${added} cameras are`} new.`;
}

const IMPORT_PROBLEMS: Record<string, string> = {
  newer: "A newer PiGrid wrote this file. Update PiGrid on this computer, then open it again.",
  "not-settings": "This is not a file of PiGrid's settings. Choose the file that PiGrid saved.",
  "too-large": "This file is too large to be PiGrid's settings. Choose the file that PiGrid saved.",
};

export const NOT_EXPORTED = "The settings could not be saved. Try again.";

/** Why pictures cannot be saved so; "" for no reason, or when a person cancelled. */
export function savingProblem({ ok, code, detail }: SettingsResult): string {
  if (ok || code === "cancelled") return "";
  if (code === "unknown-part") {
    return `PiGrid does not know ${detail}. A name may have {camera}, {date} and {time}.`;
  }
  return SAVING_PROBLEMS[code] ?? (detail === "" ? UNANSWERED : `This does not work: ${detail}`);
}

const UNANSWERED = "PiGrid did not answer. Try again.";

const SAVING_PROBLEMS: Record<string, string> = {
  separator: "A name cannot have / or \\. All files are in one folder.",
  "too-long": "This is too long. Choose something shorter.",
  "not-text": "This has characters that cannot be seen. Type it again.",
  "not-whole": "Type the whole path of the folder, from its beginning.",
  "no-folder": "There is no such folder. Make it first, or choose another one.",
  "not-ours": "PiGrid may not write to this folder. Choose another one.",
  "disk-full": "The disk with this folder is full. Choose another folder, or make room.",
  "not-saved":
    "This is in use now, but could not be written to the settings. It is gone after a restart.",
  busy: "A dialog is open already.",
};
