// Why a camera gives no picture. A sentence says what happened, to which camera, and
// what you can do about it; `next` says what PiGrid does. No codes: the raw cause is
// behind Details.
import type { CameraState, Reason } from "../backend/types";
import type { Shown } from "../cameras/shown";
import { nameOf } from "./status";

export interface Explanation {
  what: string;
  /** What the person can do; may be "". */
  advice: string;
}

/** What happened, and what the person can do; `where` is " (address)" or "". */
type Say = (who: string, where: string, c: Shown) => readonly [what: string, advice: string];

/** By reason; "" is for every other one. */
type Table = Partial<Record<Reason, Say>> & { "": Say };

const OFFLINE: Table = {
  refused: (who, where) => [
    `The Pi of ${who} is on${where}, but no camera agent runs there.`,
    "Start it on the Pi: sudo systemctl restart pigrid-agent",
  ],
  timeout: (who, where) => [
    `${who} does not answer in time${where}.`,
    "The Pi may be off, very busy, or have a weak network.",
  ],
  ended: (who, where) => [
    `${who} closed the connection${where}.`,
    "Its agent may be restarting. If this stays, see why on the Pi: journalctl -u pigrid-agent",
  ],
  "no-frames": (who, where) => [
    `${who} answers${where}, but sends no pictures.`,
    "If this stays, restart it on the Pi: sudo systemctl restart pigrid-agent",
  ],
  "not-pigrid": (who, where) => [
    `Something other than a PiGrid agent answers for ${who}${where}.`,
    "Check the address, or start it on the Pi: sudo systemctl restart pigrid-agent",
  ],
  "bad-stream": (who, where) => [
    `${who} sends something that is not a picture${where}.`,
    "Restart the agent on the Pi.",
  ],
  "": (who, where) => [
    `${who} is not answering${where}.`,
    "The Pi may be off or on another network.",
  ],
};

const noStream: Say = (who, where) => [
  `${who} answers${where}, but not with an MJPEG stream.`,
  "Look at its settings. Its raw answer is in Details.",
];

const isBusy: Say = (who, where, c) =>
  c.status === 404
    ? [
        `${who} answers${where}, but its stream is no longer at this address.`,
        "Look up its new address, add that, and forget this one.",
      ]
    : [`${who} is busy${where}.`, "Many cameras serve a single viewer: close what else shows it."];

/** A camera without an agent says little: what it is depends on what answers. */
const FOREIGN: Table = {
  refused: (who, where) => [
    `The machine of ${who} is on${where}, but its camera program does not run.`,
    "Start it there, or switch the camera off and on.",
  ],
  busy: isBusy,
  camera: isBusy,
  "bad-stream": noStream,
  "not-pigrid": noStream,
  ended: (who, where) => [
    `${who} closed the connection${where}.`,
    "It may be restarting, or somebody else looks at it.",
  ],
  "": (who, where) => [`${who} is not answering${where}.`, "It may be off or on another network."],
};

/** The same with and without an agent. */
const ANY_ERROR: Partial<Table> = {
  "bad-http": (who, where) => [
    `${who} answers${where}, but PiGrid cannot read its HTTP.`,
    "Another program may answer there. Its raw answer is in Details.",
  ],
  "too-large": (who, _where, c) => [
    c.message || `The picture of ${who} is too large to show.`,
    c.hint || "Choose a smaller size in the camera's settings, at most 50 megapixels.",
  ],
  "no-room": (who) => [
    `All pictures together are too large for this computer, and that of ${who} is the largest.`,
    "Show it alone, or choose a smaller size in the camera's settings.",
  ],
  "no-memory": (who) => [
    `All pictures together take too much memory, and those of ${who} take the most.`,
    "Choose a smaller size or a lower quality in the camera's settings.",
  ],
};

const AGENT_ERROR: Table = {
  ...ANY_ERROR,
  busy: (who, where, c) => [
    c.message || `${who} has as many viewers as it can serve${where}.`,
    c.hint || "Close PiGrid or a browser that shows it on another computer.",
  ],
  "": (_who, _where, c) => [
    c.message || "The Pi answers, but its camera gives no picture.",
    c.hint || "Check the camera's cable and look at the agent's log on the Pi.",
  ],
};

const notLetIn = (who: string) => `${who} does not let this computer in.`;
const wrongName = (who: string, c: Shown) =>
  `${notLetIn(who)} It does not know itself by the name in ${c.address || "its address"}.`;

const REFUSED: Table = {
  unauthorized: (who) => [
    `${who} asks for an access code.`,
    "This version of PiGrid cannot send one yet.",
  ],
  "wrong-host": (who, _where, c) => [
    wrongName(who, c),
    c.hint || "Add it by its IP address, or start its agent with --allow-host and that name.",
  ],
  "": (who, _where, c) => [
    `${notLetIn(who)} ${c.message || "Its agent accepts only computers on its own network."}`,
    c.hint || "Start its agent with --allow-from and this computer's network.",
  ],
};

const FOREIGN_REFUSED: Table = {
  unauthorized: (who) => [notLetIn(who), "Add it again as http://user:password@ and its address."],
  "other-network": (who) => [
    `${who} was last seen on another network, so its password was not told.`,
    "Another device may have its address. If it is your camera, add it again by its whole address.",
  ],
  "other-login": (who) => [
    `${who} asks for its password in another way than before, so it was not told.`,
    "Another device may have its address. If it is your camera, add it again as http://user:password@ and its address.",
  ],
  "wrong-host": (who, _where, c) => [
    wrongName(who, c),
    "Add it by its IP address, and forget this one.",
  ],
  "": (who) => [notLetIn(who), "Look in its settings who may see it."],
};

const agentOf = (who: string, c: Shown) =>
  `The agent of ${who}${c.agentVersion ? ` (${c.agentVersion})` : ""}`;

const INCOMPATIBLE: Table = {
  "too-new": (who, _where, c) => [
    `${agentOf(who, c)} is newer than this PiGrid.`,
    "Update PiGrid on this computer.",
  ],
  "": (who, _where, c) => [
    `${agentOf(who, c)} is too old for this PiGrid.`,
    "Update the agent on the Pi.",
  ],
};

const undrawable: Say = () => [
  "It sends pictures that cannot be drawn.",
  "Restart the camera's program, or choose baseline JPEG in its settings.",
];

const TABLES: Partial<Record<CameraState, { agent: Table; foreign: Table }>> = {
  offline: { agent: OFFLINE, foreign: FOREIGN },
  refused: { agent: REFUSED, foreign: FOREIGN_REFUSED },
  "camera-error": { agent: AGENT_ERROR, foreign: { ...FOREIGN, ...ANY_ERROR } },
  incompatible: { agent: INCOMPATIBLE, foreign: INCOMPATIBLE },
};

/** Why there is no picture; null when there is nothing to explain. */
export function explain(c: Shown): Explanation | null {
  const table = TABLES[c.state]?.[c.url === "" ? "agent" : "foreign"];
  if (!table) return null;
  const say = c.undrawable ? undrawable : (table[c.reason] ?? table[""]);
  const [what, advice] = say(nameOf(c), c.address ? ` (${c.address})` : "", c);
  return { what, advice };
}
