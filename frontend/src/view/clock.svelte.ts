/** The time that countdown words are made of; ticks often enough for "Connecting…" after 0.4 s. */
export class Clock {
  now = $state(Date.now());

  /** Returns the way to stop. */
  start(everyMs = 250): () => void {
    const timer = setInterval(() => (this.now = Date.now()), everyMs);
    return () => clearInterval(timer);
  }
}
