import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import type { News, Question } from "../backend/types";
import { state } from "../testing/camera";
import { backoffMs, NoApp, Puller, type PullerOptions, type Wanted } from "./pull";

const entry = (key: string, seq: number): News => ({ key, seq, ageMs: 1 });

const ok = (...news: News[]) => Response.json({ number: 7, news });

const NONE: ReadonlyMap<string, number> = new Map();

/** A question in short: "7 a:3,b:0+", large ones with a plus. */
function short(body: string): string {
  const { state, want } = JSON.parse(body) as Question;
  return `${state} ${want.map((w) => `${w.key}:${w.seq}${w.fps === 0 ? "+" : ""}`).join(",")}`;
}

/** A Go side whose answers the test hands out one by one. */
class FakeGo {
  /** What was asked, "POST /frames" with each. */
  asked: string[] = [];
  open = 0;
  mostOpen = 0;
  #waiting: { resolve: (r: Response) => void; reject: (e: Error) => void }[] = [];

  fetch = (url: string, { method, body }: { method: string; body: string }): Promise<Response> => {
    expect(`${method} ${url}`).toBe("POST /frames"); // no URL may ever be a new one
    this.asked.push(short(body));
    this.open++;
    this.mostOpen = Math.max(this.mostOpen, this.open);
    return new Promise<Response>((resolve, reject) =>
      this.#waiting.push({ resolve, reject }),
    ).finally(() => this.open--);
  };

  /** And waits so long, until it may be asked again. */
  async answer(response: Response, waitMs = 80): Promise<void> {
    this.#waiting.shift()?.resolve(response);
    await vi.advanceTimersByTimeAsync(waitMs);
  }

  async fail(): Promise<void> {
    this.#waiting.shift()?.reject(new TypeError("network"));
    await vi.advanceTimersByTimeAsync(0);
  }
}

describe("backoffMs", () => {
  it("doubles from 250 ms to 2 s and stays there", () => {
    expect([1, 2, 3, 4, 5, 60].map(backoffMs)).toEqual([250, 500, 1000, 2000, 2000, 2000]);
  });
});

describe("Puller", () => {
  let go: FakeGo;
  let wanted: Wanted;
  let told: string[];
  let known: number;
  let failures: number[];
  let puller: Puller;

  function start(options: Partial<PullerOptions> = {}) {
    puller = new Puller({
      wanted: () => wanted,
      known: () => known,
      onstate: (state, number) => {
        known = number;
        told.push(`${number} with ${state.cameras.length}`);
      },
      onnews: (news) => told.push(`${news.key}:${news.seq}`),
      painted: () => Promise.resolve(),
      onfailures: (n) => failures.push(n),
      fetch: go.fetch as unknown as typeof fetch,
      ...options,
    });
    void puller.run();
    return vi.advanceTimersByTimeAsync(0);
  }

  beforeEach(() => {
    vi.useFakeTimers();
    go = new FakeGo();
    wanted = { keys: ["a", "b"], full: [], widths: NONE, held: [] };
    told = [];
    known = 7;
    failures = [];
  });
  afterEach(() => {
    puller.stop();
    vi.restoreAllMocks();
    vi.useRealTimers();
  });

  it("asks with the newest sequence of each camera, one request at a time", async () => {
    await start();
    await go.answer(ok(entry("a", 3)));
    await go.answer(ok(entry("a", 4), entry("b", 9)));
    expect(go.asked).toEqual(["7 a:0,b:0", "7 a:3,b:0", "7 a:4,b:9"]);
    expect(told).toEqual(["a:3", "a:4", "b:9"]);
    expect(go.mostOpen).toBe(1);
  });

  it("asks again only after the next paint", async () => {
    let paint: () => void = () => {};
    await start({ painted: () => new Promise<void>((resolve) => (paint = resolve)) });
    await go.answer(ok(entry("a", 1)));
    expect(told).toEqual(["a:1"]);
    expect(go.asked).toHaveLength(1);
    paint();
    await vi.advanceTimersByTimeAsync(0);
    expect(go.asked).toHaveLength(2);
  });

  it.each([
    { full: [], slowerBy: 24, expected: [80, 80, 80, 96, 120] },
    { full: ["b"], slowerBy: 8, expected: [25, 25, 25, 32, 40] },
  ])("asks seldom, however fast answers and paints are: $full large", async (table) => {
    const { full, slowerBy, expected } = table;
    wanted = { keys: ["a", "b"], full, widths: NONE, held: [] };
    const asked: number[] = [];
    const fetch = () => {
      asked.push(performance.now());
      return new Promise((resolve) => setTimeout(() => resolve(ok()), asked.length * slowerBy));
    };
    await start({ fetch: fetch as unknown as typeof globalThis.fetch });
    await vi.advanceTimersByTimeAsync(600);
    const waits = asked.slice(1, 6).map((at, i) => at - (asked[i] ?? 0));
    expect(waits).toEqual(expected);
  });

  it("asks for pictures of the tile's width, and for full ones where the tile is large", async () => {
    const widths = new Map([
      ["a", 235],
      ["b", 900],
    ]);
    wanted = { keys: ["a", "b", "c"], full: ["b"], widths, held: [] };
    let body = "";
    const fetch = (_: string, request: { body: string }) => {
      body = request.body;
      return Promise.resolve(ok());
    };
    await start({ fetch: fetch as unknown as typeof globalThis.fetch });
    const { want } = JSON.parse(body) as Question;
    expect(want.map((w) => [w.key, w.fps, w.width])).toEqual([
      ["a", 10, 235],
      ["b", 0, 0],
      ["c", 10, 0],
    ]);
  });

  it("says which pictures stand, of at most 256 cameras", async () => {
    const bodies: Question[] = [];
    const fetch = (_: string, request: { body: string }) => {
      bodies.push(JSON.parse(request.body) as Question);
      return Promise.resolve(ok());
    };
    wanted = { keys: ["a"], full: [], widths: NONE, held: ["b"] };
    await start({ fetch: fetch as unknown as typeof globalThis.fetch });
    expect(bodies.at(-1)).toMatchObject({ want: [{ key: "a" }], held: ["b"] });
    wanted = { ...wanted, held: Array.from({ length: 300 }, (_, i) => `k${i}`) };
    await vi.advanceTimersByTimeAsync(1000);
    expect(bodies.at(-1)?.held).toHaveLength(256);
    wanted = { ...wanted, held: [] };
    await vi.advanceTimersByTimeAsync(1000);
    expect(bodies.at(-1)).not.toHaveProperty("held");
  });

  it("looks at once again at what is wanted when that changes between two questions", async () => {
    await start();
    await go.answer(ok());
    go.asked = [];
    await go.answer(ok(), 0);
    wanted = { keys: ["c"], full: [], widths: NONE, held: [] };
    puller.wake();
    await vi.advanceTimersByTimeAsync(0);
    expect(go.asked).toEqual(["7 c:0"]);
  });

  it("lets the page breathe while it tells much", async () => {
    const log: string[] = [];
    let clock = 0;
    vi.spyOn(performance, "now").mockImplementation(() => clock);
    await start({
      onnews: (news) => {
        log.push(news.key);
        clock += 4; // what beginning a load costs on a slow machine
      },
      breathe: () => {
        log.push("breath");
        return Promise.resolve();
      },
    });
    await go.answer(ok(...["a", "b", "c", "d", "e"].map((key) => entry(key, 1))));
    expect(log).toEqual(["a", "b", "c", "breath", "d", "e"]);
    expect(go.asked).toHaveLength(2);
  });

  it("tells a new state once, and asks for the next", async () => {
    await start();
    await go.answer(Response.json({ number: 8, state: state([]), news: [entry("a", 1)] }));
    await go.answer(ok());
    expect(told).toEqual(["8 with 0", "a:1"]);
    expect(go.asked).toEqual(["7 a:0,b:0", "8 a:1,b:0", "8 a:1,b:0"]);
  });

  it("asks once a second for the state while no camera is wanted, painted or not", async () => {
    wanted = { keys: [], full: [], widths: NONE, held: [] };
    await start({ painted: () => new Promise(() => {}) });
    for (let n = 1; n <= 3; n++) {
      expect(go.asked).toHaveLength(n);
      await go.answer(ok(), 999);
      expect(go.asked).toHaveLength(n);
      await vi.advanceTimersByTimeAsync(1);
    }
    expect(go.asked.at(-1)).toBe("7 ");
    wanted = { keys: ["a"], full: ["a"], widths: NONE, held: [] };
    await go.answer(ok(), 10);
    puller.wake();
    await vi.advanceTimersByTimeAsync(0);
    expect(go.asked.at(-1)).toBe("7 a:0+");
  });

  it("makes no request while nothing is to be asked and goes on when it is", async () => {
    let asks = false;
    await start({
      wanted: () => (asks ? { keys: ["a"], full: [], widths: NONE, held: [] } : null),
    });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(go.asked).toEqual([]);
    asks = true;
    puller.wake();
    await vi.advanceTimersByTimeAsync(0);
    expect(go.asked).toEqual(["7 a:0"]);
  });

  it("knows a server that is not the app", async () => {
    const why: unknown[] = [];
    await start({ onfailures: (_, reason) => why.push(reason) });
    await go.answer(new Response(null, { status: 404 }));
    expect(why[0]).toBeInstanceOf(NoApp);
    await go.answer(new Response(null, { status: 500 }), 250);
    expect(why[1]).not.toBeInstanceOf(NoApp);
  });

  it("backs off after failures, never gives up, and starts over after a success", async () => {
    await start();
    for (const wait of [250, 500, 1000, 2000, 2000]) {
      const before = go.asked.length;
      await go.fail();
      await vi.advanceTimersByTimeAsync(wait - 1);
      expect(go.asked).toHaveLength(before);
      await vi.advanceTimersByTimeAsync(1);
      expect(go.asked).toHaveLength(before + 1);
    }
    await go.answer(ok());
    expect(failures).toEqual([1, 2, 3, 4, 5, 0]);
    const before = go.asked.length;
    await go.fail();
    await vi.advanceTimersByTimeAsync(250);
    expect(go.asked).toHaveLength(before + 1);
  });

  it.each([
    ["an HTTP error", () => new Response(null, { status: 404 })],
    ["garbage", () => new Response("<!doctype html>")],
    ["an answer that makes no sense", () => ok(entry("a", 1), entry("b", -1))],
  ])("counts %s as a failure", async (_, answer) => {
    await start();
    await go.answer(answer());
    expect([failures, told]).toEqual([[1], []]);
  });

  it("asks for the newest frame again when an element is new", async () => {
    await start();
    await go.answer(ok(entry("a", 8), entry("b", 5)));
    puller.restart("a");
    await go.answer(ok());
    expect(go.asked.at(-1)).toBe("7 a:0,b:5");
  });

  it("keeps no more of cameras that are not wanted than there are places", async () => {
    await start();
    await go.answer(ok(entry("a", 8), entry("b", 5)));
    wanted = { keys: ["b"], full: [], widths: NONE, held: [] };
    await go.answer(ok());
    await go.answer(ok(entry("b", 6)));
    wanted = { keys: ["a", "b"], full: [], widths: NONE, held: [] };
    await go.answer(ok());
    expect(go.asked.at(-1)).toBe("7 a:8,b:6");

    const others = Array.from({ length: 1023 }, (_, i) => entry(`c${i}`, 1));
    wanted = { keys: ["b"], full: [], widths: NONE, held: [] };
    await go.answer(ok());
    await go.answer(ok(...others));
    wanted = { keys: ["a", "b"], full: [], widths: NONE, held: [] };
    await go.answer(ok());
    expect(go.asked.at(-1)).toBe("7 a:0,b:6");
  });

  it("asks no more after stop, neither awake nor asleep", async () => {
    await start();
    puller.stop();
    await go.answer(ok(entry("a", 1)));
    await vi.advanceTimersByTimeAsync(5000);
    expect(go.asked).toHaveLength(1);

    let over = false;
    const sleeper = new Puller({
      wanted: () => null,
      known: () => 0,
      onstate: () => {},
      onnews: () => {},
      painted: () => Promise.resolve(),
      fetch: go.fetch as unknown as typeof fetch,
    });
    void sleeper.run().then(() => (over = true));
    sleeper.stop();
    await vi.advanceTimersByTimeAsync(0);
    expect(over).toBe(true);
  });

  it("gives up a request that is never answered", async () => {
    const timeout = vi.spyOn(AbortSignal, "timeout");
    await start();
    expect(timeout).toHaveBeenCalledWith(8000);
  });
});
