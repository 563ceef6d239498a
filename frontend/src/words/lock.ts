// Locking: "Only my household".
import type { Lock, LockAgent, OpenAgent } from "../backend/types";
import { pis, problem } from "./access";
import { countdown } from "./time";

export const LOCK = {
  title: "Only my household",
  means:
    "Lock your cameras, and only your household can watch them. PiGrid makes a key for you. There is nothing to invent or to remember.",
  household: "Name of your household",
  into: "Household",
  another: "A new household",
  watched: "Who watched in the last 7 days",
  asking: "Asking your cameras…",
  untold: "PiGrid could not find out who watched.",
  nobody: "Nobody but this computer.",
  after:
    "After locking, the household sheet shows the password and the exact line for each program.",
  lock: "Lock",
  locking: "Locking…",
  join: "I have a household key",
  passwordName: "Phones and programs",
  name: "Home",
  stop: "Stop waiting",
  done: "Done",
  sheet: "Show the household sheet",
  goesOn: "You can close this. PiGrid keeps waiting and locks each Pi when it is ready.",
  keep: "Save or print the household sheet now. With it you can open your cameras on another computer, or if this one breaks.",
  gone: "Nothing is being locked.",
};

/** "Everyone on your network can watch Porch and Garage." */
export function whoCanWatch(open: readonly OpenAgent[]): string {
  if (open.length === 0) return "No camera here is open.";
  return `Everyone on your network can watch ${pis(open.map(({ name }) => name))}.`;
}

/** Whether there is nothing left to do. */
export function allLocked(lock: Lock): boolean {
  return lock.agents.every(({ step }) => step === "locked");
}

/** "5 of 6 Pis are locked." */
export function howFar({ agents }: Lock): string {
  const locked = agents.filter(({ step }) => step === "locked").length;
  if (locked < agents.length) return `${locked} of ${agents.length} Pis are locked.`;
  return agents.length === 1 ? "Your Pi is locked." : `All ${agents.length} Pis are locked.`;
}

/** What happens with one of them. */
export function stepWords(agent: LockAgent): string {
  switch (agent.step) {
    case "asking":
      return "Asking…";
    case "claiming":
      return "Locking…";
    case "restart":
      return "Unplug this Pi and plug it back in.";
    case "locked":
      return "Locked";
    case "failed":
      return `${problem(agent)} Trying again.`;
    default:
      return ""; // a newer Go side may know more
  }
}

/** How long it can still be locked: "14:32 left", or "". */
export function timeLeft({ step, claimUntil }: LockAgent, now: number): string {
  if (step === "locked" || claimUntil <= now) return "";
  return `${countdown(claimUntil - now)} left`;
}
