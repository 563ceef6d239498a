import { describe, expect, it } from "vitest";

import type { Camera, CameraState, Reason } from "../backend/types";
import { camera } from "../testing/camera";
import { explain, facts, label, nameOf, next, status, tone, updateCommand } from "./words";

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
    ["refused", { state: "refused" }, "Not let in"],
    ["camera error", { state: "camera-error" }, "Camera problem"],
    ["no place left", { state: "camera-error", reason: "busy", status: 503 }, "Too many viewers"],
    [
      "no place left at a camera without an agent",
      { state: "camera-error", reason: "camera", status: 503, url: "http://cam/" },
      "Too many viewers",
    ],
    ["an agent's 503", { state: "camera-error", reason: "camera", status: 503 }, "Camera problem"],
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
    ["the others as always", { state: "refused" }, "Not let in"],
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

describe("explain", () => {
  it.each<[CameraState]>([["connecting"], ["live"], ["slow"], ["stalled"], ["paused"]])(
    "has nothing to say about %s",
    (state) => {
      expect(explain(camera({ state }))).toBeNull();
    },
  );

  it.each<[Reason, string, string]>([
    ["", "Porch is not answering (192.168.1.42:8080).", "The Pi may be off or on another network."],
    [
      "unreachable",
      "Porch is not answering (192.168.1.42:8080).",
      "The Pi may be off or on another network.",
    ],
    [
      "refused",
      "The Pi of Porch is on (192.168.1.42:8080), but no camera agent runs there.",
      "Start it on the Pi: sudo systemctl restart pigrid-agent",
    ],
    [
      "timeout",
      "Porch does not answer in time (192.168.1.42:8080).",
      "The Pi may be off, very busy, or have a weak network.",
    ],
    [
      "ended",
      "Porch closed the connection (192.168.1.42:8080).",
      "Its agent may be restarting. If this stays, see why on the Pi: journalctl -u pigrid-agent",
    ],
    [
      "no-frames",
      "Porch answers (192.168.1.42:8080), but sends no pictures.",
      "If this stays, restart it on the Pi: sudo systemctl restart pigrid-agent",
    ],
    [
      "not-pigrid",
      "Something other than a PiGrid agent answers for Porch (192.168.1.42:8080).",
      "Check the address, or start it on the Pi: sudo systemctl restart pigrid-agent",
    ],
    [
      "bad-stream",
      "Porch sends something that is not a picture (192.168.1.42:8080).",
      "Restart the agent on the Pi.",
    ],
  ])("offline because %j", (reason, what, advice) => {
    expect(explain(camera({ state: "offline", reason }))).toEqual({ what, advice });
  });

  it("does without an address", () => {
    expect(explain(camera({ state: "offline", address: "" }))?.what).toBe(
      "Porch is not answering.",
    );
  });

  it.each<[string, Partial<Camera>, string | RegExp, string | RegExp]>([
    [
      "forbidden",
      { state: "refused", reason: "forbidden" },
      "Porch does not let this computer in. Its agent accepts only computers on its own network.",
      "Start its agent with --allow-from and this computer's network.",
    ],
    [
      "forbidden, in the agent's own words",
      {
        state: "refused",
        reason: "forbidden",
        message: "10.9.0.4 is not local.",
        hint: "Use --allow-from 10.9.0.0/24.",
      },
      "Porch does not let this computer in. 10.9.0.4 is not local.",
      "Use --allow-from 10.9.0.0/24.",
    ],
    [
      "unauthorized",
      { state: "refused", reason: "unauthorized" },
      "Porch asks for an access code.",
      "This version of PiGrid cannot send one yet.",
    ],
    [
      "wrong host",
      { state: "refused", reason: "wrong-host", address: "cam.example.org:8080" },
      "Porch does not let this computer in. It does not know itself by the name in cam.example.org:8080.",
      "Add it by its IP address, or start its agent with --allow-host and that name.",
    ],
    [
      "wrong host, no address",
      { state: "refused", reason: "wrong-host", address: "" },
      "Porch does not let this computer in. It does not know itself by the name in its address.",
      "Add it by its IP address, or start its agent with --allow-host and that name.",
    ],
    [
      "a camera whose password stands in its address, elsewhere",
      { state: "refused", reason: "other-network", url: "http://cam/" },
      "Porch was last seen on another network, so its password was not told.",
      "Another device may have its address. If it is your camera, add it again by its whole address.",
    ],
    [
      "a camera that asks in another way than before",
      { state: "refused", reason: "other-login", url: "http://cam/" },
      "Porch asks for its password in another way than before, so it was not told.",
      "Another device may have its address. If it is your camera, add it again as http://user:password@ and its address.",
    ],
    [
      "pictures of a camera without an agent that cannot be drawn",
      {
        state: "camera-error",
        reason: "bad-stream",
        url: "http://cam/",
        message: "It sends pictures that cannot be drawn.",
        hint: "Restart it.",
      },
      "It sends pictures that cannot be drawn.",
      "Restart it.",
    ],
    [
      "camera, in the agent's own words",
      {
        state: "camera-error",
        reason: "camera",
        message: "The camera is used by another program.",
        hint: "Close it or restart the agent.",
      },
      "The camera is used by another program.",
      "Close it or restart the agent.",
    ],
    [
      "camera, without words",
      { state: "camera-error", reason: "camera" },
      "The Pi answers, but its camera gives no picture.",
      "Check the camera's cable and look at the agent's log on the Pi.",
    ],
    [
      "too many viewers",
      { state: "camera-error", reason: "busy" },
      "Porch has as many viewers as it can serve (192.168.1.42:8080).",
      "Close PiGrid or a browser that shows it on another computer.",
    ],
    [
      "more pixels than are shown",
      { state: "camera-error", reason: "too-large", url: "http://cam/" },
      "The picture of Porch is too large to show.",
      "Choose a smaller size in the camera's settings, at most 50 megapixels.",
    ],
    [
      "more scans than are decoded",
      {
        state: "camera-error",
        reason: "too-large",
        message: "The picture takes too long to draw.",
        hint: "Turn off progressive JPEG in the camera's settings, if it has that.",
      },
      "The picture takes too long to draw.",
      "Turn off progressive JPEG in the camera's settings, if it has that.",
    ],
    [
      "the largest of too many pixels",
      { state: "camera-error", reason: "no-room" },
      "All pictures together are too large for this computer, and that of Porch is the largest.",
      "Show it alone, or choose a smaller size in the camera's settings.",
    ],
    [
      "the largest of too many bytes",
      { state: "camera-error", reason: "no-memory" },
      "All pictures together take too much memory, and those of Porch take the most.",
      "Choose a smaller size or a lower quality in the camera's settings.",
    ],
    [
      "too many viewers, no address",
      { state: "camera-error", reason: "busy", address: "" },
      "Porch has as many viewers as it can serve.",
      "Close PiGrid or a browser that shows it on another computer.",
    ],
    [
      "too many viewers, in the agent's own words",
      { state: "camera-error", reason: "busy", message: "All 64 are taken.", hint: "Close one." },
      "All 64 are taken.",
      "Close one.",
    ],
    [
      "too old",
      { state: "incompatible", reason: "too-old", agentVersion: "0.3" },
      "The agent of Porch (0.3) is too old for this PiGrid.",
      "Update the agent on the Pi.",
    ],
    [
      "too new",
      { state: "incompatible", reason: "too-new", agentVersion: "" },
      "The agent of Porch is newer than this PiGrid.",
      "Update PiGrid on this computer.",
    ],
  ])("%s", (_, differences, what, advice) => {
    expect(explain(camera(differences))).toEqual({ what, advice });
  });

  it.each<[Reason, number, CameraState, RegExp, RegExp]>([
    ["refused", 0, "offline", /camera program does not run/, /Start it there/],
    ["camera", 503, "camera-error", /^Porch is busy/, /single viewer/],
    ["busy", 429, "camera-error", /^Porch is busy/, /single viewer/],
    ["camera", 404, "camera-error", /no longer at this address/, /forget this one/],
    ["bad-stream", 0, "offline", /not with an MJPEG stream/, /Details/],
    ["not-pigrid", 0, "offline", /not with an MJPEG stream/, /Details/],
    ["ended", 0, "offline", /closed the connection/, /restarting/],
    ["unreachable", 0, "offline", /is not answering/, /another network/],
    ["bad-http", 0, "camera-error", /answers \(192.*cannot read its HTTP/, /Details/],
    ["unauthorized", 401, "refused", /does not let this computer in\.$/, /user:password@/],
    ["forbidden", 403, "refused", /does not let this computer in\.$/, /^Look in its settings/],
    ["wrong-host", 421, "refused", /by the name in 192\.168\.1\.42:8080/, /^Add it by its IP/],
  ])("a camera without an agent: %s %i", (reason, code, state, what, advice) => {
    const url = "http://192.168.1.42:8080/stream";
    const why = explain(camera({ url, reason, status: code, state }));
    expect(why?.what).toMatch(what);
    expect(why?.advice).toMatch(advice);
    expect(`${why?.what} ${why?.advice}`).not.toMatch(/agent|\bPi\b|--allow/);
  });

  it("names the address of a camera without an agent, when it is known", () => {
    const gone = { url: "http://cam/", state: "offline" } as const;
    expect(explain(camera(gone))?.what).toBe("Porch is not answering (192.168.1.42:8080).");
    expect(explain(camera({ ...gone, address: "" }))?.what).toBe("Porch is not answering.");
  });

  it("explains every state that has no picture, whatever the reason", () => {
    for (const state of ["offline", "refused", "camera-error", "incompatible"] as const) {
      // A newer Go side may send reasons this page does not know.
      const why = explain(camera({ state, reason: "sunspots" as Reason }));
      expect(why?.what).toMatch(/\.$/);
      expect(why?.advice).not.toBe("");
    }
  });
});

describe("label", () => {
  it.each<[Partial<Camera> & { frozen?: boolean }, string]>([
    [{ state: "live", fps: 15.2 }, "Porch, live, 15 frames per second"],
    [{ state: "live", fps: 0 }, "Porch, live"],
    [{ state: "live", fps: 0.1, lastFrameAt: now }, "Porch, live, a new picture only now and then"],
    [{ state: "slow", fps: 3 }, "Porch, slow, 3 frames per second"],
    [{ state: "stalled", lastFrameAt: now - 7000 }, "Porch, no new picture"],
    [{ state: "connecting", since: now }, "Porch, connecting"],
    [{ state: "paused", since: now }, "Porch, paused"],
    [{ state: "paused", since: 0, frozen: true }, "Porch, paused by you"],
    [{ state: "offline", since: at(14, 2) }, "Porch, offline since 14:02"],
    [{ state: "refused" }, "Porch, not let in"],
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

describe("facts", () => {
  it("lists what is known and leaves out the rest", () => {
    expect(facts(camera({ lastFrameAt: at(14, 9) }), now)).toEqual([
      ["Address", "192.168.1.42:8080"],
      ["Host", "raspberrypi"],
      ["Agent", "0.5.1"],
      ["Picture", "1280×720"],
      ["Rate", "15 fps"],
      ["Data", "4.1 Mb/s"],
      ["Last picture", "14:09"],
      ["Found", "by itself"],
    ]);
    const bare = camera({
      host: "",
      agentVersion: "",
      width: 0,
      fps: 0,
      bytesPerSecond: 0,
      added: true,
    });
    expect(facts(bare, now)).toEqual([
      ["Address", "192.168.1.42:8080"],
      ["Found", "added by address"],
    ]);
  });

  it("names the stream of a camera without an agent", () => {
    expect(facts(camera({ url: "http://cam/v" }), now)[0]).toEqual(["Stream", "http://cam/v"]);
  });

  it.each<[CameraState, boolean]>([
    ["live", true],
    ["slow", true],
    ["stalled", false],
    ["offline", false],
  ])("tells rate and data while pictures come: %s", (state, told) => {
    const names = facts(camera({ state }), now).map(([name]) => name);
    expect([names.includes("Rate"), names.includes("Data")]).toEqual([told, told]);
  });
});

describe("tone", () => {
  it("is calm for what passes by itself and loud for what does not", () => {
    expect(tone("live")).toBe("ok");
    expect(tone("connecting")).toBe("quiet");
    expect(tone("stalled")).toBe("warn");
    expect(tone("offline")).toBe("danger");
  });
});

describe("updateCommand", () => {
  it.each<[string, Partial<Camera>, string]>([
    ["by name", {}, "pi@raspberrypi.local"],
    ["a name that says .local", { host: "pi.local" }, "pi@pi.local"],
    ["by address", { host: "" }, "pi@192.168.1.42"],
    ["a name that is a command", { host: "x;reboot" }, "pi@192.168.1.42"],
    ["a name that is an option", { host: "-oProxyCommand=reboot" }, "pi@192.168.1.42"],
  ])("%s", (_, differences, where) => {
    const old = camera({ state: "incompatible", reason: "too-old", ...differences });
    expect(updateCommand(old)).toBe(`make pi HOSTS='${where}'`);
  });

  it("is none where there is nothing to update there, or no safe way to name it", () => {
    expect(updateCommand(camera())).toBe("");
    expect(updateCommand(camera({ state: "incompatible", reason: "too-new" }))).toBe("");
    const strange = { state: "incompatible", host: "$(reboot)", address: "$(reboot):80" } as const;
    expect(updateCommand(camera(strange))).toBe("");
  });
});
