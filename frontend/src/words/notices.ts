// What the app says about itself and its network, above the grid, and about notices.
import type { SettingsResult, Twins } from "../backend/types";

export const CROWDED =
  "There are more agents on this network than PiGrid can show. Forget some that are not yours, and others will appear.";

/** Two agents that have the same identity. */
export function sameIdentity({ name, shown, other }: Twins): string {
  return `Two agents have the same identity: ${name} at ${shown}, which is shown, and another at ${other}. Start one of them with its own --state-dir.`;
}

/** Whether PiGrid notifies of a camera now. */
export function notifySaid(name: string, on: boolean, { ok, detail }: SettingsResult): string {
  if (ok) return on ? `You will be notified when ${name} goes.` : `No more notices of ${name}.`;
  if (detail === "") return "PiGrid did not answer. Try again.";
  return `This system shows no notices of PiGrid: ${detail}`;
}
