// The pull loop: ask for what is visible, show it, wait until it is painted,
// ask again. One request at a time, so a slow machine shows fewer pictures
// instead of older ones.
import { parseFrames, type Frame } from "./parse";

const FIRST_BACKOFF_MS = 250;
const LONGEST_BACKOFF_MS = 2000;
/** The Go side answers within 500 ms; far beyond that the request is lost. */
const PATIENCE_MS = 8000;
/** How long pictures are put into the page at a stretch: a click waits no longer than this. */
const STRETCH_MS = 25;

export interface Wanted {
  /** Cameras to show now; none means no request at all. */
  keys: readonly string[];
  /** Those of them that are shown large: every frame of them is worth something. */
  full: readonly string[];
}

export interface PullerOptions {
  wanted: () => Wanted;
  /** Shows one frame and resolves when the browser has it, good or bad. */
  show: (frame: Frame) => Promise<void>;
  /** Resolves when the next picture of the page is painted. */
  painted: () => Promise<void>;
  /** Resolves when the browser has done what waited. */
  breathe?: () => Promise<void>;
  /** Told how many requests in a row failed; 0 when one worked again. */
  onfailures?: (inARow: number) => void;
  fetch?: typeof fetch;
}

/** `/frames?want=key:seq,…&full=key,…`, keys percent-encoded. */
export function framesURL(wanted: Wanted, lastSeq: ReadonlyMap<string, number>): string {
  const want = wanted.keys.map((key) => `${encodeURIComponent(key)}:${lastSeq.get(key) ?? 0}`);
  const full = wanted.full.map(encodeURIComponent);
  return `/frames?want=${want.join(",")}${full.length > 0 ? `&full=${full.join(",")}` : ""}`;
}

export function backoffMs(failures: number): number {
  return Math.min(FIRST_BACKOFF_MS * 2 ** (failures - 1), LONGEST_BACKOFF_MS);
}

/** By a message: a timer would wait for 4 ms more each time. */
function breathe(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}

export class Puller {
  #options: PullerOptions;
  #lastSeq = new Map<string, number>();
  #stopped = false;
  #failures = 0;
  #wake: (() => void) | null = null;

  constructor(options: PullerOptions) {
    this.#options = options;
  }

  /** Runs until stop(). */
  async run(): Promise<void> {
    while (!this.#stopped) {
      const wanted = this.#options.wanted();
      if (wanted.keys.length === 0) await this.#sleep();
      else await this.#pullOnce(wanted);
    }
  }

  stop(): void {
    this.#stopped = true;
    this.wake();
  }

  /** What is wanted may have changed: a sleeping loop looks again. */
  wake(): void {
    this.#wake?.();
  }

  /** Forgets what was shown for a camera whose element is new and empty. */
  restart(key: string): void {
    this.#lastSeq.delete(key);
  }

  async #pullOnce(wanted: Wanted): Promise<void> {
    try {
      const frames = await this.#request(wanted);
      this.#count(0);
      await this.#show(frames);
      await this.#options.painted();
    } catch {
      this.#count(this.#failures + 1);
      await this.#sleep(backoffMs(this.#failures));
    }
  }

  /** Shows all, and lets the page breathe between: each picture costs the browser milliseconds. */
  async #show(frames: readonly Frame[]): Promise<void> {
    const shown: Promise<void>[] = [];
    let begin = performance.now();
    for (const frame of frames) {
      if (performance.now() - begin >= STRETCH_MS) {
        await (this.#options.breathe ?? breathe)();
        begin = performance.now();
      }
      shown.push(this.#options.show(frame));
    }
    await Promise.all(shown);
  }

  #count(failures: number): void {
    if (failures !== this.#failures) this.#options.onfailures?.(failures);
    this.#failures = failures;
  }

  async #request(wanted: Wanted): Promise<Frame[]> {
    const get = this.#options.fetch ?? fetch;
    const response = await get(framesURL(wanted, this.#lastSeq), {
      signal: AbortSignal.timeout(PATIENCE_MS),
      cache: "no-store",
    });
    if (!response.ok) throw new Error(`GET /frames answered ${response.status}`);
    const { frames, problem } = parseFrames(await response.arrayBuffer());
    for (const frame of frames) this.#lastSeq.set(frame.key, frame.seq);
    // Good frames before a torn rest are shown; without any it is a failure.
    if (problem !== "" && frames.length === 0) throw new Error(`GET /frames: ${problem}`);
    return frames;
  }

  #sleep(ms?: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = ms === undefined ? undefined : setTimeout(() => this.wake(), ms);
      this.#wake = () => {
        clearTimeout(timer);
        this.#wake = null;
        resolve();
      };
    });
  }
}
