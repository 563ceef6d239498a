// The only file that knows about Wails.
import * as app from "../../wailsjs/go/app/App";
import {
  ClipboardSetText,
  EventsOn,
  WindowFullscreen,
  WindowIsFullscreen,
  WindowUnfullscreen,
} from "../../wailsjs/runtime/runtime";
import type { AddResult, State } from "./types";

/** Everything the page may ask of the Go side, besides POST /frames. */
export interface Backend {
  state(): Promise<State>;
  add(address: string): Promise<AddResult>;
  forget(key: string): Promise<void>;
  /** A camera and all others of its agent. */
  forgetAgent(key: string): Promise<void>;
  /** Dials now; the empty key means all. */
  retry(key: string): Promise<void>;
  /** Asks every address of the network for an agent; the state tells how far it is. */
  search(): Promise<void>;
  stopSearch(): Promise<void>;
  /** Calls back with the whole state whenever something changed. Returns the way to stop. */
  onState(callback: (state: State) => void): () => void;
}

declare global {
  interface Window {
    /** What Wails puts on the window; wailsjs takes it from there. */
    go?: { app?: { App?: object } };
    runtime?: object;
  }
}

// Go's strings are narrower here: wailsjs cannot say which states there are.
const wails: Backend = {
  state: async () => (await app.State()) as State,
  add: async (address) => (await app.Add(address)) as AddResult,
  forget: app.Forget,
  forgetAgent: app.ForgetAgent,
  retry: app.Retry,
  search: app.Search,
  stopSearch: app.StopSearch,
  onState: (callback) => EventsOn("state", callback),
};

/** The Go side, or null when this page runs without it (a plain browser, `npm run dev`). */
export function findBackend(): Backend | null {
  return window.go?.app?.App && window.runtime ? wails : null;
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

/** Whether the window fills the screen, as the app or the browser has it. */
export async function isFullscreen(): Promise<boolean> {
  return window.runtime ? await WindowIsFullscreen() : document.fullscreenElement !== null;
}

/** Asks for the whole screen or the window again; a resize tells whether it came to be. */
export async function setFullscreen(full: boolean): Promise<void> {
  if (window.runtime) return full ? WindowFullscreen() : WindowUnfullscreen();
  await (full ? document.documentElement.requestFullscreen() : document.exitFullscreen());
}

/** Copies text; false when neither the app nor the browser can. */
export async function copyText(text: string): Promise<boolean> {
  try {
    // The app's own way first: the page's origin may not count as secure.
    if (window.runtime) return await ClipboardSetText(text);
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
