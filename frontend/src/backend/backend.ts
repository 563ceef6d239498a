// The only file that knows about Wails.
import type { AddResult, State } from "./types";

/** Everything the page may ask of the Go side, besides GET /frames. */
export interface Backend {
  state(): Promise<State>;
  add(address: string): Promise<AddResult>;
  forget(key: string): Promise<void>;
  /** Dials now; the empty key means all. */
  retry(key: string): Promise<void>;
  /** Calls back with the whole state whenever something changed. Returns the way to stop. */
  onState(callback: (state: State) => void): () => void;
}

interface BoundApp {
  State(): Promise<State>;
  Add(address: string): Promise<AddResult>;
  Forget(key: string): Promise<void>;
  Retry(key: string): Promise<void>;
}

declare global {
  interface Window {
    go?: { app?: { App?: BoundApp } };
    runtime?: {
      EventsOn(name: string, callback: (state: State) => void): () => void;
      ClipboardSetText?(text: string): Promise<boolean>;
    };
  }
}

/** The Go side, or null when this page runs without it (a plain browser, `npm run dev`). */
export function findBackend(): Backend | null {
  const app = window.go?.app?.App;
  const runtime = window.runtime;
  if (!app || !runtime) return null;
  return {
    state: () => app.State(),
    add: (address) => app.Add(address),
    forget: (key) => app.Forget(key),
    retry: (key) => app.Retry(key),
    onState: (callback) => runtime.EventsOn("state", callback),
  };
}

const RECHECK_MS = 50;

/** Waits a moment for Wails to put its objects on the window. */
export async function waitForBackend(patienceMs = 2000): Promise<Backend | null> {
  for (let waited = 0; ; waited += RECHECK_MS) {
    const backend = findBackend();
    if (backend || waited >= patienceMs) return backend;
    await new Promise((resolve) => setTimeout(resolve, RECHECK_MS));
  }
}

/** Copies text; false when neither the app nor the browser can. */
export async function copyText(text: string): Promise<boolean> {
  try {
    // The app's own way first: the page's origin may not count as secure.
    if (window.runtime?.ClipboardSetText) return await window.runtime.ClipboardSetText(text);
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
