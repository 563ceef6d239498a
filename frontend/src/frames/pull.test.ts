import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import type { Frame } from "./parse";
import { backoffMs, framesURL, Puller, type PullerOptions, type Wanted } from "./pull";

function entry(key: string, seq: number): Uint8Array {
  const head = new TextEncoder().encode(JSON.stringify({ key, seq, ageMs: 1 }));
  const bytes = new Uint8Array(8 + head.length + 1);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, head.length);
  bytes.set(head, 4);
  view.setUint32(4 + head.length, 1);
  return bytes;
}

const ok = (...bodies: Uint8Array[]) => new Response(new Blob(bodies as BlobPart[]));

/** A Go side whose answers the test hands out one by one. */
class FakeGo {
  urls: string[] = [];
  open = 0;
  mostOpen = 0;
  #waiting: { resolve: (r: Response) => void; reject: (e: Error) => void }[] = [];

  fetch = (url: string | URL | Request): Promise<Response> => {
    this.urls.push(String(url));
    this.open++;
    this.mostOpen = Math.max(this.mostOpen, this.open);
    return new Promise<Response>((resolve, reject) =>
      this.#waiting.push({ resolve, reject }),
    ).finally(() => this.open--);
  };

  async answer(response: Response): Promise<void> {
    this.#waiting.shift()?.resolve(response);
    await vi.advanceTimersByTimeAsync(0);
  }

  async fail(): Promise<void> {
    this.#waiting.shift()?.reject(new TypeError("network"));
    await vi.advanceTimersByTimeAsync(0);
  }
}

describe("framesURL", () => {
  it("percent-encodes keys, says the last sequence and names the large ones", () => {
    const seen = new Map([["agent:a/b", 41]]);
    expect(
      framesURL({ keys: ["agent:a/b", "url:x,y"], full: ["agent:a/b", "url:x,y"] }, seen),
    ).toBe("/frames?want=agent%3Aa%2Fb:41,url%3Ax%2Cy:0&full=agent%3Aa%2Fb,url%3Ax%2Cy");
    expect(framesURL({ keys: ["k"], full: [] }, seen)).toBe("/frames?want=k:0");
  });
});

describe("backoffMs", () => {
  it("doubles from 250 ms to 2 s and stays there", () => {
    expect([1, 2, 3, 4, 5, 60].map(backoffMs)).toEqual([250, 500, 1000, 2000, 2000, 2000]);
  });
});

describe("Puller", () => {
  let go: FakeGo;
  let wanted: Wanted;
  let shown: string[];
  let failures: number[];
  let puller: Puller;

  function start(options: Partial<PullerOptions> = {}) {
    puller = new Puller({
      wanted: () => wanted,
      show: (frame: Frame) => {
        shown.push(`${frame.key}:${frame.seq}`);
        return Promise.resolve();
      },
      painted: () => Promise.resolve(),
      onfailures: (n) => failures.push(n),
      fetch: go.fetch as typeof fetch,
      ...options,
    });
    void puller.run();
    return vi.advanceTimersByTimeAsync(0);
  }

  beforeEach(() => {
    vi.useFakeTimers();
    go = new FakeGo();
    wanted = { keys: ["a", "b"], full: [] };
    shown = [];
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
    expect(go.urls).toEqual([
      "/frames?want=a:0,b:0",
      "/frames?want=a:3,b:0",
      "/frames?want=a:4,b:9",
    ]);
    expect(shown).toEqual(["a:3", "a:4", "b:9"]);
    expect(go.mostOpen).toBe(1);
  });

  it.each(["show", "painted"] as const)("asks again only after %s", async (step) => {
    let finish: () => void = () => {};
    await start({ [step]: () => new Promise<void>((resolve) => (finish = resolve)) });
    await go.answer(ok(entry("a", 1)));
    expect(go.urls).toHaveLength(1);
    finish();
    await vi.advanceTimersByTimeAsync(0);
    expect(go.urls).toHaveLength(2);
  });

  it("lets the page breathe while it shows many pictures", async () => {
    const log: string[] = [];
    let clock = 0;
    vi.spyOn(performance, "now").mockImplementation(() => clock);
    await start({
      show: (frame) => {
        log.push(frame.key);
        clock += 10; // what a picture costs on a slow machine
        return Promise.resolve();
      },
      breathe: () => {
        log.push("breath");
        return Promise.resolve();
      },
    });
    await go.answer(ok(...["a", "b", "c", "d", "e"].map((key) => entry(key, 1))));
    expect(log).toEqual(["a", "b", "c", "breath", "d", "e"]);
    expect(go.urls).toHaveLength(2);
  });

  it("makes no request while nothing is wanted and goes on when it is", async () => {
    wanted = { keys: [], full: [] };
    await start();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(go.urls).toEqual([]);
    wanted = { keys: ["a"], full: ["a"] };
    puller.wake();
    await vi.advanceTimersByTimeAsync(0);
    expect(go.urls).toEqual(["/frames?want=a:0&full=a"]);
  });

  it("backs off after failures, never gives up, and starts anew after a success", async () => {
    await start();
    for (const wait of [250, 500, 1000, 2000, 2000]) {
      const before = go.urls.length;
      await go.fail();
      await vi.advanceTimersByTimeAsync(wait - 1);
      expect(go.urls).toHaveLength(before);
      await vi.advanceTimersByTimeAsync(1);
      expect(go.urls).toHaveLength(before + 1);
    }
    await go.answer(ok());
    expect(failures).toEqual([1, 2, 3, 4, 5, 0]);
    const before = go.urls.length;
    await go.fail();
    await vi.advanceTimersByTimeAsync(250);
    expect(go.urls).toHaveLength(before + 1);
  });

  it.each([
    ["an HTTP error", () => new Response(null, { status: 404 })],
    ["garbage", () => new Response("<!doctype html>")],
  ])("counts %s as a failure", async (_, answer) => {
    await start();
    await go.answer(answer());
    expect(failures).toEqual([1]);
  });

  it("shows the good frames before a torn rest", async () => {
    await start();
    await go.answer(ok(entry("a", 1), entry("b", 1).slice(0, -1)));
    expect(shown).toEqual(["a:1"]);
    expect(failures).toEqual([]);
  });

  it("asks for the newest frame again when an element is new", async () => {
    await start();
    await go.answer(ok(entry("a", 8), entry("b", 5)));
    puller.restart("a");
    await go.answer(ok());
    expect(go.urls.at(-1)).toBe("/frames?want=a:0,b:5");
  });

  it("asks no more after stop, neither awake nor asleep", async () => {
    await start();
    puller.stop();
    await go.answer(ok(entry("a", 1)));
    await vi.advanceTimersByTimeAsync(5000);
    expect(go.urls).toHaveLength(1);

    wanted = { keys: [], full: [] };
    let over = false;
    const sleeper = new Puller({
      wanted: () => wanted,
      show: () => Promise.resolve(),
      painted: () => Promise.resolve(),
      fetch: go.fetch as typeof fetch,
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
