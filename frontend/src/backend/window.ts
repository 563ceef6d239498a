// The only file that knows the window: what only Wails can do, with the browser's own
// way where there is no window.
import type { SavedAs } from "./types";

/** What Wails puts on the page of its window. */
interface Runtime {
  WindowFullscreen(): void;
  WindowUnfullscreen(): void;
  WindowIsFullscreen(): Promise<boolean>;
  ClipboardSetText(text: string): Promise<boolean>;
  BrowserOpenURL(url: string): void;
}

/**
 * How long what a browser saves is kept for it. One that asks where to save it, or that has
 * it checked for viruses, reads it only then: too soon, and it saves an error in its place.
 */
const SAVED_AFTER_MS = 60_000;

declare global {
  interface Window {
    runtime?: Runtime;
  }
}

/** Whether this page is that of the app's window. */
export function inWindow(): boolean {
  return window.runtime !== undefined;
}

/** Whether the window fills the screen, as the app or the browser has it. */
export async function isFullscreen(): Promise<boolean> {
  if (window.runtime) return await window.runtime.WindowIsFullscreen();
  return document.fullscreenElement !== null;
}

/** Asks for the whole screen or the window again; a resize tells whether it came to be. */
export async function setFullscreen(full: boolean): Promise<void> {
  const app = window.runtime;
  if (app) return full ? app.WindowFullscreen() : app.WindowUnfullscreen();
  await (full ? document.documentElement.requestFullscreen() : document.exitFullscreen());
}

/** Opens an http URL in the system's browser. */
export function openPage(url: string): void {
  if (window.runtime) window.runtime.BrowserOpenURL(url);
  else window.open(url, "_blank", "noopener,noreferrer");
}

/** Copies text; false when neither the app nor the browser can. */
export async function copyText(text: string): Promise<boolean> {
  try {
    // The app's own way first: the page's origin may not count as secure.
    if (window.runtime) return await window.runtime.ClipboardSetText(text);
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return !inWindow() && copySelected(text);
  }
}

/** The old way, for browsers that have no clipboard for pages that came over http. */
function copySelected(text: string): boolean {
  const field = document.createElement("textarea");
  field.value = text;
  // Dialogs let nothing outside of them have the focus.
  (document.querySelector("[role=dialog]") ?? document.body).append(field);
  field.select();
  try {
    return document.execCommand("copy");
  } finally {
    field.remove();
  }
}

/** Lets a browser offer to install the page: a phone keeps it on its home screen. */
export function offerToInstall(): void {
  if (inWindow()) return;
  for (const [rel, href] of [
    ["manifest", "/manifest.webmanifest"],
    ["apple-touch-icon", "/icon-192.png"],
  ] as const) {
    const link = document.createElement("link");
    link.rel = rel;
    link.href = href;
    // Without, Chromium opens another connection for it, beside the six of the page.
    link.crossOrigin = "use-credentials";
    document.head.append(link);
  }
}

/** The web view of a Mac's window prints no page. */
function isMacWindow(): boolean {
  return inWindow() && /\bMac OS X\b/.test(navigator.userAgent);
}

/** Whether window.print() can do anything. */
export function canPrint(): boolean {
  return !isMacWindow();
}

/** Has the browser save what is at a URL of this page's own server. */
export function download(name: string, url: string): void {
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
}

/**
 * Saves a text of this media type as a file: in the window where a person wants it, which
 * `ask` finds out, in a browser where that puts what is downloaded.
 */
export async function saveFile(
  name: string,
  type: string,
  text: string,
  ask: (name: string, text: string) => Promise<SavedAs>,
): Promise<SavedAs> {
  if (inWindow()) return await ask(name, text);
  const url = URL.createObjectURL(new Blob([text], { type }));
  download(name, url);
  setTimeout(() => URL.revokeObjectURL(url), SAVED_AFTER_MS);
  return { ok: true, code: "", path: "", detail: "" };
}
