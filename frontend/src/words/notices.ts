import type { Twins } from "../backend/types";

// What the app says about itself and its network, above the grid.

export const CROWDED =
  "There are more agents on this network than PiGrid can show. Forget some that are not yours, and others will appear.";

/** Two agents that have the same identity. */
export function sameIdentity({ name, shown, other }: Twins): string {
  return `Two agents have the same identity: ${name} at ${shown}, which is shown, and another at ${other}. Start one of them with its own --state-dir.`;
}
