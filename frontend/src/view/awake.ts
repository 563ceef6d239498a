// Keeps the screen on while nobody sits at the page, where the browser can: on this
// machine or over https only.

/** Holds the screen's lock while the page is seen; the browser takes it when it is not. */
export function keepAwake(): void {
  if (!("wakeLock" in navigator)) return;
  const ask = () => {
    if (document.hidden) return;
    // Refused where power is low, for example: then the screen goes its own way.
    navigator.wakeLock.request("screen").catch(() => undefined);
  };
  document.addEventListener("visibilitychange", ask);
  ask();
}
