// What a person chose in a page that may change nothing: it is of this browser alone, and
// kept in it.
import type { State } from "../backend/types";

export interface Own {
  /** The view that is shown, "" for all cameras. */
  view: string;
  /** How views stand together, by name; "" is all cameras. */
  layouts: Readonly<Record<string, string>>;
  /** Numbers on all pictures. */
  numbers: boolean;
}

export const NOTHING_OWN: Own = { view: "", layouts: {}, numbers: false };

const PLACE = "pigrid";
/** As many views as there can be, and all cameras. */
const MOST_LAYOUTS = 33;
const MOST_NAME = 200;

/** Reads what was kept; what makes no sense is as if nothing had been chosen. */
export function ownFrom(text: string | null): Own {
  let kept: unknown;
  try {
    kept = JSON.parse(text ?? "");
  } catch {
    return NOTHING_OWN;
  }
  if (typeof kept !== "object" || kept === null) return NOTHING_OWN;
  const { view, layouts, numbers } = kept as Partial<Record<keyof Own, unknown>>;
  return {
    view: typeof view === "string" && view.length <= MOST_NAME ? view : "",
    layouts: layoutsFrom(layouts),
    numbers: numbers === true,
  };
}

function layoutsFrom(kept: unknown): Own["layouts"] {
  if (typeof kept !== "object" || kept === null) return {};
  const known = Object.entries(kept).filter(
    ([name, layout]) => name.length <= MOST_NAME && (layout === "focus" || layout === ""),
  );
  return Object.fromEntries(known.slice(0, MOST_LAYOUTS)) as Own["layouts"];
}

/** What this browser keeps. */
export function loadOwn(): Own {
  try {
    return ownFrom(localStorage.getItem(PLACE));
  } catch {
    return NOTHING_OWN; // it keeps nothing, as some do for a private window
  }
}

export function keepOwn(own: Own): void {
  try {
    localStorage.setItem(PLACE, JSON.stringify(own));
  } catch {
    // It counts until the page is closed.
  }
}

/** A state as this browser shows it. */
export function withOwn(state: State, own: Own): State {
  if (!state.readOnly) return state;
  const layoutOf = (name: string, layout: string) => own.layouts[name] ?? layout;
  return {
    ...state,
    layout: layoutOf("", state.layout),
    views: state.views.map((v) => ({ ...v, layout: layoutOf(v.name, v.layout) })),
    view: state.views.some((v) => v.name === own.view) ? own.view : "",
    appearance: { ...state.appearance, numbers: own.numbers ? "always" : "hover" },
  };
}
