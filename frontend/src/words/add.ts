// The answer to "Add by address" in words.
import type { Reason, AddResult } from "../backend/types";
import { agentCommand, updateAdvice } from "./page";

/** For a name and for an IP address. */
function nothing(where: string): string {
  return /^[[\d]/.test(where)
    ? `Nothing answered at ${where}.`
    : `Nothing called ${where} answered.`;
}

/** Why this address was not added, and what to try; `where` is what was typed. */
const sentences: Record<Reason, (where: string) => string> = {
  "": (where) => `${where} could not be added.`,
  "bad-address": (where) =>
    `“${where}” is not an address. Try raspberrypi.local, 192.168.1.42:8080, or the http:// address of a camera's MJPEG stream.`,
  "not-local": (where) =>
    `${where} is not on a local network. PiGrid shows only cameras on your own network.`,
  full: (where) =>
    `${where} was not added because PiGrid's list of cameras is full. Forget some cameras first.`,
  refused: (where) =>
    `${where} is on, but PiGrid isn't running there. Start the agent on the Pi: sudo systemctl restart pigrid-agent`,
  unreachable: (where) => `${nothing(where)} Is the Pi on, and on this network?`,
  timeout: (where) => `${where} did not answer in time. The Pi may be off or on another network.`,
  ended: (where) => `${where} closed the connection before it answered. Try again in a moment.`,
  "no-frames": (where) =>
    `${where} answers but sends no pictures. Restart the agent on the Pi: sudo systemctl restart pigrid-agent`,
  forbidden: (where) =>
    `${where} denies access to this computer. Start its agent with --allow-from and this computer's network.`,
  unauthorized: (where) =>
    `${where} needs a user name and a password, or does not accept these. Type http://user:password@${where.replace(/^http:\/\//, "")}.`,
  "other-network": (where) =>
    `${where} was last seen on another network, so PiGrid did not send its password. Another device may have its address now. If it is your camera, add it again.`,
  "other-login": (where) =>
    `${where} asks for its password in a different way than before, so PiGrid did not send it. Another device may have its address now. If it is your camera, add it again.`,
  "wrong-host": (where) =>
    `${where} rejects requests addressed to this name. Use its IP address, or start its agent with --allow-host and this name.`,
  busy: (where) =>
    `${where} has as many viewers as it can serve. Many cameras serve only one. Close other programs that show it, then try again.`,
  crowded: (where) =>
    `The agent at ${where} answers as many requests as it can. Try again in a few seconds.`,
  "not-pigrid": (where) =>
    `Something answers at ${where}, but it is not a PiGrid agent, and there is no MJPEG stream at the usual addresses. Is the port right? Agents use ports 8080 to 8089. For another camera, type the full address of its stream.`,
  camera: (where) => `The agent at ${where} answers, but has no working camera.`,
  "too-old": (where) =>
    `The agent at ${where} is too old for this PiGrid. ${updateAdvice()} ${agentCommand(where.replace(/:\d+$/, ""))}`,
  "too-new": (where) => `The agent at ${where} is newer than this PiGrid. Update PiGrid here.`,
  "no-stream": (where) =>
    `${where} answers, but not with an MJPEG stream or a JPEG picture. PiGrid does not support other kinds of video (RTSP, H.264, HLS).`,
  "bad-http": (where) =>
    `${where} answers, but not in a way PiGrid understands. Is the port right? Another program may be answering.`,
  "bad-login": () =>
    "Special characters in a user name or password must be percent-encoded: type %2F for /, %3F for ?, %23 for #, and %40 for @. Type %40 for an @ after the host name, too.",
  "bad-stream": (where) => `${where} sends data that is not a picture.`,
  "too-large": (where) =>
    `The picture from ${where} is too large to show. Choose a smaller picture size in the camera's settings (at most 50 megapixels).`,
  "too-complex": (where) =>
    `The picture from ${where} takes too long to draw. Turn off progressive JPEG in the camera's settings, if it has that.`,
  "no-room": (where) =>
    `The picture from ${where} is too large to show together with the others. Choose a smaller picture size in the camera's settings.`,
  "needs-key": (where) => `The agent at ${where} is locked. Enter your household key to see it.`,
  "not-yours": (where) =>
    `The agent at ${where} is locked, and none of your household keys opens it.`,
  "changed-key": (where) =>
    `The agent at ${where} has another key than before. If it was set up again, choose Trust it again.`,
  keychain: () =>
    "This computer's keychain did not hand out the household key. Unlock it, then try again.",
  "no-memory": (where) =>
    `The pictures from ${where} need too much memory. Choose a smaller picture size in the camera's settings.`,
};

/** For the full address of a stream, which is mostly that of a camera without an agent. */
const ofStream: Partial<typeof sentences> = {
  refused: (where) =>
    `The camera at ${where} is on, but its video program isn't running at this port. Start the program, or look up the port in the camera's settings.`,
  unreachable: (where) => `Nothing answered at ${where}. Is the camera on, and on this network?`,
  timeout: (where) =>
    `${where} did not answer in time. The camera may be off or on another network.`,
  "no-frames": (where) =>
    `${where} answers but sends no pictures. Switch the camera off and on, or check its settings.`,
  forbidden: (where) =>
    `${where} denies access to this computer. Check in the camera's settings who may watch.`,
  "wrong-host": (where) =>
    `${where} rejects requests addressed to this name. Use its IP address instead.`,
};

/**
 * What was typed, without a password in it. Nobody knows where one ends that has a
 * raw "/" in it: all before the last "@" goes if a ":" is there. Which parameters are
 * secret is Go's to know: no value of one is shown.
 */
export function withoutLogin(typed: string): string {
  const [, scheme = "", rest = ""] = /^([a-z]+:\/\/)?(.*)$/is.exec(typed) ?? [];
  const at = rest.lastIndexOf("@");
  const login = rest.slice(0, at + 1).replace(/^\[[^\]]*\]/, "");
  const plain = /^[^/?#]*@/.test(rest) || login.includes(":") ? rest.slice(at + 1) : rest;
  return (scheme + plain).replace(/([?&][^=&#]*=)[^&]*/g, "$1…");
}

/** Of what was typed, "rtsp" of "rtsp://cam/1"; "" for none. */
function schemeOf(typed: string): string {
  return /^([a-z][a-z0-9+.-]*):\/\//i.exec(typed)?.[1]?.toLowerCase() ?? "";
}

export function whyNotAdded(result: AddResult, typed: string): string {
  const where = result.address || withoutLogin(typed.trim());
  const scheme = schemeOf(where);
  if (result.reason === "bad-address" && scheme !== "" && scheme !== "http")
    return `PiGrid cannot open “${where}”. It opens MJPEG streams at http:// addresses only. Most cameras also offer one: look for “MJPEG” in the camera's settings or manual.`;
  // The Go side writes http:// before the whole address of a stream only.
  const stream = scheme === "http" ? ofStream[result.reason] : undefined;
  // A newer Go side may know reasons this page does not.
  const known: ((where: string) => string) | undefined = stream ?? sentences[result.reason];
  return (known ?? sentences[""])(where);
}

/** The toast after it worked. */
export function added(names: readonly string[], fallback: string): string {
  if (names.length === 0) return `${fallback} was added.`;
  if (names.length === 1) return `${names[0]} was added.`;
  return `${names.length} cameras were added: ${names.join(", ")}.`;
}

/** The fixed words of the dialog. */
export const ADD_FORM = {
  address: "Address of the Raspberry Pi or camera",
  example: "raspberrypi.local or 192.168.1.42:8080",
  help: "A name or an IP address, with the port if it is not 8080. Or the http:// address of another camera's MJPEG stream. If it needs a password, type http://user:password@ before the address.",
};

/** While an address is tried. */
export function trying(typed: string): string {
  return `Trying ${withoutLogin(typed)}…`;
}
