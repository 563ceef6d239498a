// The answer to "Add by address" in words.
import type { Reason, AddResult } from "../backend/types";

/** Why this address was not added, and what to try; `where` is what was typed. */
const sentences: Record<Reason, (where: string) => string> = {
  "": (where) => `${where} could not be added.`,
  "bad-address": (where) =>
    `“${where}” is not an address. Try raspberry-4b.local, 192.168.1.42:8080, or the http:// address of a camera's MJPEG stream.`,
  "not-local": (where) => `${where} is not on a local network. PiGrid shows only cameras near you.`,
  full: (where) =>
    `${where} was not added: PiGrid knows as many cameras as it can keep. Forget some first.`,
  refused: (where) =>
    `Nothing answers on ${where}. The machine is on; start the agent there: sudo systemctl restart pigrid-agent`,
  unreachable: (where) =>
    `${where} cannot be reached. The Pi may be off or on another network, or the name is misspelt.`,
  timeout: (where) => `${where} did not answer. The Pi may be off or on another network.`,
  ended: (where) => `${where} closed the connection before it answered. Try again in a moment.`,
  "no-frames": (where) => `${where} answers, but sends no pictures. Look at the agent on the Pi.`,
  forbidden: (where) =>
    `${where} does not let this computer in. Start its agent with --allow-from and this computer's network.`,
  unauthorized: (where) =>
    `${where} asks for a user name and a password, or does not accept these. Type them in front of the address: http://user:password@${where.replace(/^http:\/\//, "")}.`,
  "other-network": (where) =>
    `${where} was last seen on another network, so its password was not told: another device may have its address. If it is your camera, add it again.`,
  "other-login": (where) =>
    `${where} asks for its password in another way than before, so it was not told: another device may have its address. If it is your camera, add it again.`,
  "wrong-host": (where) =>
    `${where} does not know itself by this name. Use its IP address, or start its agent with --allow-host.`,
  busy: (where) =>
    `${where} has as many viewers as it can serve; many cameras serve only one. Close whatever shows it and try again.`,
  "not-pigrid": (where) =>
    `Something answers at ${where}, but it is no PiGrid agent, and there is no MJPEG stream at the usual places. Is the port right? Agents use 8080 to 8089. For another camera, type the whole address of its stream.`,
  camera: (where) => `The agent at ${where} answers, but has no working camera.`,
  "too-old": (where) => `The agent at ${where} is too old for this PiGrid. Update it on the Pi.`,
  "too-new": (where) => `The agent at ${where} is newer than this PiGrid. Update PiGrid here.`,
  "no-stream": (where) =>
    `${where} answers, but not with an MJPEG stream or a JPEG picture. Other kinds of video (RTSP, H.264, HLS) are not supported.`,
  "bad-http": (where) =>
    `${where} answers, but PiGrid cannot read its HTTP. Is the port right? Another program may answer there.`,
  "bad-login": () =>
    "A user name or password with / ? # or @ in it must be percent-encoded: type %2F for /, %3F for ?, %23 for #, %40 for @. An @ behind the host is %40, too.",
  "bad-stream": (where) => `${where} sends something that is not a picture.`,
  "too-large": (where) =>
    `The picture of ${where} is too large to show. Choose a smaller size in the camera's settings, at most 50 megapixels.`,
  "no-room": (where) =>
    `The picture of ${where} is too large to show beside the others. Choose a smaller size in the camera's settings.`,
  "no-memory": (where) =>
    `The pictures of ${where} take too much memory. Choose a smaller size in the camera's settings.`,
};

/** The same of the whole address of a stream: what is there is mostly a camera without an agent. */
const ofStream: Partial<typeof sentences> = {
  refused: (where) =>
    `Nothing answers on ${where}. The machine is on; start its camera program, or look up the port in the camera's settings.`,
  unreachable: (where) =>
    `${where} cannot be reached. The camera may be off or on another network, or the name is misspelt.`,
  timeout: (where) => `${where} did not answer. The camera may be off or on another network.`,
  "no-frames": (where) =>
    `${where} answers, but sends no pictures. Switch the camera off and on, or look at its settings.`,
  forbidden: (where) =>
    `${where} does not let this computer in. Look in the camera's settings who may see it.`,
  "wrong-host": (where) =>
    `${where} does not know itself by this name. Use its IP address in place of the name.`,
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
    return `PiGrid cannot open “${where}”: it opens MJPEG streams at http:// addresses only. Most cameras have one besides; look for “MJPEG” in the camera's settings or manual.`;
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
  example: "raspberry-4b.local or 192.168.1.42:8080",
  help: "A name or an IP address, with a port if it is not 8080. Or the http:// address of another camera's MJPEG stream; user:password@ may stand in it.",
};

/** While an address is tried. */
export function trying(typed: string): string {
  return `Trying ${withoutLogin(typed)}…`;
}
