/** Resolves when the next frame is drawn, and when the page is hidden: none comes then. */
export function nextFrame(): Promise<void> {
  if (document.hidden) return Promise.resolve();
  return new Promise((resolve) => {
    const settle = () => {
      document.removeEventListener("visibilitychange", settle);
      cancelAnimationFrame(frame);
      resolve();
    };
    const frame = requestAnimationFrame(settle);
    document.addEventListener("visibilitychange", settle);
  });
}

/**
 * Resolves to true when the page is painted as it is now, and to false while
 * nobody sees it, also when it is hidden meanwhile: then no paint comes.
 */
export function painted(): Promise<boolean> {
  if (document.hidden) return Promise.resolve(false);
  return new Promise((resolve) => {
    const settle = (seen: boolean) => {
      document.removeEventListener("visibilitychange", onchange);
      cancelAnimationFrame(frame);
      resolve(seen);
    };
    const onchange = () => {
      if (document.hidden) settle(false);
    };
    // The callback of a frame runs before its paint, in the same task.
    const frame = requestAnimationFrame(() => setTimeout(() => settle(true)));
    document.addEventListener("visibilitychange", onchange);
  });
}
