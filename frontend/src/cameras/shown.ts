// A camera as the page shows it.
import type { Camera } from "../backend/types";
import { hasFailed } from "./facts";

/** What Go says of a camera, and the two things that only the page knows. */
export type Shown = Camera & {
  /** The person stopped its picture. */
  frozen?: boolean;
  /** Its pictures are whole, but no engine draws them. */
  undrawable?: boolean;
};

const FROZEN = { state: "paused", frozen: true, reason: "", since: 0, retryAt: 0 } as const;
const UNDRAWABLE = {
  state: "camera-error",
  undrawable: true,
  reason: "bad-stream",
  retryAt: 0,
} as const;

/**
 * The only place where the page overrides the state that Go derived (desktop/cameras,
 * Next). A failure is shown as it is: it does not come back by itself.
 */
export function shown(c: Camera, frozen: boolean, undrawableSince?: number): Shown {
  if (hasFailed(c)) return c;
  if (frozen) return { ...c, ...FROZEN };
  return undrawableSince === undefined ? c : { ...c, ...UNDRAWABLE, since: undrawableSince };
}
