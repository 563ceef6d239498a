// What happened goes on while it is shown.

/** How often it is asked for. */
const AGAIN_MS = 5000;

/** Loads now, and again and again. Returns the way to stop. */
export function repeatedly(load: () => void): () => void {
  load();
  const timer = setInterval(load, AGAIN_MS);
  return () => clearInterval(timer);
}
