import { describe, expect, it } from "vitest";

import type { Camera, CameraState, Discovery } from "../backend/types";
import { failedTogether } from "../cameras/together";
import { camera, cameras } from "../testing/camera";
import {
  announcement,
  awayFrom,
  network,
  nothingFound,
  outage,
  searching,
  summary,
} from "./summary";

const now = Date.UTC(2025, 10, 22, 14, 2, 30);

describe("summary", () => {
  it.each<[CameraState[], string]>([
    [[], ""],
    [["live", "live", "slow", "offline"], "3 live · 1 offline"],
    [["connecting", "stalled", "paused"], "1 connecting · 1 stalled · 1 paused"],
    [["refused", "camera-error", "incompatible"], "3 with a problem"],
  ])("%j", (states, words) => {
    expect(summary(states.map((state) => camera({ state })))).toBe(words);
  });

  it("counts what needs a key as locked, for nothing is broken", () => {
    const locked = camera({ state: "refused", reason: "needs-key" });
    const strange = camera({ state: "refused", reason: "not-yours" });
    expect(summary([locked, locked, strange])).toBe("2 locked · 1 with a problem");
  });
});

describe("announcement", () => {
  const before = new Map<string, CameraState>([
    ["k1", "live"],
    ["k2", "live"],
  ]);

  it("reads out what changed", () => {
    const list = [
      camera({ key: "k1", name: "Porch", state: "offline", since: now }),
      camera({ key: "k2", name: "Garage" }),
    ];
    expect(announcement(before, list, now)).toBe("Porch: Offline since 14:02.");
  });

  it("says nothing when nothing changed or only passing states came", () => {
    expect(announcement(before, cameras(2), now)).toBe("");
    expect(announcement(before, cameras(2, { state: "connecting" }), now)).toBe("");
    expect(announcement(before, cameras(2, { state: "paused" }), now)).toBe("");
  });

  it("reads out three changes, one after the other", () => {
    expect(announcement(new Map(), cameras(3), now)).toBe(
      "Camera 1: Live. Camera 2: Live. Camera 3: Live.",
    );
  });

  it("counts when much changed at once", () => {
    expect(announcement(new Map(), cameras(12), now)).toBe("12 live.");
  });
});

describe("outage", () => {
  const outageOf = (list: Camera[]) => outage(failedTogether(list), list, now);
  const offline = (count: number, since: number, retryAt = 0) =>
    cameras(count, { state: "offline", since, retryAt });

  it("speaks once for many that failed together", () => {
    const list = [...offline(6, now - 10_000, now + 4000), ...cameras(6)];
    expect(outageOf(list)).toEqual({
      text: "6 of 12 cameras went offline at 14:02. A switch or access point may be off.",
      next: "Retrying in 4 s.",
    });
    expect(outageOf(offline(3, now))?.text).toMatch(/^All 3 cameras went offline/);
  });

  it("says when the first failed and when the next is tried", () => {
    const together = [25_000, 35_000, 29_000].flatMap((ago, i) =>
      offline(1, now - ago, i === 1 ? 0 : now + 12_000 + i * 4000),
    );
    expect(outageOf(together)).toEqual({
      text: "All 3 cameras went offline at 14:01. This computer or the router may have lost the network.",
      next: "Retrying in 12 s.",
    });
    expect(outageOf(offline(3, now))?.next).toBe("");
  });

  it("blames this computer only while no camera is live", () => {
    const failed = offline(4, now);
    const blames = (others: Camera[]) =>
      /This computer/.test(outageOf([...failed, ...others])?.text ?? "");
    expect(blames([])).toBe(true);
    expect(blames(cameras(1, { state: "camera-error" }))).toBe(true);
    expect(blames(cameras(1, { state: "slow" }))).toBe(false);
    expect(blames(cameras(1))).toBe(false);
  });

  const minutesAgo = (count: number, minutes: number) => offline(count, now - minutes * 60_000);

  it.each([
    ["one that failed later", [...minutesAgo(12, 5), ...minutesAgo(1, 0), ...cameras(3)]],
    ["one that failed before", [...minutesAgo(1, 60), ...minutesAgo(12, 5), ...cameras(3)]],
    ["fewer that failed together later", [...minutesAgo(12, 5), ...minutesAgo(4, 0)]],
  ])("speaks of the most that failed together: %s", (_, list) => {
    expect(outageOf(list)?.text).toMatch(/^12 of 16 cameras went offline at 13:57\./);
  });

  it("does not speak for one that failed at another time", () => {
    const [one, two, alone, three] = [5, 5, 1440, 5].flatMap((ago) => minutesAgo(1, ago));
    expect(failedTogether([one, two, alone, three] as Camera[])).toEqual([one, two, three]);
  });

  it("speaks of the newest of two that are as many", () => {
    const list = [...minutesAgo(4, 0), ...minutesAgo(4, 5)];
    expect(outageOf(list)?.text).toMatch(/^4 of 8 cameras went offline at 14:02\./);
  });

  it("takes as one what failed within 15 s, not what failed 15 s after another", () => {
    const list = [0, 15_000, 15_000, 30_000].flatMap((ago) => offline(1, now - ago));
    expect(outageOf(list)?.text).toMatch(/^3 of 4 cameras/);
  });

  it.each([
    ["live since the same moment", cameras(4, { since: now })],
    ["fewer than half", [...offline(5, now), ...cameras(6)]],
    ["only two", offline(2, now)],
    ["not at the same time", [0, 1, 2].flatMap((i) => offline(1, now - i * 60_000))],
    ["nobody", cameras(4)],
    ["no cameras", []],
  ])("stays silent: %s", (_, list) => {
    expect(outageOf(list)).toBeNull();
  });
});

describe("network", () => {
  it.each([
    ["eth0 192.168.1.20/24", "192.168.1.0/24 (eth0)"],
    ["wlan0 10.7.255.9/16", "10.7.0.0/16 (wlan0)"],
    ["eth0 172.16.5.77/20", "172.16.0.0/20 (eth0)"],
    ["eth0 192.168.1.20/32", "192.168.1.20/32 (eth0)"],
    ["eth0 fe80::1/64", "eth0 fe80::1/64"],
    ["eth0", "eth0"],
  ])("%s is %s", (text, words) => {
    expect(network(text)).toBe(words);
  });
});

describe("away", () => {
  const here: Discovery = { running: true, interfaces: ["wlan0 10.1.2.3/16"], problem: "" };

  it.each([
    [[], ""],
    [
      ["192.168.1.0/24"],
      "You seem to be away from your cameras. They were last seen on 192.168.1.0/24. This computer is on 10.1.0.0/16 (wlan0).",
    ],
    [
      ["192.168.1.0/24", "192.168.2.0/24"],
      "You seem to be away from your cameras. They were last seen on 192.168.1.0/24 and 192.168.2.0/24. This computer is on 10.1.0.0/16 (wlan0).",
    ],
  ])("from %j", (networks, words) => {
    expect(awayFrom(networks, here)).toBe(words);
  });
});

describe("the empty page", () => {
  const discovery = (d: Partial<Discovery>): Discovery => ({
    running: true,
    interfaces: [],
    problem: "",
    ...d,
  });

  it.each([
    [[], "No cameras found yet."],
    [["eth0 192.168.1.20/24"], "No cameras found yet on 192.168.1.0/24 (eth0)."],
    [
      ["a 10.0.0.1/8", "b 10.0.0.1/8"],
      "No cameras found yet on 10.0.0.0/8 (a) and 10.0.0.0/8 (b).",
    ],
    [["a", "b", "c"], "No cameras found yet on a, b and c."],
  ])("names the networks %j", (interfaces, words) => {
    expect(nothingFound(discovery({ interfaces }))).toBe(words);
  });

  it.each<[Partial<Discovery>, string]>([
    [{ interfaces: ["eth0"] }, "PiGrid keeps looking. New cameras appear here automatically."],
    [{}, "This computer does not seem to be on a network."],
    [{ running: false }, "PiGrid is not looking for cameras right now."],
    [
      { problem: "port 5353 is taken", running: false },
      "PiGrid cannot discover cameras automatically: port 5353 is taken.",
    ],
    [{ problem: "No network! \n" }, "PiGrid cannot discover cameras automatically: No network!"],
  ])("says how the search goes: %o", (d, words) => {
    expect(searching(discovery(d))).toBe(words);
  });
});
