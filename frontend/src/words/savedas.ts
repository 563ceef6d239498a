// How saving a file ended that the page made.
import type { SavedAs } from "../backend/types";

/** "" when there is nothing to say: a browser says itself where it is. */
export function savedAsWords({ ok, code, path, detail }: SavedAs): string {
  if (ok) return path === "" ? "" : `Saved: ${path}`;
  if (code === "cancelled") return "";
  if (code === "busy") return "Choose first where the other file is to be.";
  return `The file was not saved${detail === "" ? "." : `: ${detail}.`} Try another folder.`;
}
