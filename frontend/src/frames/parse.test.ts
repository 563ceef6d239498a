import { describe, expect, it } from "vitest";

import { parseFrames } from "./parse";

const utf8 = new TextEncoder();

function chunk(bytes: Uint8Array): number[] {
  const length = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, bytes.length);
  return [...length, ...bytes];
}

function entry(meta: unknown, jpeg: number[]): number[] {
  return [...chunk(utf8.encode(JSON.stringify(meta))), ...chunk(new Uint8Array(jpeg))];
}

function body(...parts: number[][]): ArrayBuffer {
  return new Uint8Array(parts.flat()).buffer;
}

const porch = { key: "agent:1/imx708", seq: 7, ageMs: 12 };
const garage = { key: "agent:2/ov5647", seq: 1, ageMs: 0 };
const jpeg = [0xff, 0xd8, 1, 2, 3, 0xff, 0xd9];

/** A good header but for one byte inside the key. */
function notUTF8(): Uint8Array {
  const bytes = utf8.encode(JSON.stringify(porch));
  bytes[10] = 0xff;
  return bytes;
}

describe("parseFrames", () => {
  it("reads nothing from an empty body", () => {
    expect(parseFrames(body())).toEqual({ frames: [], problem: "" });
  });

  it("reads every frame with its bytes", () => {
    const parsed = parseFrames(body(entry(porch, jpeg), entry(garage, [9])));
    expect(parsed.problem).toBe("");
    expect(parsed.frames).toEqual([
      { ...porch, jpeg: new Uint8Array(jpeg) },
      { ...garage, jpeg: new Uint8Array([9]) },
    ]);
  });

  it("shows what is whole when the body is cut anywhere", () => {
    const first = entry(porch, jpeg);
    const whole = [...first, ...entry(garage, jpeg)];
    for (let cut = 0; cut < whole.length; cut++) {
      const { frames, problem } = parseFrames(body(whole.slice(0, cut)));
      expect(frames.map((f) => f.key)).toEqual(cut >= first.length ? [porch.key] : []);
      expect(problem === "").toBe(cut === 0 || cut === first.length);
    }
  });

  it.each([
    ["no JSON", chunk(utf8.encode("nonsense"))],
    ["not an object", chunk(utf8.encode("null"))],
    ["not UTF-8", [...chunk(notUTF8()), ...chunk(new Uint8Array(jpeg))]],
    ["no key", entry({ seq: 1, ageMs: 1 }, jpeg)],
    ["an empty key", entry({ ...porch, key: "" }, jpeg)],
    ["a key that is no text", entry({ ...porch, key: 5 }, jpeg)],
    ["a sequence that is no count", entry({ ...porch, seq: 1.5 }, jpeg)],
    ["a negative sequence", entry({ ...porch, seq: -1 }, jpeg)],
    ["a negative age", entry({ ...porch, ageMs: -1 }, jpeg)],
    ["no age", entry({ key: "a", seq: 1 }, jpeg)],
    ["a length far beyond the body", [0xff, 0xff, 0xff, 0xff, 1, 2, 3]],
  ])("keeps the frames before %s and says what is wrong", (_, garbage) => {
    const { frames, problem } = parseFrames(body(entry(garage, jpeg), garbage));
    expect(frames.map((f) => f.key)).toEqual([garage.key]);
    expect(problem).not.toBe("");
  });

  it("survives random bytes and never invents bytes that were not there", () => {
    const random = seeded(20251122);
    for (let round = 0; round < 3000; round++) {
      const bytes = round % 2 ? noise(random) : mutated(random);
      const { frames } = parseFrames(new Uint8Array(bytes).buffer);
      let used = 0;
      for (const frame of frames) {
        used += 8 + frame.jpeg.byteLength;
        expect(frame.key).not.toBe("");
        expect(Number.isSafeInteger(frame.seq)).toBe(true);
        expect(frame.ageMs).toBeGreaterThanOrEqual(0);
      }
      expect(used).toBeLessThanOrEqual(bytes.length);
    }
  });
});

type Random = (below: number) => number;

function seeded(seed: number): Random {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

function noise(random: Random): number[] {
  // Small first bytes, so that lengths are often plausible.
  return Array.from({ length: random(80) }, () => (random(3) ? random(4) : random(256)));
}

/** A good body with a few bytes changed: close to right is where parsers fail. */
function mutated(random: Random): number[] {
  const bytes = [...entry(porch, jpeg), ...entry(garage, jpeg)];
  for (let i = random(4); i >= 0; i--) bytes[random(bytes.length)] = random(256);
  return bytes.slice(0, random(bytes.length + 1));
}
