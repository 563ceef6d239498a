import type { Camera } from "../src/backend/types";
import type { Stage } from "./stage";

/** One camera in every state, with pictures from before. */
export function everyState(stage: Stage): Camera[] {
  const now = Date.now();
  const differences: Partial<Camera>[] = [
    { state: "live", fps: 24 },
    {
      state: "offline",
      reason: "unreachable",
      since: now - 600_000,
      retryAt: now + 60_000,
      lastFrameAt: now - 600_000,
      detail: "dial tcp 192.168.1.41:8080: connect: no route to host",
    },
    { state: "stalled", lastFrameAt: now - 7000, since: now - 4000 },
    { state: "connecting", since: now - 2000 },
    { state: "slow", fps: 3 },
    { state: "refused", reason: "forbidden", status: 403 },
    {
      state: "camera-error",
      reason: "camera",
      message: "The camera is used by another program.",
      hint: "Close it or restart the agent.",
      detail: "rpicam-vid: failed to acquire camera",
    },
    { state: "incompatible", reason: "too-old", agentVersion: "0.3.0" },
    { state: "paused", since: now - 2000 },
  ];
  const all = stage.cameras(differences.length);
  for (const [i, c] of all.entries()) Object.assign(c, differences[i]);
  return all;
}
