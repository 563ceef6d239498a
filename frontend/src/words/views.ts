// What is said of views: some of the cameras, under a name.
import type { View } from "../backend/types";
import { withMod } from "./modifiers";

/** As many as the app keeps (desktop/settings, MaxViews). */
export const MOST_VIEWS = 32;

export const VIEWS = {
  /** On the button, where there is little room, and in its menu. */
  all: "All",
  allCameras: "All cameras",
  menu: "Views",
  /** What the button is called. */
  now: (name: string) => `View: ${name}`,
  key: (n: number) => (n <= 9 ? withMod(`${n}`) : ""),
  save: "Save this view…",
  change: "Change this view…",

  newTitle: "Save this view",
  changeTitle: (name: string) => `Change ${name}`,
  removeTitle: (name: string) => `Delete ${name}?`,
  name: "Name",
  example: "Front of the house",
  cameras: "Cameras",
  help: "A view has an order and a layout of its own. It starts with those that you see now.",
  chooseAll: "All",
  chooseNone: "None",
  hidden: "hidden",
  remove: "Delete this view",
  removeText: "No camera is forgotten, and all of them stay among all cameras.",
  keep: "Keep it",

  /** Of a view in the page's address. */
  missing: (name: string) => `There is no view called “${name}”, so all cameras are shown.`,
  nothing: (name: string) => `There is no camera to show in ${name}.`,
  nothingText: "Its cameras are hidden, or nobody knows them any more.",
};

/** Why a view cannot be called so, or ""; `own` is how it is called now, "" for a new one. */
export function nameProblem(typed: string, own: string, views: readonly View[]): string {
  const name = typed.trim();
  const same = (other: string) => other.toLowerCase() === name.toLowerCase();
  if (same(VIEWS.allCameras) || same(VIEWS.all)) return "This is what all cameras are called.";
  const taken = views.find((v) => v.name !== own && same(v.name));
  if (taken) return `There is a view called ${taken.name} already.`;
  if (own === "" && views.length >= MOST_VIEWS) {
    return `There are ${MOST_VIEWS} views already. Delete one first.`;
  }
  return "";
}

/** "3 of 12 cameras" */
export function chosenOf(chosen: number, cameras: number): string {
  return `${chosen} of ${cameras} ${cameras === 1 ? "camera" : "cameras"}`;
}
