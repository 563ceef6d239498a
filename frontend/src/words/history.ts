// What happened to cameras.
import type { Line, Outage, Phase, Reason } from "../backend/types";
import { lowerFirst } from "./text";
import { clock, moment, span } from "./time";

export const HISTORY = {
  title: "History",
  ofCamera: "What happened",
  day: "24 h",
  week: "7 days",
  all: "History of all cameras",
  none: "No outages in the last 30 days.",
  nothing: "PiGrid did not answer. Try again.",
  noCameras: "PiGrid knows no cameras yet.",
  exportFile: "Export as CSV",
  fileName: "pigrid-history.csv",
  explained: "Outages of 15 seconds and more while somebody watched.",
  followed: "Outages of 15 seconds and more. Agents speak for cameras that nobody watches.",
  legend: {
    live: "Live",
    well: "Agent answers",
    slow: "Slow",
    stalled: "No new pictures",
    offline: "Offline",
    error: "Camera error",
    barred: "Access denied, or another version",
    none: "Not watched",
  },
};

/** "98.9 % live"; never 100 % after an outage. "up" where only the agent was asked at times. */
export function percent(line: Line): string {
  const { live, watched } = line;
  const word = isFollowed(line) ? "up" : "live";
  if (watched === 0) return "not watched";
  if (live === 1) return `100 % ${word}`;
  return `${(Math.floor(live * 1000) / 10).toFixed(1)} % ${word}`;
}

/** Whether the agent was asked while nobody watched. */
export const isFollowed = ({ marks }: Line): boolean => marks.includes("a");

/** What a line shows, for those who do not see it. */
export function lineLabel(name: string, length: string, line: Line): string {
  const kinds = new Set(runs(line.marks).map(([kind]) => kind));
  const wrong = WRONG.filter((kind) => kinds.has(kind)).map((kind) =>
    lowerFirst(HISTORY.legend[kind]),
  );
  const also = wrong.length === 0 ? "" : `; ${wrong.join(", ")}`;
  return `${name}, last ${length}: ${percent(line)}${also}`;
}

/** What one part of a line that ends now shows, and when: "Offline · 09:10–09:30". */
export function runWords(
  kind: Kind,
  first: number,
  count: number,
  line: Line,
  length: number,
  now: number,
) {
  const at = (mark: number) => now - length + (mark * length) / line.marks.length;
  const going = first + count === line.marks.length;
  return `${HISTORY.legend[kind]} · ${when({ from: at(first), to: at(first + count), going }, now)}`;
}

/** "09:12–09:31", "since 09:12". */
export function when(
  { from, to, going }: Pick<Outage, "from" | "to" | "going">,
  now: number,
): string {
  const begin = moment(from, now);
  if (going) return `since ${begin}`;
  const sameDay = new Date(from).toDateString() === new Date(to).toDateString();
  return sameDay ? `${begin}–${clock(to)}` : `${begin} – ${moment(to, now)}`;
}

/** "19 min: the Pi did not answer, then no camera was found" */
export function outageWords({ from, to, phases }: Outage): string {
  const said = phases.map(phaseWords).filter((words, i, all) => words !== all[i - 1]);
  return `${span(to - from)}: ${said.join(", then ")}`;
}

const OFFLINE: Partial<Record<Reason, string>> = {
  refused: "PiGrid was not running there",
  timeout: "it took too long to answer",
  ended: "it closed the connection",
  "bad-stream": "it sent data that is no picture",
  "not-pigrid": "something else answered at its address",
  "no-stream": "it sent no video",
};

const CAMERA: Partial<Record<Reason, string>> = {
  busy: "it had too many viewers",
  "too-large": "its pictures were too large",
  "too-complex": "its pictures took too long to decode",
  "no-room": "there was no room for its pictures",
  "no-memory": "there was no memory for its pictures",
};

function phaseWords({ state, reason, message }: Phase): string {
  switch (state) {
    case "offline":
      return OFFLINE[reason] ?? "the Pi did not answer";
    case "stalled":
      return "no new pictures came";
    case "connecting":
      return "no picture came yet";
    case "refused":
      return "access was denied";
    case "incompatible":
      return reason === "too-new" ? "its agent is too new" : "its agent is too old";
    default:
      if (message !== "") return lowerFirst(message.replace(/\.$/, ""));
      return CAMERA[reason] ?? "its camera gave no pictures";
  }
}

/** Where the marks of a line change: [mark, first, count]. */
export function runs(marks: string): [kind: Kind, first: number, count: number][] {
  const all: [Kind, number, number][] = [];
  for (const [i, mark] of [...marks].entries()) {
    const kind = KINDS[mark] ?? "offline";
    const last = all.at(-1);
    if (last?.[0] === kind) last[2]++;
    else all.push([kind, i, 1]);
  }
  return all;
}

export type Kind = keyof typeof HISTORY.legend;
const WRONG: readonly Kind[] = ["slow", "stalled", "offline", "error", "barred"];
/** The letters that Go sends (desktop/history, Line). */
const KINDS: Record<string, Kind> = {
  l: "live",
  a: "well",
  s: "slow",
  t: "stalled",
  c: "stalled",
  o: "offline",
  e: "error",
  r: "barred",
  i: "barred",
  "-": "none",
};
