// The dialogs about a household and its key.
import type { HomeAgent, Household, OpenAgent, ViewPassword } from "../backend/types";
import { camerasOf, problem } from "./access";
import { list } from "./text";
import { day } from "./time";

export const HOUSEHOLD = {
  title: "Household",
  none: "This computer has no household key.",
  noneText:
    "Cameras that are locked need one. The computer that locked them shows it under Household.",
  choose: "Household",
  name: "Name",
  rename: "Rename",
  save: "Save",
  key: "Household key",
  keyText: "It opens all your cameras, and can change everything.",
  hidden: "Hidden",
  show: "Show the key and passwords",
  showShort: "Show",
  hide: "Hide",
  loading: "One moment…",
  passwords: "View passwords",
  passwordsText: "For phones, browsers and other programs. They can watch, and change nothing.",
  add: "Add a password",
  newPassword: "Name of the new password",
  newExample: "Guests",
  until: "Ends on (may be empty)",
  change: "Change",
  remove: "Remove",
  agents: "Cameras",
  noAgents: "No camera is locked for this household yet.",
  release: "Release this Pi",
  giveUp: "Remove this Pi",
  more: "More",
  newKey: "New household key",
  leave: "Remove this computer",
  join: "Enter another household key",
  enterKey: "Enter household key",
  open: "Only my household",
  lockToo: "Lock them, too",
  newOnes: "New cameras: yours?",
  cancel: "Cancel",
  done: "Done",
};

/** Where the key is, when that is worth a word. */
export function keptWords({ kept }: Household): string {
  if (kept === "loading") return "The keychain is being asked for the key.";
  return kept === "unreadable" ? problem({ code: "unreadable" }) : "";
}

/** "Garage, Shed" that nobody here has a key for. */
export function strangers(count: number): string {
  const pis = count === 1 ? "1 locked Pi here is" : `${count} locked Pis here are`;
  return `${pis} not in your household.`;
}

/** When a view password ends; "" when it does not. */
export function endWords({ until }: Pick<ViewPassword, "until">, now: number): string {
  if (until === 0) return "";
  return until <= now ? `ended ${day(until, now)}` : `until ${day(until, now)}`;
}

/** What there is to say of one Pi. */
export function agentWords(agent: HomeAgent): string {
  if (agent.code !== "") return problem(agent);
  switch (agent.access) {
    case "changed-key":
    case "not-yours":
      return problem({ code: agent.access });
    case "open":
      return "Open to everyone on your network";
    default:
  }
  if (agent.waits)
    return agent.online ? "Getting what is new…" : "Off. Gets what is new when it is back.";
  return agent.online ? "Locked" : "Off or out of reach";
}

/** What cannot be undone asks first. */
export interface Question {
  title: string;
  text: string;
  does: string;
}

export const ASK = {
  release: (name: string): Question => ({
    title: `Release ${name}?`,
    text: `${name} leaves the household. Everyone on your network can watch it again, and anybody there can lock it for themselves within the next 15 minutes.`,
    does: HOUSEHOLD.release,
  }),
  giveUp: (name: string): Question => ({
    title: `Remove ${name}?`,
    text: `${name} does not answer, so it cannot be released and stays locked. This computer forgets it. Your other cameras stay safe if it was stolen: it has no key that opens them.`,
    does: HOUSEHOLD.giveUp,
  }),
  newKey: (name: string): Question => ({
    title: "Make a new household key?",
    text: `The old key of ${name} opens nothing any more. Other computers must enter the new one. View passwords stay as they are. A Pi that is off gets the new key when it is back.`,
    does: HOUSEHOLD.newKey,
  }),
  leave: (name: string): Question => ({
    title: `Remove this computer from ${name}?`,
    text: "This computer forgets the household key. If no other computer and no sheet has it, the cameras must be reset one by one. To lock this computer out for good, make a new household key on another one.",
    does: HOUSEHOLD.leave,
  }),
  remove: (name: string): Question => ({
    title: `Remove the view password ${name}?`,
    text: "Phones and programs that use it can no longer watch.",
    does: HOUSEHOLD.remove,
  }),
};

/** Entering a key that another computer made. */
export const JOIN = {
  title: "Enter household key",
  where:
    "The computer that locked your cameras shows the key under Household. It is on the household sheet, too.",
  key: "Household key",
  example: "XXXXX-XXXXX-XXXXX-XXXXX",
  name: "Name of your household",
  open: "Open my cameras",
  trying: "Trying the key on your cameras. This may take 10 s.",
  keep: "Keep it anyway",
  none: "No locked camera here fits this key. Keep it anyway?",
  noneHint: "That makes sense if your cameras are off, or you are away from home.",
  done: "Done",
};

/** How many letters and digits a key has. */
const KEY_LENGTH = 20;

/** Of what was typed, the letters and digits. */
function signs(typed: string): string {
  return typed.toUpperCase().replace(/[\s-]/g, "");
}

/** What is wrong with a key while it is typed: "12 of 20 letters and digits"; "" for nothing. */
export function keyWords(typed: string): string {
  const text = signs(typed);
  const wrong = /[^0-9A-TV-Z]/.exec(text)?.[0];
  if (wrong !== undefined) return `No household key has the character ${wrong}.`;
  if (text.length === 0 || text.length === KEY_LENGTH) return "";
  if (text.length > KEY_LENGTH) return `A household key has only ${KEY_LENGTH} letters and digits.`;
  return `${text.length} of ${KEY_LENGTH} letters and digits`;
}

/** Whether what was typed can be a key. */
export function isKey(typed: string): boolean {
  return signs(typed).length === KEY_LENGTH && keyWords(typed) === "";
}

/** What a key opened. */
export function opened(agents: readonly OpenAgent[]): string {
  if (agents.length === 0) return "This computer has that key. No further camera opened.";
  const all = agents.map(({ name, cameras }) => `${name} (${camerasOf(cameras)})`);
  return `Opened: ${list(all)}.`;
}

/** A name that no household here has yet: "Home", "Home 2". */
export function freeName(households: readonly Household[], wanted: string): string {
  const taken = new Set(households.map(({ name }) => name));
  for (let n = 1; ; n++) {
    const name = n === 1 ? wanted : `${wanted} ${n}`;
    if (!taken.has(name)) return name;
  }
}
