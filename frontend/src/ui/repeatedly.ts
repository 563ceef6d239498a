// What happened goes on while it is shown.

/** How often it is asked for. */
const AGAIN_MS = 5000;

/** Loads now, and again and again, and takes what comes until it is stopped. Returns the way to stop. */
export function repeatedly<T>(load: () => Promise<T>, take: (what: T) => void): () => void {
  let stopped = false;
  const once = async () => {
    const what = await load();
    if (!stopped) take(what);
  };
  void once();
  const timer = setInterval(() => void once(), AGAIN_MS);
  return () => {
    stopped = true;
    clearInterval(timer);
  };
}
