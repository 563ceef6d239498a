// Says how saving pictures ended, and where they are.
import { toast } from "svelte-sonner";

import type { Backend } from "../backend/backend";
import type { Saved } from "../backend/types";
import { BUTTONS } from "../words/controls";
import { NOT_SHOWN, savedWords } from "../words/saved";

/** Long enough to read it and to reach its button. */
const STAYS_MS = 8000;

/** name: of the camera, "" for all of them. */
export function reportSaved(
  saved: Saved,
  what: "snapshot" | "clip",
  name: string,
  now: number,
  backend: Backend,
): void {
  const path = saved.paths[0];
  const show = async () => {
    const { code } = await backend.save("reveal", { path: path ?? "" });
    if (code !== "") toast.error(NOT_SHOWN);
  };
  const button = { label: BUTTONS.showInFolder, onClick: () => void show() };
  const { text, more } = savedWords(saved, what, name, now);
  (saved.code === "" ? toast.success : toast.error)(text, {
    duration: STAYS_MS,
    ...(more !== "" && { description: more }),
    ...(saved.canShow && path !== undefined && { action: button }),
  });
}
