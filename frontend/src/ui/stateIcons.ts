import Ban from "@lucide/svelte/icons/ban";
import CameraOff from "@lucide/svelte/icons/camera-off";
import CircleArrowUp from "@lucide/svelte/icons/circle-arrow-up";
import CirclePause from "@lucide/svelte/icons/circle-pause";
import CircleDot from "@lucide/svelte/icons/circle-dot";
import Gauge from "@lucide/svelte/icons/gauge";
import Hourglass from "@lucide/svelte/icons/hourglass";
import KeyRound from "@lucide/svelte/icons/key-round";
import LoaderCircle from "@lucide/svelte/icons/loader-circle";
import ShieldAlert from "@lucide/svelte/icons/shield-alert";
import WifiOff from "@lucide/svelte/icons/wifi-off";

import type { Camera, CameraState, Reason } from "../backend/types";

/** Status is icon + word + colour; this is the icon. */
export const stateIcons: Record<CameraState, typeof Ban> = {
  connecting: LoaderCircle,
  live: CircleDot,
  slow: Gauge,
  stalled: Hourglass,
  offline: WifiOff,
  refused: Ban,
  "camera-error": CameraOff,
  incompatible: CircleArrowUp,
  paused: CirclePause,
};

/** Of a camera that is locked. */
const lockedIcons: Partial<Record<Reason, typeof Ban>> = {
  "needs-key": KeyRound,
  "changed-key": ShieldAlert,
  keychain: KeyRound,
};

export function iconOf({ state, reason }: Pick<Camera, "state" | "reason">): typeof Ban {
  return (state === "refused" && lockedIcons[reason]) || stateIcons[state];
}
