// Every sentence about a camera, as pure functions of the camera and the time.
// A sentence says what happened, to which camera, and what you can do about it;
// `next` says what PiGrid does. No codes: the raw cause is behind Details.
import type { Camera, CameraState } from "../backend/types";
import { givesPictures, isFull, isTooMuch, pictureAge } from "../cameras/facts";
import type { Shown } from "../cameras/shown";
import { megabits } from "./numbers";
import { day, moment, rate, span } from "./time";

export type Tone = "ok" | "quiet" | "warn" | "danger";

const tones: Record<CameraState, Tone> = {
  connecting: "quiet",
  live: "ok",
  slow: "warn",
  stalled: "warn",
  offline: "danger",
  refused: "danger",
  "camera-error": "danger",
  incompatible: "danger",
  paused: "quiet",
};

export function tone(state: CameraState): Tone {
  return tones[state];
}

/** Shorter waits pass without a word. */
const SILENT_MS = 400;

/** The camera's name, or whatever else a person can tell it by. */
export function nameOf(c: Camera): string {
  return c.name || c.host || c.address || "Camera";
}

/** The few words in the corner of the tile; `short` for one too narrow for all of them. */
export function status(c: Shown, now: number, short = false): string {
  const silent = now - c.since < SILENT_MS;
  const age = pictureAge(c, now);
  if (age > 0) return short ? `${span(age, true)} old` : `Picture ${span(age)} old`;
  switch (c.state) {
    case "connecting":
      return silent ? "" : "Connecting…";
    case "live":
      return "Live";
    case "slow":
      return `Slow · ${rate(c.fps)} fps`;
    case "stalled":
      return stalled(c, now, short);
    case "offline":
      if (c.since <= 0) return "Offline";
      return short ? `Offline · ${day(c.since, now)}` : `Offline since ${moment(c.since, now)}`;
    case "refused":
      return "Not let in";
    case "camera-error":
      if (isTooMuch(c)) return "Picture too large";
      return isFull(c) ? "Too many viewers" : "Camera problem";
    case "incompatible":
      return c.reason === "too-new" ? "Agent too new" : "Agent too old";
    case "paused":
      if (c.frozen) return "Paused by you";
      return silent ? "" : "Paused";
  }
}

function stalled(c: Camera, now: number, short: boolean): string {
  const age = c.lastFrameAt > 0 ? span(now - c.lastFrameAt, short) : "";
  if (short) return age === "" ? "No picture" : `No picture · ${age}`;
  return age === "" ? "No new picture" : `No new picture for ${age}`;
}

/** What PiGrid does next about it, or "". */
export function next(c: Camera, now: number, short = false): string {
  if (c.retryAt <= 0 || givesPictures(c) || c.state === "paused") return "";
  const left = c.retryAt - now;
  if (left <= 0) return "retrying now";
  return `${short ? "retry" : "retrying in"} ${span(Math.max(1000, left))}`;
}

export interface Explanation {
  what: string;
  /** What the person can do; may be "". */
  advice: string;
}

const UNDRAWABLE: Explanation = {
  what: "It sends pictures that cannot be drawn.",
  advice: "Restart the camera's program, or choose baseline JPEG in its settings.",
};

/** Why there is no picture; null when there is nothing to explain. */
export function explain(c: Shown): Explanation | null {
  switch (c.state) {
    case "offline":
      return c.url === "" ? explainOffline(c) : explainForeign(c);
    case "refused":
      return explainRefused(c);
    case "camera-error":
      if (c.undrawable) return UNDRAWABLE;
      if (c.reason === "bad-http") return explainBadHTTP(c);
      if (isTooMuch(c)) return explainTooMuch(c);
      if (c.url !== "" && c.reason !== "bad-stream") return explainForeign(c);
      if (isFull(c)) return explainFull(c);
      return {
        what: c.message || "The Pi answers, but its camera gives no picture.",
        advice: c.hint || "Check the camera's cable and look at the agent's log on the Pi.",
      };
    case "incompatible":
      return explainIncompatible(c);
    default:
      return null;
  }
}

function explainOffline(c: Camera): Explanation {
  const who = nameOf(c);
  const where = c.address ? ` (${c.address})` : "";
  switch (c.reason) {
    case "refused":
      return {
        what: `The Pi of ${who} is on${where}, but no camera agent runs there.`,
        advice: "Start it on the Pi: sudo systemctl restart pigrid-agent",
      };
    case "timeout":
      return {
        what: `${who} does not answer in time${where}.`,
        advice: "The Pi may be off, very busy, or have a weak network.",
      };
    case "ended":
      return {
        what: `${who} closed the connection${where}.`,
        advice:
          "Its agent may be restarting. If this stays, see why on the Pi: journalctl -u pigrid-agent",
      };
    case "no-frames":
      return {
        what: `${who} answers${where}, but sends no pictures.`,
        advice: "If this stays, restart it on the Pi: sudo systemctl restart pigrid-agent",
      };
    case "not-pigrid":
      return {
        what: `Something other than a PiGrid agent answers for ${who}${where}.`,
        advice: "Check the address, or start it on the Pi: sudo systemctl restart pigrid-agent",
      };
    case "bad-stream":
      return {
        what: `${who} sends something that is not a picture${where}.`,
        advice: "Restart the agent on the Pi.",
      };
    default:
      return {
        what: `${who} is not answering${where}.`,
        advice: "The Pi may be off or on another network.",
      };
  }
}

function explainBadHTTP(c: Camera): Explanation {
  const where = c.address ? ` (${c.address})` : "";
  return {
    what: `${nameOf(c)} answers${where}, but PiGrid cannot read its HTTP.`,
    advice: "Another program may answer there. Its raw answer is in Details.",
  };
}

function explainFull(c: Camera): Explanation {
  const where = c.address ? ` (${c.address})` : "";
  return {
    what: c.message || `${nameOf(c)} has as many viewers as it can serve${where}.`,
    advice: c.hint || "Close PiGrid or a browser that shows it on another computer.",
  };
}

function explainTooMuch(c: Camera): Explanation {
  const who = nameOf(c);
  switch (c.reason) {
    case "no-room":
      return {
        what: `All pictures together are too large for this computer, and that of ${who} is the largest.`,
        advice: "Show it alone, or choose a smaller size in the camera's settings.",
      };
    case "no-memory":
      return {
        what: `All pictures together take too much memory, and those of ${who} take the most.`,
        advice: "Choose a smaller size or a lower quality in the camera's settings.",
      };
    default:
      return {
        what: c.message || `The picture of ${who} is too large to show.`,
        advice: c.hint || "Choose a smaller size in the camera's settings, at most 50 megapixels.",
      };
  }
}

/** A camera without an agent says little: what it is depends on what answers. */
function explainForeign(c: Camera): Explanation {
  const who = nameOf(c);
  const where = c.address ? ` (${c.address})` : "";
  switch (c.reason) {
    case "refused":
      return {
        what: `The machine of ${who} is on${where}, but its camera program does not run.`,
        advice: "Start it there, or switch the camera off and on.",
      };
    case "busy":
    case "camera":
      if (c.status === 404)
        return {
          what: `${who} answers${where}, but its stream is no longer at this address.`,
          advice: "Look up its new address, add that, and forget this one.",
        };
      return {
        what: `${who} is busy${where}.`,
        advice: "Many cameras serve a single viewer: close what else shows it.",
      };
    case "bad-stream":
    case "not-pigrid":
      return {
        what: `${who} answers${where}, but not with an MJPEG stream.`,
        advice: "Look at its settings. Its raw answer is in Details.",
      };
    case "ended":
      return {
        what: `${who} closed the connection${where}.`,
        advice: "It may be restarting, or somebody else looks at it.",
      };
    default:
      return {
        what: `${who} is not answering${where}.`,
        advice: "It may be off or on another network.",
      };
  }
}

function explainRefused(c: Camera): Explanation {
  if (c.url !== "") return explainForeignRefused(c);
  const what = `${nameOf(c)} does not let this computer in.`;
  switch (c.reason) {
    case "unauthorized":
      return {
        what: `${nameOf(c)} asks for an access code.`,
        advice: "This version of PiGrid cannot send one yet.",
      };
    case "wrong-host":
      return {
        what: `${what} It does not know itself by the name in ${c.address || "its address"}.`,
        advice:
          c.hint || "Add it by its IP address, or start its agent with --allow-host and that name.",
      };
    default:
      return {
        what: `${what} ${c.message || "Its agent accepts only computers on its own network."}`,
        advice: c.hint || "Start its agent with --allow-from and this computer's network.",
      };
  }
}

function explainForeignRefused(c: Camera): Explanation {
  const what = `${nameOf(c)} does not let this computer in.`;
  switch (c.reason) {
    case "unauthorized":
      return { what, advice: "Add it again as http://user:password@ and its address." };
    case "other-network":
      return {
        what: `${nameOf(c)} was last seen on another network, so its password was not told.`,
        advice:
          "Another device may have its address. If it is your camera, add it again by its whole address.",
      };
    case "other-login":
      return {
        what: `${nameOf(c)} asks for its password in another way than before, so it was not told.`,
        advice:
          "Another device may have its address. If it is your camera, add it again as http://user:password@ and its address.",
      };
    case "wrong-host":
      return {
        what: `${what} It does not know itself by the name in ${c.address || "its address"}.`,
        advice: "Add it by its IP address, and forget this one.",
      };
    default:
      return { what, advice: "Look in its settings who may see it." };
  }
}

function explainIncompatible(c: Camera): Explanation {
  const agent = `The agent of ${nameOf(c)}${c.agentVersion ? ` (${c.agentVersion})` : ""}`;
  if (c.reason === "too-new")
    return {
      what: `${agent} is newer than this PiGrid.`,
      advice: "Update PiGrid on this computer.",
    };
  return { what: `${agent} is too old for this PiGrid.`, advice: "Update the agent on the Pi." };
}

/** What of a name is safe to stand in a command: it came from the network. */
const PLAIN_NAME = /^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$/i;

/** Puts a newer agent on the camera's Pi, as the README does it; "" when it needs none. */
export function updateCommand(c: Camera): string {
  if (c.state !== "incompatible" || c.reason === "too-new") return "";
  const address = c.address.replace(/:\d+$/, "");
  const host = PLAIN_NAME.test(c.host) ? `${c.host.replace(/\.local$/, "")}.local` : address;
  if (!PLAIN_NAME.test(host)) return "";
  return `make pi HOSTS='pi@${host}'`;
}

/** What a screen reader says for the tile: "Porch, live, 15 frames per second". */
export function label(c: Shown, now: number): string {
  const name = nameOf(c);
  switch (c.state) {
    case "live":
      if (c.lastFrameAt > 0 && c.fps > 0 && c.fps < 0.4)
        return `${name}, live, a new picture only now and then`; // the seconds would change it all the time
      return c.fps > 0 ? `${name}, live, ${rate(c.fps)} frames per second` : `${name}, live`;
    case "slow":
      return `${name}, slow, ${rate(c.fps)} frames per second`;
    case "stalled":
      return `${name}, no new picture`; // the seconds would change the label all the time
    case "connecting":
      return `${name}, connecting`;
    case "paused":
      return c.frozen ? `${name}, paused by you` : `${name}, paused`;
    default:
      return `${name}, ${lowerFirst(status(c, now))}`;
  }
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

/** Facts for the Details dialog, in reading order; unknown ones are left out. */
export function facts(c: Camera, now: number): [string, string][] {
  const all: [string, string][] = [
    c.url === "" ? ["Address", c.address] : ["Stream", c.url],
    ["Host", c.host],
    ["Agent", c.agentVersion],
    ["Picture", c.width > 0 && c.height > 0 ? `${c.width}×${c.height}` : ""],
    ["Rate", c.fps > 0 && givesPictures(c) ? `${rate(c.fps)} fps` : ""],
    ["Data", givesPictures(c) ? megabits(c.bytesPerSecond) : ""],
    ["Last picture", c.lastFrameAt > 0 ? moment(c.lastFrameAt, now) : ""],
    ["Found", c.added ? "added by address" : "by itself"],
  ];
  return all.filter(([, value]) => value !== "");
}
