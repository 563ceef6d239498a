// What Details says of a camera.
import { givesPictures } from "../cameras/facts";
import type { Shown } from "../cameras/shown";
import { accessOf } from "./access";
import { PLAIN_NAME } from "./addresses";
import { megabits, size } from "./numbers";
import { agentCommand } from "./page";
import { clockOff } from "./overlay";
import { moment, rate } from "./time";

/** Puts a newer agent on the camera's Pi, as the README does it; "" when it needs none. */
export function updateCommand(c: Shown): string {
  if (c.state !== "incompatible" || c.reason === "too-new") return "";
  const address = c.address.replace(/:\d+$/, "");
  const host = PLAIN_NAME.test(c.host) ? `${c.host.replace(/\.local$/, "")}.local` : address;
  if (!PLAIN_NAME.test(host)) return "";
  return agentCommand(host);
}

/** How its picture is turned, after its size; "" when it is shown as it comes. */
function turned(c: Shown): string {
  const turn = c.rotation === 0 ? "" : `, rotated by ${c.rotation}°`;
  return c.mirror ? `${turn}, flipped` : turn;
}

/**
 * Facts for the Details dialog, in reading order; unknown ones are left out. `household` is
 * the name of the camera's household.
 */
export function facts(c: Shown, now: number, household = ""): [string, string][] {
  const all: [string, string][] = [
    c.url === "" ? ["Address", c.address] : ["Stream", c.url],
    ["Host", c.host],
    ["Agent version", c.agentVersion],
    ["Picture", size(c) === "" ? "" : size(c) + turned(c)],
    ["Frame rate", c.fps > 0 && givesPictures(c) ? `${rate(c.fps)} fps` : ""],
    ["Data rate", givesPictures(c) ? megabits(c.bytesPerSecond) : ""],
    ["Last picture", c.lastFrameAt > 0 ? moment(c.lastFrameAt, now) : ""],
    ["Clock", clockOff(c) === "" ? "" : `${clockOff(c)} of this computer's`],
    ["Access", accessOf(c, household)],
    ["Found", c.added ? "Added by address" : "Discovered automatically"],
  ];
  return all.filter(([, value]) => value !== "");
}
