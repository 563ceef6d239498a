// How a camera is mounted: its pictures are turned before they are shown.
import type { Camera } from "../backend/types";

/** It lies on its side: width and height change places. */
export function isSideways(c: Camera): boolean {
  return c.rotation === 90 || c.rotation === 270;
}

/** The size of its picture as it is shown, pixels; 0 while it is not known. */
export function shownSize(c: Camera): { width: number; height: number } {
  return isSideways(c)
    ? { width: c.height, height: c.width }
    : { width: c.width, height: c.height };
}

/** The CSS transform that turns its picture: clockwise first, then left for right. */
export function turning(c: Camera): string {
  const steps = [c.mirror ? "scaleX(-1)" : "", c.rotation ? `rotate(${c.rotation}deg)` : ""];
  return steps.filter((step) => step !== "").join(" ") || "none";
}

/** What the command mount is told of a camera. */
export interface Mounting {
  /** Set by a person; "" for the name that the camera has by itself. */
  name: string;
  /** 0, 90, 180 or 270 degrees clockwise. */
  rotation: number;
  mirror: boolean;
}

/** How it is mounted now. An agent names its cameras after itself. */
export function mounting(c: Camera): Mounting {
  const byItself =
    c.agentName !== "" && (c.name === c.agentName || c.name.startsWith(`${c.agentName} · `));
  return { name: byItself ? "" : c.name, rotation: c.rotation, mirror: c.mirror };
}

/** The same, turned by this many degrees clockwise on the screen. */
export function turnedBy(c: Camera, degrees: number): Mounting {
  const now = mounting(c);
  // A mirror swaps the two ways to turn.
  const clockwise = now.mirror ? -degrees : degrees;
  return { ...now, rotation: (((now.rotation + clockwise) % 360) + 360) % 360 };
}

export function mirrored(c: Camera): Mounting {
  return { ...mounting(c), mirror: !c.mirror };
}
