// Why a camera gives no picture. A sentence says what happened, to which camera, and
// what you can do about it; `next` says what PiGrid does. No codes: the technical details
// are in the Details dialog.
import type { CameraState, Reason } from "../backend/types";
import type { Shown } from "../cameras/shown";
import { updateCommand } from "./facts";
import { updateAdvice } from "./page";
import { nameOf } from "./status";
import { lowerFirst } from "./text";

export interface Explanation {
  what: string;
  /** What the person can do; may be "". */
  advice: string;
}

/** What happened, and what the person can do; `where` is " (address)" or "". */
type Say = (who: string, where: string, c: Shown) => readonly [what: string, advice: string];

/** By reason; "" is for every other one. */
type Table = Partial<Record<Reason, Say>> & { "": Say };

/** "Garage's", "Boss'" */
function possessive(who: string): string {
  return /s$/i.test(who) ? `${who}'` : `${who}'s`;
}

/** The agent's own words speak of "the camera": "Garage: the camera is used by another program." */
function named(who: string, message: string): string {
  if (message.includes(who)) return message;
  const first = /^(The|This|There|Neither|No|Looking)\b/.test(message);
  return `${who}: ${first ? lowerFirst(message) : message}`;
}

const OFFLINE: Table = {
  refused: (who, where) => [
    `${possessive(who)} Pi is on${where}, but PiGrid isn't running there.`,
    "Start it on the Pi: sudo systemctl restart pigrid-agent",
  ],
  timeout: (who, where) => [
    `${who} is taking too long to answer${where}.`,
    "The Pi may be off, very busy, or on a weak network.",
  ],
  ended: (who, where) => [
    `${who} closed the connection${where}.`,
    "The agent may be restarting. If this continues, look at its log on the Pi: journalctl -u pigrid-agent",
  ],
  "no-frames": (who, where) => [
    `${who} answers${where} but sends no pictures.`,
    "If this continues, restart the agent on the Pi: sudo systemctl restart pigrid-agent",
  ],
  "not-pigrid": (who, where) => [
    `Something else answers at the address of ${who}${where}.`,
    "Check the address, or restart the agent on the Pi: sudo systemctl restart pigrid-agent",
  ],
  "bad-stream": (who, where) => [
    `${who} sends data that is not a picture${where}.`,
    "Restart the agent on the Pi: sudo systemctl restart pigrid-agent",
  ],
  "": (who, where) => [
    `${who} is not answering${where}.`,
    "The Pi may be off or on another network.",
  ],
};

const noStream: Say = (who, where) => [
  `${who} answers${where}, but not with MJPEG video.`,
  "Check its settings. Details shows its exact answer.",
];

const isBusy: Say = (who, where, c) =>
  c.status === 404
    ? [
        `${who} answers${where}, but its video is no longer at this address.`,
        "Add the camera again by its new address, then forget this one.",
      ]
    : [
        `${who} is busy${where}.`,
        "Many cameras serve one viewer only. Close other programs that show it.",
      ];

/** A camera without an agent says little: what it is depends on what answers. */
const FOREIGN: Table = {
  refused: (who, where) => [
    `${who} is on${where}, but its camera program isn't running.`,
    "Start the program, or switch the camera off and on.",
  ],
  busy: isBusy,
  camera: isBusy,
  "bad-stream": noStream,
  "not-pigrid": noStream,
  ended: (who, where) => [
    `${who} closed the connection${where}.`,
    "It may be restarting, or in use by another viewer.",
  ],
  "": (who, where) => [`${who} is not answering${where}.`, "It may be off or on another network."],
};

/** The same with and without an agent. */
const ANY_ERROR: Partial<Table> = {
  "bad-http": (who, where) => [
    `${who} answers${where}, but not in a way PiGrid understands.`,
    "Another program may be answering. Details shows its exact answer.",
  ],
  "too-large": (who) => [
    `The picture from ${who} is too large to show.`,
    "Choose a smaller picture size in the camera's settings (at most 50 megapixels).",
  ],
  "too-complex": (who) => [
    `The picture from ${who} takes too long to draw.`,
    "Turn off progressive JPEG in the camera's settings, if it has that.",
  ],
  "no-room": (who) => [
    `The pictures of all cameras together are too large for this computer. The one from ${who} is the largest.`,
    "Show it alone, or choose a smaller picture size in the camera's settings.",
  ],
  "no-memory": (who) => [
    `The pictures of all cameras together need too much memory. Those from ${who} need the most.`,
    "Choose a smaller picture size or a lower quality in the camera's settings.",
  ],
};

const AGENT_ERROR: Table = {
  ...ANY_ERROR,
  busy: (who, where, c) => [
    `${who} has as many viewers as it can serve${where}.`,
    c.hint || "Close PiGrid or a browser that shows it on another computer.",
  ],
  crowded: (who, where) => [
    `${possessive(who)} Pi answers as many requests as it can${where}.`,
    "Look which programs on your network ask it so often. PiGrid tries again by itself.",
  ],
  "": (who, _where, c) => [
    c.message
      ? named(who, c.message)
      : `${possessive(who)} Pi answers, but its camera gives no picture.`,
    c.hint ||
      "Check the camera's cable, and look at the agent's log on the Pi: journalctl -u pigrid-agent",
  ],
};

const denied = (who: string) => `${who} denies access to this computer.`;
const wrongName = (who: string, c: Shown) =>
  c.address === ""
    ? `${who} rejects requests addressed to this name.`
    : `${who} rejects requests addressed to ${c.address}.`;

const REFUSED: Table = {
  unauthorized: (who) => [
    `${who} asks for a password.`,
    "PiGrid opens agents with household keys only. What asks may be a proxy in front of it.",
  ],
  "needs-key": (who) => [
    `${who} needs your household key.`,
    "The computer that locked it shows the key under Household.",
  ],
  "not-yours": (who, where) => [
    `This is not your camera: ${who}${where}.`,
    "None of your household keys opens it, and it was sent none. If it is yours, enter its key.",
  ],
  "changed-key": (who) => [
    `${possessive(who)} Pi has another key than before.`,
    "Was it set up again? Then trust it again. If not, another device may pretend to be it.",
  ],
  keychain: (who) => [
    `This computer's keychain does not hand out the key for ${who}.`,
    "Unlock the keychain, then try again.",
  ],
  "wrong-host": (who, _where, c) => [
    wrongName(who, c),
    c.hint || "Add it by its IP address, or start its agent with --allow-host and this name.",
  ],
  "": (who, _where, c) => [
    `${denied(who)} ${c.message || "Its agent answers only computers on its own network."}`,
    c.hint || "Start its agent with --allow-from and this computer's network.",
  ],
};

const FOREIGN_REFUSED: Table = {
  unauthorized: (who) => [
    `${who} needs a user name and a password.`,
    "Add it again, with http://user:password@ before its address.",
  ],
  "other-network": (who) => [
    `${who} was last seen on another network, so PiGrid did not send its password.`,
    "Another device may have its address now. If it is your camera, add it again by its full address.",
  ],
  "other-login": (who) => [
    `${who} asks for its password in a different way than before, so PiGrid did not send it.`,
    "Another device may have its address now. If it is your camera, add it again, with http://user:password@ before its address.",
  ],
  "wrong-host": (who, _where, c) => [
    wrongName(who, c),
    "Add it by its IP address, then forget this one.",
  ],
  "": (who) => [denied(who), "Check in its settings who may watch."],
};

const agentOf = (who: string, c: Shown) =>
  `The agent of ${who}${c.agentVersion ? ` (version ${c.agentVersion})` : ""}`;

const INCOMPATIBLE: Table = {
  "too-new": (who, _where, c) => [
    `${agentOf(who, c)} is newer than this PiGrid.`,
    "Update PiGrid on this computer.",
  ],
  "": (who, _where, c) => [
    `${agentOf(who, c)} is too old for this PiGrid.`,
    updateCommand(c) === ""
      ? "Update the agent on the Pi."
      : `${updateAdvice()} ${updateCommand(c)}`,
  ],
};

const undrawable: Say = (who) => [
  `${who} sends pictures that cannot be displayed.`,
  "Restart the camera's program, or choose baseline JPEG in its settings.",
];

const TABLES: Partial<Record<CameraState, { agent: Table; foreign: Table }>> = {
  offline: { agent: OFFLINE, foreign: FOREIGN },
  refused: { agent: REFUSED, foreign: FOREIGN_REFUSED },
  "camera-error": { agent: AGENT_ERROR, foreign: { ...FOREIGN, ...ANY_ERROR } },
  incompatible: { agent: INCOMPATIBLE, foreign: INCOMPATIBLE },
};

/** Why there is no picture; null when there is nothing to explain. The address is for a tile. */
export function explain(c: Shown, withAddress = true): Explanation | null {
  const table = TABLES[c.state]?.[c.url === "" ? "agent" : "foreign"];
  if (!table) return null;
  const say = c.undrawable ? undrawable : (table[c.reason] ?? table[""]);
  const who = nameOf(c);
  const where = withAddress && c.address !== "" && c.address !== who ? ` (${c.address})` : "";
  const [what, advice] = say(who, where, c);
  return { what, advice };
}
