import { describe, expect, it } from "vitest";

import type { Camera } from "../backend/types";
import { camera } from "../testing/camera";
import { label, nameOf, next, status, tone } from "./status";

const now = Date.UTC(2025, 10, 22, 14, 10, 0);
const at = (h: number, m: number, s = 0) => Date.UTC(2025, 10, 22, h, m, s);

describe("status", () => {
  it.each<[string, Partial<Camera>, string]>([
    ["connecting, at first", { state: "connecting", since: now - 399 }, ""],
    ["connecting", { state: "connecting", since: now - 400 }, "Connecting…"],
    ["live", { state: "live" }, "Live"],
    ["live, a moment ago", { state: "live", fps: 0.4, lastFrameAt: now - 3000 }, "Live"],
    [
      "live, now and then",
      { state: "live", fps: 0.1, lastFrameAt: now - 12_400 },
      "Picture 12 s old",
    ],
    ["live, no rate", { state: "live", fps: 0, lastFrameAt: now - 125_000 }, "Picture 2 min old"],
    ["live, not told of lately", { state: "live", fps: 15, lastFrameAt: now - 4000 }, "Live"],
    ["slow, now and then", { state: "slow", fps: 0.1, lastFrameAt: now - 9000 }, "Slow · 0.1 fps"],
    ["slow", { state: "slow", fps: 2.96 }, "Slow · 3 fps"],
    ["very slow", { state: "slow", fps: 0.24 }, "Slow · 0.2 fps"],
    ["stalled", { state: "stalled", lastFrameAt: now - 7000 }, "No new picture for 7 s"],
    [
      "stalled for long",
      { state: "stalled", lastFrameAt: now - 125_000 },
      "No new picture for 2 min",
    ],
    ["stalled, never a frame", { state: "stalled" }, "No new picture"],
    ["offline", { state: "offline", since: at(14, 2) }, "Offline since 14:02"],
    [
      "offline since yesterday",
      { state: "offline", since: at(14, 2) - 86_400_000 },
      "Offline since yesterday 14:02",
    ],
    [
      "offline for days",
      { state: "offline", since: at(14, 2) - 10 * 86_400_000 },
      "Offline since 12 Nov 14:02",
    ],
    ["offline, nobody knows since when", { state: "offline" }, "Offline"],
    ["refused", { state: "refused" }, "Access denied"],
    ["locked", { state: "refused", reason: "needs-key" }, "Needs your household key"],
    ["another's", { state: "refused", reason: "not-yours" }, "Not your camera"],
    ["another key", { state: "refused", reason: "changed-key" }, "Another key than before"],
    ["keychain", { state: "refused", reason: "keychain" }, "The keychain is locked"],
    ["camera error", { state: "camera-error" }, "Camera problem"],
    ["no place left", { state: "camera-error", reason: "busy", status: 503 }, "Too many viewers"],
    ["no connection left", { state: "camera-error", reason: "crowded" }, "Too many connections"],
    [
      "no place left at a camera without an agent",
      { state: "camera-error", reason: "camera", status: 503, url: "http://cam/" },
      "Too many viewers",
    ],
    ["an agent's 503", { state: "camera-error", reason: "camera", status: 503 }, "Camera problem"],
    ["too many scans", { state: "camera-error", reason: "too-complex" }, "Picture takes too long"],
    ["too large", { state: "camera-error", reason: "too-large" }, "Picture too large"],
    [
      "too large beside others",
      { state: "camera-error", reason: "no-room", url: "http://cam/" },
      "Picture too large",
    ],
    ["too old", { state: "incompatible", reason: "too-old" }, "Agent too old"],
    ["too new", { state: "incompatible", reason: "too-new" }, "Agent too new"],
    ["paused, at first", { state: "paused", since: now - 100 }, ""],
    ["paused", { state: "paused", since: now - 3000 }, "Paused"],
    ["paused by hand", { state: "paused", frozen: true } as Partial<Camera>, "Paused by you"],
  ])("%s", (_, differences, words) => {
    expect(status(camera(differences), now)).toBe(words);
  });

  it.each<[string, Partial<Camera>, string]>([
    ["old", { state: "live", fps: 0.1, lastFrameAt: now - 12_400 }, "12 s old"],
    ["stalled", { state: "stalled", lastFrameAt: now - 7000 }, "No picture · 7 s"],
    ["for days", { state: "stalled", lastFrameAt: now - 11 * 86_400_000 }, "No picture · 11 d"],
    ["never a frame", { state: "stalled" }, "No picture"],
    ["offline", { state: "offline", since: at(14, 2) }, "Offline · 14:02"],
    ["yesterday", { state: "offline", since: at(14, 2) - 86_400_000 }, "Offline · yesterday"],
    ["for days", { state: "offline", since: at(14, 2) - 10 * 86_400_000 }, "Offline · 12 Nov"],
    ["nobody knows since when", { state: "offline" }, "Offline"],
    ["the others as always", { state: "refused" }, "Access denied"],
  ])("in short: %s", (_, differences, words) => {
    expect(status(camera(differences), now, true)).toBe(words);
  });
});

describe("next", () => {
  it.each<[string, Partial<Camera>, string]>([
    ["counts down", { state: "offline", retryAt: now + 7600 }, "retrying in 8 s"],
    ["never says 0 s", { state: "offline", retryAt: now + 200 }, "retrying in 1 s"],
    ["is due", { state: "offline", retryAt: now }, "retrying now"],
    ["is over", { state: "refused", retryAt: now - 5000 }, "retrying now"],
    ["long waits", { state: "refused", retryAt: now + 90_000 }, "retrying in 1 min"],
    ["nothing planned", { state: "offline" }, ""],
    ["a live camera retries nothing", { state: "live", retryAt: now + 5000 }, ""],
    ["a slow one neither", { state: "slow", retryAt: now + 5000 }, ""],
    ["a paused one neither", { state: "paused", retryAt: now + 5000 }, ""],
  ])("%s", (_, differences, words) => {
    expect(next(camera(differences), now)).toBe(words);
  });

  it("in short", () => {
    const offline = (retryAt: number) => camera({ state: "offline", retryAt });
    expect(next(offline(now + 7600), now, true)).toBe("retry 8 s");
    expect(next(offline(now), now, true)).toBe("retrying now");
  });
});

describe("label", () => {
  it.each<[Partial<Camera> & { frozen?: boolean }, string]>([
    [{ state: "live", fps: 15.2 }, "Porch, live, 15 frames per second"],
    [{ state: "live", fps: 0 }, "Porch, live"],
    [{ state: "live", fps: 0.1, lastFrameAt: now }, "Porch, live, a new picture every few seconds"],
    [{ state: "slow", fps: 3 }, "Porch, slow, 3 frames per second"],
    [{ state: "stalled", lastFrameAt: now - 7000 }, "Porch, no new picture"],
    [{ state: "connecting", since: now }, "Porch, connecting"],
    [{ state: "paused", since: now }, "Porch, paused"],
    [{ state: "paused", since: 0, frozen: true }, "Porch, paused by you"],
    [{ state: "offline", since: at(14, 2) }, "Porch, offline since 14:02"],
    [{ state: "refused" }, "Porch, access denied"],
    [{ state: "camera-error" }, "Porch, camera problem"],
    [{ state: "camera-error", reason: "busy" }, "Porch, too many viewers"],
    [{ state: "incompatible" }, "Porch, agent too old"],
  ])("%o", (differences, words) => {
    expect(label(camera(differences), now)).toBe(words);
  });
});

describe("nameOf", () => {
  it.each<[Partial<Camera>, string]>([
    [{}, "Porch"],
    [{ name: "" }, "raspberrypi"],
    [{ name: "", host: "" }, "192.168.1.42:8080"],
    [{ name: "", host: "", address: "" }, "Camera"],
  ])("%o", (differences, name) => {
    expect(nameOf(camera(differences))).toBe(name);
  });
});

describe("tone", () => {
  it("is calm for what passes by itself and loud for what does not", () => {
    expect(tone(camera({ state: "live" }))).toBe("ok");
    expect(tone(camera({ state: "connecting" }))).toBe("quiet");
    expect(tone(camera({ state: "stalled" }))).toBe("warn");
    expect(tone(camera({ state: "offline" }))).toBe("danger");
    expect(tone(camera({ state: "refused", reason: "not-yours" }))).toBe("danger");
    expect(tone(camera({ state: "refused", reason: "needs-key" })), "nothing is broken").toBe(
      "warn",
    );
  });
});
