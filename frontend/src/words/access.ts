// Who may watch, in words: on tiles, in the header, and why something came to nothing.
import type { Access, AccessCode, Camera, CameraAccess, OpenAgent } from "../backend/types";
import { list, sentence, upperFirst } from "./text";

export const EVERYONE = "Everyone on your network can watch.";
export const OPEN = "Open to everyone on your network";

/** More than this are counted, not named. */
const NAMED = 3;

/** "Porch, Garage and Shed", "12 Pis" */
export function pis(names: readonly string[]): string {
  return names.length > NAMED ? `${names.length} Pis` : list(names);
}

/** "1 camera", "2 cameras" */
export function camerasOf(count: number): string {
  return count === 1 ? "1 camera" : `${count} cameras`;
}

/** The few words beside the button for the household; "" when there is nothing to say. */
export function openness({ households, open, lock }: Access): string {
  if (lock) {
    const locked = lock.agents.filter(({ step }) => step === "locked").length;
    const all = lock.agents.length;
    return locked === all ? "All locked" : `Locking: ${locked} of ${all}`;
  }
  if (open.length === 0) return "";
  return households.length === 0 ? "Open to your network" : `${open.length} open`;
}

/** Of the fact Access in Details; `household` is the name of its household, or "". */
export function accessOf(c: Camera, household: string): string {
  const words: Record<CameraAccess, string> = {
    "": "",
    open: OPEN,
    locked: household === "" ? "Locked" : `Locked for the household ${household}`,
    "needs-key": "Locked; this computer has no key for it",
    "not-yours": "Locked by another household",
    "changed-key": "Not trusted, because its key has changed",
    keychain: "Locked; the keychain does not hand out the key",
  };
  return words[c.access];
}

const PROBLEMS: Record<AccessCode, string> = {
  "": "PiGrid did not answer. Try again.",
  "bad-key": "That is not a household key.",
  "bad-name": "That name cannot be used. Try a shorter one.",
  "none-opens": "No locked camera here fits this key.",
  "not-forgotten": "The keychain does not forget the key. Nothing has changed.",
  "not-kept": "Neither the keychain nor a file could keep the key. Nothing has changed.",
  unknown: "That is not there any more.",
  "no-answer": "It does not answer. Is the Pi on?",
  unreadable:
    "This computer's keychain does not hand out the key. Unlock the keychain, then try again.",
  "needs-key": "It is locked with a key that this computer does not have.",
  "not-yours": "It is locked by another household.",
  "changed-key": "It has another key than before.",
  ambiguous:
    "Two devices answer in its place with different keys, so PiGrid trusts neither. Switch off the one that is not yours, then try again.",
  "still-open": "It said that it is locked, but it is still open.",
  "no-tls": "Its program is too old for this. Update it.",
  full: "There is no room for another one.",
  taken: "That name is taken.",
  last: "The last view password cannot be removed. Add another one first.",
  busy: "Cameras of another household are being locked. Try again when that is done.",
  "too-much": "It said more than PiGrid can read.",
  conflict: "Another computer changed the view passwords. They are shown as they are now.",
  refused: "It refused that.",
  claimed: "It already has an owner.",
  "claim-closed": "Unplug this Pi and plug it back in.",
  "held-open":
    "A file called pigrid-open on its card keeps it open. Remove the file, then restart the Pi.",
  "not-stored": "It could not save that. Its card may be full.",
};

/** How something ended that came to nothing. */
export interface Failed {
  code: AccessCode;
  /** The agent's own words. */
  message?: string;
  hint?: string;
}

/** Why it came to nothing, and what can be done. */
export function problem({ code, message = "", hint = "" }: Failed): string {
  // A newer Go side may know codes that this page does not.
  const known: string | undefined = PROBLEMS[code];
  if (code !== "refused" || message === "") return known ?? PROBLEMS[""];
  return [message, hint].filter(Boolean).map(sentence).map(upperFirst).join(" ");
}

/** The notice that another computer was faster. */
export const OVERRULED = {
  look: "Look",
  of: (name: string) =>
    `Another computer changed the view passwords of ${name} at the same time as this one. Its change stands.`,
};

/** The notice about agents that appeared while there is a household. */
export const NEW = {
  lock: "Yes, lock it",
  show: "Yes, show it open",
  no: "No",
  look: "Look",
  none: "None is mine",
  title: "New cameras: yours?",
};

export function newCamera({ name, address, cameras }: OpenAgent): string {
  const more = cameras > 1 ? ` (${camerasOf(cameras)})` : "";
  return `New camera: ${name} at ${address}${more}. Is it yours?`;
}

export function newCameras(count: number): string {
  return `${count} new cameras are on your network. Are they yours?`;
}

/** The field on the tile of a Pi that has the name of every Pi. */
export const NAMING = {
  label: "Name of this Pi",
  example: "Name this Pi",
  later: { does: "Not now", key: "Esc" },
};

/** Before a camera whose key changed is let go on. */
export const TRUST = {
  does: "Trust it again",
  title: (name: string) => `Trust ${name} again?`,
  what: "This Pi has another key than before.",
  fine: "That is right if it was set up again: its card was erased or replaced, or PiGrid was removed and installed.",
  bad: "If nobody did that, another device may pretend to be this Pi. Do not trust it. Look at the Pi first.",
};
