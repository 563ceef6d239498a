// The Go side as the page sees it: bound methods, the state event, /frames and /frame.
// Serves the built dist.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { readFile } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";
import { text } from "node:stream/consumers";

import type { Page } from "playwright-core";

import type { AddResult, Camera, State } from "../src/backend/types";
import type { News } from "../src/frames/news";
import { state } from "../src/testing/camera";

const DIST = join(import.meta.dirname, "..", "dist");
const TYPES: Record<string, string> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".css": "text/css",
};
const POLL_MS = 10;
const LONGEST_WAIT_MS = 500;

/** Where a camera's pictures come from. */
export interface Film {
  loop: Buffer[];
  /** Frames per second; 0 = one frame, then nothing. */
  fps: number;
}

export class FakeGo {
  state: State = state([]);
  films = new Map<string, Film>();
  /** What was asked with POST /frames, in order. */
  questions: string[] = [];
  /** How many pictures were loaded. */
  loads = 0;
  /** Bound methods the page called, "Retry k1". */
  calls: string[] = [];
  add: (address: string) => AddResult | Promise<AddResult> = (address) => ({
    ok: false,
    keys: [],
    reason: "unreachable",
    address,
    detail: "",
    warning: "",
  });
  /** Answers POST /frames with 500 while true. */
  broken = false;

  #server: Server;
  #started = Date.now();

  constructor() {
    this.#server = createServer((request, response) => void this.#serve(request, response));
  }

  async listen(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** Puts window.go and window.runtime on the page before its scripts run. */
  async install(page: Page): Promise<void> {
    await page.exposeFunction("fakeGoCall", (method: string, argument?: string) =>
      this.#call(method, argument),
    );
    await page.addInitScript(injectFakeWails);
  }

  /** Sends the whole state as the event `state`. */
  async emit(page: Page, cameras: Camera[], differences: Partial<State> = {}) {
    this.state = { ...state(cameras), ...differences };
    await page.evaluate((s) => {
      (window as unknown as { fakeGoEmit: (s: unknown) => void }).fakeGoEmit(s);
    }, this.state);
  }

  #call(method: string, argument = ""): unknown {
    if (method === "State")
      return state(this.state.cameras, this.state.discovery, this.state.notice);
    this.calls.push(`${method} ${argument}`.trim());
    return method === "Add" ? this.add(argument) : null;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", this.url);
    if (url.pathname === "/frames") return this.#frames(request, response);
    if (url.pathname === "/frame") return this.#frame(url, response);
    const path = normalize(url.pathname === "/" ? "/index.html" : url.pathname);
    try {
      const file = await readFile(join(DIST, path));
      response.setHeader("Content-Type", TYPES[extname(path)] ?? "application/octet-stream");
      response.end(file);
    } catch {
      response.writeHead(404).end();
    }
  }

  async #frames(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const question = await text(request);
    this.questions.push(question);
    if (this.broken) {
      response.writeHead(500).end();
      return;
    }
    const deadline = Date.now() + LONGEST_WAIT_MS;
    let news = this.#news(question);
    while (news.length === 0 && Date.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
      news = this.#news(question);
    }
    response.setHeader("Content-Type", "application/json").end(JSON.stringify(news));
  }

  #frame(url: URL, response: ServerResponse): void {
    this.loads++;
    const film = this.films.get(url.searchParams.get("key") ?? "");
    const jpeg = film?.loop[this.#seq(film) % film.loop.length];
    if (!jpeg) {
      response.writeHead(404).end();
      return;
    }
    response.setHeader("Content-Type", "image/jpeg").setHeader("Cache-Control", "no-store");
    response.end(jpeg);
  }

  #seq(film: Film): number {
    return 1 + Math.floor(((Date.now() - this.#started) / 1000) * film.fps);
  }

  #news(question: string): News[] {
    // Keys are percent-encoded inside the comma list.
    const want = /want=([^&]*)/.exec(question)?.[1] ?? "";
    return want.split(",").flatMap((item) => {
      const at = item.lastIndexOf(":");
      const key = decodeURIComponent(item.slice(0, at));
      const film = this.films.get(key);
      if (!film) return [];
      const seq = this.#seq(film);
      return seq > Number(item.slice(at + 1)) ? [{ key, seq, ageMs: 20 }] : [];
    });
  }
}

/** Runs in the page. */
function injectFakeWails(): void {
  const w = window as unknown as {
    fakeGoCall: (method: string, argument?: string) => Promise<unknown>;
    fakeGoEmit: (state: unknown) => void;
    go: unknown;
    runtime: unknown;
    fakeClipboard: string;
  };
  const call = (method: string) => (argument?: string) => w.fakeGoCall(method, argument);
  w.go = {
    app: {
      App: {
        State: call("State"),
        Add: call("Add"),
        Forget: call("Forget"),
        ForgetAgent: call("ForgetAgent"),
        Retry: call("Retry"),
        Search: call("Search"),
        StopSearch: call("StopSearch"),
      },
    },
  };
  const listeners = new Set<(state: unknown) => void>();
  w.fakeGoEmit = (state) => listeners.forEach((listener) => listener(state));
  let full = false;
  const fill = (whole: boolean) => {
    full = whole;
    setTimeout(() => window.dispatchEvent(new Event("resize")), 20);
  };
  w.runtime = {
    EventsOnMultiple: (_: string, listener: (state: unknown) => void) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    WindowFullscreen: () => fill(true),
    WindowUnfullscreen: () => fill(false),
    WindowIsFullscreen: () => Promise.resolve(full),
    ClipboardSetText: (text: string) => {
      w.fakeClipboard = text;
      return Promise.resolve(true);
    },
  };
}
