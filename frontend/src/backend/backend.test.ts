import { describe, expect, it } from "vitest";

import { accessResult, KEY } from "../testing/access";
import { savedResult, state } from "../testing/camera";
import { connect } from "./backend";
import type { AddResult } from "./types";

describe("backend", () => {
  const asked: string[] = [];
  const states: number[] = [];
  let answer: () => Response;
  const backend = connect((state, number) => states.push(number + state.cameras.length), ((
    url: string,
    { method, body }: { method: string; body: string },
  ) => {
    asked.push(`${method} ${url} ${body}`);
    return Promise.resolve(answer());
  }) as typeof fetch);

  it("sends commands, and takes the state after each", async () => {
    answer = () => Response.json({ number: 8, state: state([]), news: [] });
    await backend.forget("k1");
    await backend.forgetAgent("k1");
    await backend.retry("");
    await backend.search();
    await backend.stopSearch();
    await backend.cancelAdd();
    await backend.move("k1", "k2", "Door");
    await backend.layout("focus", "");
    await backend.saveView("Door", { name: "Gate", cameras: ["k1"], layout: "focus" });
    await backend.showView("Gate");
    await backend.removeView("Gate");
    expect(asked).toEqual([
      'POST /call/forget {"key":"k1"}',
      'POST /call/forgetAgent {"key":"k1"}',
      'POST /call/retry {"key":""}',
      "POST /call/search {}",
      "POST /call/stopSearch {}",
      "POST /call/cancelAdd {}",
      'POST /call/move {"key":"k1","before":"k2","view":"Door"}',
      'POST /call/layout {"layout":"focus","view":""}',
      'POST /call/saveView {"view":"Door","name":"Gate","keys":["k1"],"layout":"focus"}',
      'POST /call/showView {"view":"Gate"}',
      'POST /call/removeView {"view":"Gate"}',
    ]);
    expect(states).toEqual(asked.map(() => 8));
  });

  it("returns how something about access ended, also when nothing answers", async () => {
    const access = accessResult({ ok: false, code: "taken" });
    answer = () => Response.json({ number: 9, state: state([]), news: [], access });
    asked.length = 0;
    expect(await backend.access("nameHousehold", { household: "h1", name: "Home" })).toEqual(
      access,
    );
    expect(asked).toEqual(['POST /call/nameHousehold {"household":"h1","name":"Home"}']);
    for (const bad of [
      () => Response.json({ number: 9, news: [] }),
      () => new Response("", { status: 500 }),
    ]) {
      answer = bad;
      const result = await backend.access("join", { text: KEY, name: "Home" });
      expect(result).toMatchObject({ ok: false, code: "", opened: [], watched: [] });
      expect(result.detail).toContain("POST /call/join answered");
      expect(result.detail).not.toContain(KEY);
    }
  });

  it("returns how saving ended, also when nothing answers", async () => {
    const saved = savedResult({ paths: ["/p/a.jpg"] });
    answer = () => Response.json({ number: 9, state: state([]), news: [], saved });
    asked.length = 0;
    expect(await backend.save("snapshot", { key: "k1" })).toEqual(saved);
    expect(asked).toEqual(['POST /call/snapshot {"key":"k1"}']);
    answer = () => new Response("", { status: 500 });
    const failed = await backend.save("clip", { key: "k1" });
    expect(failed).toMatchObject({ code: "failed", paths: [] });
    expect(failed.detail).toContain("POST /call/clip answered 500");
  });

  it("returns what happened, and nothing when nothing answers", async () => {
    const history = { now: 5, cameras: [], csv: "a,b" };
    answer = () => Response.json({ number: 9, state: state([]), news: [], history });
    asked.length = 0;
    expect(await backend.history("k1")).toEqual(history);
    expect(await backend.exportHistory()).toBe("a,b");
    expect(asked).toEqual(['POST /call/history {"key":"k1"}', "POST /call/exportHistory {}"]);
    answer = () => new Response("", { status: 500 });
    expect(await backend.history("")).toBeNull();
    expect(await backend.exportHistory()).toBeNull();
  });

  it("returns how adding ended", async () => {
    const result: AddResult = { ok: true, keys: ["k"], reason: "", address: "pi", detail: "" };
    answer = () => Response.json({ number: 9, state: state([]), news: [], result });
    expect(await backend.add("pi")).toEqual(result);
    answer = () => Response.json({ number: 9, news: [] });
    await expect(backend.add("pi")).rejects.toThrow("without a result");
    answer = () => new Response("no", { status: 400 });
    await expect(backend.add("pi")).rejects.toThrow("400");
  });
});
