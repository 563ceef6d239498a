// The pull loop: ask what is new of what is visible, tell it, wait for the next
// paint, ask again. One request at a time.
import { readAnswer } from "../backend/answer";
import type { Answer, News, Question, State } from "../backend/types";

const FIRST_BACKOFF_MS = 250;
const LONGEST_BACKOFF_MS = 2000;
/** The Go side answers within 500 ms; far beyond that the request is lost. */
const PATIENCE_MS = 8000;
/**
 * From one question to the next. A question costs more than a picture, and WebKit
 * without a graphics card calls for a paint up to 190 times a second. A large
 * tile gets all frames of its camera, mostly 30 a second.
 */
const INTERVAL_MS = 80;
const FULL_INTERVAL_MS = 25;
/** Frames per second of a tile that is not large: enough to see what moves. */
const GRID_FPS = 10;
/** From one question of a page that shows no camera to the next: it wants to know the state. */
const UNSEEN_INTERVAL_MS = 1000;
/** Of how many cameras it is kept which frame was told last: as many as the Go side has places for. */
const MOST_KEPT = 1024;
/** Of how many cameras the Go side keeps what there is (desktop/gridapi, maxWants). */
const MOST_HELD = 256;
/** How long news are told at a stretch: a click waits no longer than this. */
const STRETCH_MS = 10;

export interface Wanted {
  /** Cameras to show now; none for a page that nobody sees. */
  keys: readonly string[];
  /** Those of them that are shown large: every frame of them is worth something. */
  full: readonly string[];
  /** How many pixels of the screen lie across the picture of each of the others. */
  widths: ReadonlyMap<string, number>;
  /** Cameras of which the page keeps showing the last picture, and asks for no other. */
  held: readonly string[];
}

export interface PullerOptions {
  /** null: nothing is to be asked. */
  wanted: () => Wanted | null;
  /** The number of the state that the page knows. */
  known: () => number;
  /** Called after every answer. */
  onanswer?: () => void;
  /** Told of every state that is new. */
  onstate: (state: State, number: number) => void;
  /** Told of every frame that is new. */
  onnews: (news: News) => void;
  /** Resolves when the next picture of the page is painted. */
  painted: () => Promise<void>;
  /** Resolves when the browser has done what waited. */
  breathe?: () => Promise<void>;
  /** Told how many requests in a row failed, and why; 0 when one worked again. */
  onfailures?: (inARow: number, why?: unknown) => void;
  fetch?: typeof fetch;
}

/** What answers is not PiGrid: a page that was opened without the app. */
export class NoApp extends Error {}

/** This browser is not logged in any more. */
export class LoggedOut extends Error {}

function interval({ keys, full }: Wanted): number {
  if (keys.length === 0) return UNSEEN_INTERVAL_MS;
  return full.length > 0 ? FULL_INTERVAL_MS : INTERVAL_MS;
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
      if (wanted === null) await this.#sleep();
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

  /** Forgets what was told of a camera whose element is new and empty. */
  restart(key: string): void {
    this.#lastSeq.delete(key);
  }

  /** Cameras can come and go at each question, for months. */
  #forgetOthers(keys: readonly string[]): void {
    if (this.#lastSeq.size <= MOST_KEPT) return;
    const there = new Set(keys);
    for (const key of this.#lastSeq.keys()) if (!there.has(key)) this.#lastSeq.delete(key);
  }

  async #pullOnce(wanted: Wanted): Promise<void> {
    const begin = performance.now();
    this.#forgetOthers(wanted.keys);
    try {
      const { state, number, news } = await this.#request(wanted);
      this.#count(0);
      this.#options.onanswer?.();
      if (state) this.#options.onstate(state, number);
      await this.#tell(news);
      if (wanted.keys.length > 0) await this.#options.painted();
      const rest = begin + interval(wanted) - performance.now();
      if (rest > 0) await this.#sleep(rest);
    } catch (why) {
      this.#count(this.#failures + 1, why);
      await this.#sleep(backoffMs(this.#failures));
    }
  }

  /** Tells all, and lets the page breathe between: each one may begin a load. */
  async #tell(all: readonly News[]): Promise<void> {
    let begin = performance.now();
    for (const news of all) {
      if (performance.now() - begin >= STRETCH_MS) {
        await (this.#options.breathe ?? breathe)();
        begin = performance.now();
      }
      this.#lastSeq.set(news.key, news.seq);
      this.#options.onnews(news);
    }
  }

  #count(failures: number, why?: unknown): void {
    if (failures !== this.#failures) this.#options.onfailures?.(failures, why);
    this.#failures = failures;
  }

  #question({ keys, full, widths, held }: Wanted): Question {
    const want = keys.map((key) => ({
      key,
      seq: this.#lastSeq.get(key) ?? 0,
      fps: full.includes(key) ? 0 : GRID_FPS,
      width: full.includes(key) ? 0 : (widths.get(key) ?? 0),
    }));
    const state = this.#options.known();
    return held.length > 0 ? { state, want, held: held.slice(0, MOST_HELD) } : { state, want };
  }

  async #request(wanted: Wanted): Promise<Answer> {
    const get = this.#options.fetch ?? fetch;
    // Not in the URL: WebKit keeps every URL that was ever asked for.
    const response = await get("/frames", {
      method: "POST",
      body: JSON.stringify(this.#question(wanted)),
      signal: AbortSignal.timeout(PATIENCE_MS),
      cache: "no-store",
    });
    if (response.status === 401) throw new LoggedOut();
    if ([404, 405, 501].includes(response.status)) throw new NoApp();
    if (!response.ok) throw new Error(`POST /frames answered ${response.status}`);
    return readAnswer(await response.json());
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
