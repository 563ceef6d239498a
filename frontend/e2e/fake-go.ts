// The Go side as the page sees it: /frames, /frame and /call.
// Serves the built dist.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { readFile } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";
import { text } from "node:stream/consumers";

import type { Page } from "playwright-core";

import type {
  AccessResult,
  AddResult,
  Answer,
  Call,
  Camera,
  Heard,
  History,
  News,
  Question,
  Saved,
  SettingsResult,
  State,
} from "../src/backend/types";
import { accessResult } from "../src/testing/access";
import { savedResult, state } from "../src/testing/camera";

import { ARRANGE } from "./fake-arrange";

const DIST = join(import.meta.dirname, "..", "dist");
const TYPES: Record<string, string> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".css": "text/css",
};
/** Commands about this app's settings. */
const SETTINGS = [
  "setAppearance",
  "saving",
  "tryName",
  "setSaving",
  "chooseFolder",
  "notify",
  "exportSettings",
  "importSettings",
  "diagnostics",
];
/** Commands about saved pictures. */
const SAVES = ["snapshot", "clip", "reveal"];
/** Commands that are answered with the state alone. */
const PLAIN = ["cancelAdd", "forget", "forgetAgent", "retry", "search", "stopSearch"];
const POLL_MS = 10;
const LONGEST_WAIT_MS = 500;
const LONGEST_EMIT_MS = 10_000;

/** Where a camera's pictures come from. */
export interface Film {
  loop: Buffer[];
  /** Frames per second; 0 = one frame, then nothing. */
  fps: number;
  /** The same picture in other widths, pixels: the smallest one that is wide enough comes. */
  sizes?: ReadonlyMap<number, Buffer>;
}

export class FakeGo {
  state: State = state([]);
  films = new Map<string, Film>();
  /** What was asked with POST /frames, in order. */
  questions: Question[] = [];
  /** How many of these are not answered yet. */
  unanswered = 0;
  /** How many pictures were loaded. */
  loads = 0;
  /** Commands of the page, "retry k1". */
  calls: string[] = [];
  add: (address: string) => AddResult | Promise<AddResult> = (address) => ({
    ok: false,
    keys: [],
    reason: "unreachable",
    address,
    detail: "",
  });
  /** What was asked about access and settings, in order. */
  asked: { command: string; call: Partial<Call> }[] = [];
  /** Answers that; what is well goes well, unless a test has another answer. */
  access: (command: string, call: Partial<Call>) => AccessResult | Promise<AccessResult> = () =>
    accessResult();
  /** Answers what is asked about settings. */
  settings: (command: string, call: Partial<Call>) => Partial<SettingsResult> = () => ({});
  /** What happened to cameras. */
  history: History = { now: 0, cameras: [] };
  /** Answers what saves pictures. */
  save: (command: string, call: Partial<Call>) => Partial<Saved> = () => ({});
  /** What a person saved as a file, in order. */
  files: { name: string; text: string }[] = [];
  /** The answer to the command heard. */
  heard: Heard = { agents: [], forgotten: 0, declined: 0 };
  /** Answers POST /frames with 500 while true. */
  broken = false;
  /** There is no Go side, only the page's files. */
  absent = false;
  #number = 1;
  /** How wide the pictures are to be, as asked last. */
  #widths = new Map<string, number>();
  /** The newest state that the page has said it knows. */
  #known = 0;

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

  /** Puts on the page what only a window can do, before its scripts run. */
  async install(page: Page): Promise<void> {
    await page.addInitScript(injectFakeWails);
  }

  /** Changes the whole state, and waits until the page knows it. */
  async emit(_: Page, cameras: Camera[], differences: Partial<State> = {}) {
    this.state = { ...state(cameras), ...differences };
    const number = ++this.#number;
    for (const end = Date.now() + LONGEST_EMIT_MS; this.#known < number;) {
      if (Date.now() > end) throw new Error("the page does not ask for the state");
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }

  /** Changes a part of the state, as a command does. */
  change(differences: Partial<State>): void {
    this.state = { ...this.state, ...differences };
    this.#number++;
  }

  #answer(
    known: number,
    news: News[],
    ended: Pick<
      Answer,
      "savedAs" | "heard" | "result" | "access" | "settings" | "saved" | "history"
    > = {},
  ): Answer {
    return {
      number: this.#number,
      news,
      ...(known !== this.#number && { state: this.state }),
      ...ended,
    };
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", this.url);
    if (request.method === "POST" && !this.absent) {
      if (url.pathname === "/frames") {
        this.unanswered++;
        return this.#frames(request, response).finally(() => this.unanswered--);
      }
      return this.#call(url.pathname.replace("/call/", ""), request, response);
    }
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

  async #call(name: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const call = JSON.parse(await text(request)) as Partial<Call>;
    const { key = "", address = "" } = call;
    // Dialogs ask what happened by themselves.
    if (name !== "history") this.calls.push(`${name} ${key || address}`.trim());
    try {
      if (name === "add") send(response, this.#answer(0, [], { result: await this.add(address) }));
      else if (name === "history" || name === "exportHistory") {
        const all = this.history.cameras;
        const cameras = key === "" ? all : all.filter((camera) => camera.key === key);
        send(response, this.#answer(0, [], { history: { ...this.history, cameras } }));
      } else if (SAVES.includes(name)) {
        this.asked.push({ command: name, call });
        const saved = savedResult({ until: Date.now(), ...this.save(name, call) });
        send(response, this.#answer(0, [], { saved }));
      } else if (name === "saveAs") {
        const { name: file = "", text: content = "" } = call;
        this.files.push({ name: file, text: content });
        const savedAs = { ok: true, code: "", path: `/home/ada/${file}`, detail: "" };
        send(response, this.#answer(0, [], { savedAs }));
      } else if (name === "heard") send(response, this.#answer(0, [], { heard: this.heard }));
      else if (SETTINGS.includes(name)) {
        this.asked.push({ command: name, call });
        const said = this.settings(name, call);
        const settings = { ok: true, code: "", detail: "", text: "", added: 0, ...said };
        send(response, this.#answer(0, [], { settings }));
      } else if (ARRANGE[name]) {
        this.change(ARRANGE[name](this.state, call));
        send(response, this.#answer(0, []));
      } else if (PLAIN.includes(name)) send(response, this.#answer(0, []));
      else {
        this.asked.push({ command: name, call });
        const access = await this.access(name, call);
        send(response, this.#answer(0, [], { access }));
      }
    } catch {
      response.writeHead(500).end();
    }
  }

  async #frames(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const question = JSON.parse(await text(request)) as Question;
    this.questions.push(question);
    this.#known = question.state;
    for (const { key, width } of question.want) this.#widths.set(key, width);
    if (this.broken) {
      response.writeHead(500).end();
      return;
    }
    const deadline = Date.now() + LONGEST_WAIT_MS;
    let news = this.#news(question);
    while (
      news.length === 0 &&
      question.want.length > 0 &&
      question.state === this.#number &&
      Date.now() < deadline
    ) {
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
      news = this.#news(question);
    }
    send(response, this.#answer(question.state, news));
  }

  #frame(url: URL, response: ServerResponse): void {
    this.loads++;
    const key = url.searchParams.get("key") ?? "";
    const film = this.films.get(key);
    const jpeg = this.#sized(key, film) ?? film?.loop[this.#seq(film) % film.loop.length];
    if (!jpeg) {
      response.writeHead(404).end();
      return;
    }
    response.setHeader("Content-Type", "image/jpeg").setHeader("Cache-Control", "no-store");
    response.end(jpeg);
  }

  #sized(key: string, film: Film | undefined): Buffer | undefined {
    const width = this.#widths.get(key) ?? 0;
    const wide = [...(film?.sizes?.keys() ?? [])].filter((w) => width > 0 && w >= width);
    return film?.sizes?.get(Math.min(...wide));
  }

  #seq(film: Film): number {
    return 1 + Math.floor(((Date.now() - this.#started) / 1000) * film.fps);
  }

  #news({ want }: Question): News[] {
    return want.flatMap(({ key, seq: last }) => {
      const film = this.films.get(key);
      if (!film) return [];
      const seq = this.#seq(film);
      return seq > last ? [{ key, seq, ageMs: 20 }] : [];
    });
  }
}

function send(response: ServerResponse, answer: Answer): void {
  response.setHeader("Content-Type", "application/json").end(JSON.stringify(answer));
}

/** Runs in the page. */
function injectFakeWails(): void {
  const w = window as unknown as { runtime: unknown; fakeClipboard: string; fakeOpened: string };
  let full = false;
  const fill = (whole: boolean) => {
    full = whole;
    setTimeout(() => window.dispatchEvent(new Event("resize")), 20);
  };
  w.runtime = {
    WindowFullscreen: () => fill(true),
    WindowUnfullscreen: () => fill(false),
    WindowIsFullscreen: () => Promise.resolve(full),
    ClipboardSetText: (text: string) => {
      w.fakeClipboard = text;
      return Promise.resolve(true);
    },
    BrowserOpenURL: (url: string) => (w.fakeOpened = url),
  };
}
