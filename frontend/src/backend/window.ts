// The only file that knows the window: what only Wails can do, with the browser's own
// way where there is no window.

/** What Wails puts on the page of its window. */
interface Runtime {
  WindowFullscreen(): void;
  WindowUnfullscreen(): void;
  WindowIsFullscreen(): Promise<boolean>;
  ClipboardSetText(text: string): Promise<boolean>;
}

/** By then an engine has read what it saves. */
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

/** Copies text; false when neither the app nor the browser can. */
export async function copyText(text: string): Promise<boolean> {
  try {
    // The app's own way first: the page's origin may not count as secure.
    if (window.runtime) return await window.runtime.ClipboardSetText(text);
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

/** The web view of a Mac's window neither prints nor saves a page. */
function isMacWindow(): boolean {
  return inWindow() && /\bMac OS X\b/.test(navigator.userAgent);
}

/** Whether window.print() can do anything. */
export function canPrint(): boolean {
  return !isMacWindow();
}

/** Whether saveFile can do anything. */
export function canSave(): boolean {
  return !isMacWindow();
}

/** Lets the browser or the window save a text of this media type as a file. */
export function saveFile(name: string, type: string, text: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type }));
  link.download = name;
  link.click();
  // The engine reads it after this task.
  setTimeout(() => URL.revokeObjectURL(link.href), SAVED_AFTER_MS);
}
