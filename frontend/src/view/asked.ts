// What the page's own address asks for: /?kiosk&view=NAME.
import type { View } from "../backend/types";

export interface Asked {
  /** Nobody sits here: no controls, no pointer, and the screen stays on. */
  kiosk: boolean;
  /** The view that is shown whatever else is chosen, null for none. */
  view: string | null;
}

export const NOTHING_ASKED: Asked = { kiosk: false, view: null };

/** Reads the part of an address from its "?" on. */
export function askedBy(search: string): Asked {
  const query = new URLSearchParams(search);
  const kiosk = query.get("kiosk");
  return {
    kiosk: kiosk !== null && kiosk !== "0" && kiosk !== "false",
    view: query.get("view")?.trim() || null,
  };
}

/** The name of a view as it is written, whatever case was asked for; undefined if there is none. */
export function viewCalled(name: string, views: readonly View[]): string | undefined {
  const lower = name.toLowerCase();
  return views.find((v) => v.name.toLowerCase() === lower)?.name;
}
