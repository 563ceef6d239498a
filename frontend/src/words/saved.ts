// How saving snapshots and clips ended.
import type { Saved } from "../backend/types";
import { moment } from "./time";

/** Seconds from which on a clip has all that is ever kept. */
const WHOLE_S = 29;
/** A picture that is older is not from now. */
const OLD_MS = 5000;

export const NOT_SHOWN = "The file manager did not start.";

/** name: of the camera, "" for all of them. */
export function savedWords(
  saved: Saved,
  what: "snapshot" | "clip",
  name: string,
  now: number,
): { text: string; more: string } {
  const count = saved.paths.length;
  const files = where(saved);
  if (saved.code !== "") {
    const some = count === 0 ? "" : `Only ${pictures(count)} saved. `;
    return { text: some + why(saved, name), more: count > 0 ? files : "" };
  }
  const old = now - saved.until > OLD_MS ? moment(saved.until, now) : "";
  if (what === "clip") return { text: clip(saved.seconds, name, old), more: files };
  if (name === "") return { text: `Saved ${pictures(count)}.${missed(saved.missed)}`, more: files };
  const text =
    old === "" ? `Saved a picture of ${name}.` : `Saved the last picture of ${name}, from ${old}.`;
  return { text, more: files };
}

function clip(seconds: number, name: string, old: string): string {
  const length = seconds < 10 ? seconds.toFixed(1) : Math.round(seconds);
  if (old !== "") return `Saved ${length} s of ${name}, until ${old}.`;
  if (seconds >= WHOLE_S) return `Saved the last 30 s of ${name}.`;
  return `Saved the last ${length} s of ${name}. There was no more in memory.`;
}

function pictures(count: number): string {
  return count === 1 ? "1 picture" : `${count} pictures`;
}

function missed(count: number): string {
  if (count === 0) return "";
  return count === 1 ? " 1 camera gave none." : ` ${count} cameras gave none.`;
}

/** The name of the file, or the folder of several. */
function where(saved: Saved): string {
  return saved.paths.length === 1 ? (saved.paths[0] ?? "") : saved.folder;
}

function why(saved: Saved, name: string): string {
  switch (saved.code) {
    case "no-picture":
      return name === ""
        ? "No camera on the screen is live, so there is no picture to save."
        : `There is no picture of ${name} to save.`;
    case "disk-full":
      return `The disk is full. Make room, or choose another folder than ${saved.folder}.`;
    case "no-folder":
      return `The folder ${saved.folder} does not exist. Is its drive connected?`;
    case "not-ours":
      return `PiGrid is not allowed to write to ${saved.folder}.`;
    case "busy":
      return "Not saved: another file is still being written. Is the drive slow?";
    default:
      return `Not saved. ${saved.detail}`;
  }
}
