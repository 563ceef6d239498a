import { describe, expect, it } from "vitest";

import type { CameraState, Reason } from "../backend/types";
import type { Shown } from "../cameras/shown";
import { camera } from "../testing/camera";
import { explain } from "./explain";

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
      "Porch's Pi is on (192.168.1.42:8080), but PiGrid isn't running there.",
      "Start it on the Pi: sudo systemctl restart pigrid-agent",
    ],
    [
      "timeout",
      "Porch is taking too long to answer (192.168.1.42:8080).",
      "The Pi may be off, very busy, or on a weak network.",
    ],
    [
      "ended",
      "Porch closed the connection (192.168.1.42:8080).",
      "The agent may be restarting. If this continues, look at its log on the Pi: journalctl -u pigrid-agent",
    ],
    [
      "no-frames",
      "Porch answers (192.168.1.42:8080) but sends no pictures.",
      "If this continues, restart the agent on the Pi: sudo systemctl restart pigrid-agent",
    ],
    [
      "not-pigrid",
      "Something else answers at the address of Porch (192.168.1.42:8080).",
      "Check the address, or restart the agent on the Pi: sudo systemctl restart pigrid-agent",
    ],
    [
      "bad-stream",
      "Porch sends data that is not a picture (192.168.1.42:8080).",
      "Restart the agent on the Pi: sudo systemctl restart pigrid-agent",
    ],
  ])("offline because %j", (reason, what, advice) => {
    expect(explain(camera({ state: "offline", reason }))).toEqual({ what, advice });
  });

  it("says an address once", () => {
    const nameless = camera({ state: "offline", name: "", host: "" });
    expect(explain(nameless)?.what).toBe("192.168.1.42:8080 is not answering.");
    expect(explain(camera({ state: "offline" }), false)?.what).toBe("Porch is not answering.");
  });

  it("puts an apostrophe where it belongs", () => {
    const boss = camera({ state: "offline", reason: "refused", name: "Tess", address: "" });
    expect(explain(boss)?.what).toBe("Tess' Pi is on, but PiGrid isn't running there.");
  });

  it("does without an address", () => {
    expect(explain(camera({ state: "offline", address: "" }))?.what).toBe(
      "Porch is not answering.",
    );
  });

  it.each<[string, Partial<Shown>, string | RegExp, string | RegExp]>([
    [
      "forbidden",
      { state: "refused", reason: "forbidden" },
      "Porch denies access to this computer. Its agent answers only computers on its own network.",
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
      "Porch denies access to this computer. 10.9.0.4 is not local.",
      "Use --allow-from 10.9.0.0/24.",
    ],
    [
      "locked",
      { state: "refused", reason: "needs-key" },
      "Porch needs your household key.",
      "The computer that locked it shows the key under Household.",
    ],
    [
      "not yours",
      { state: "refused", reason: "not-yours" },
      "This is not your camera: Porch (192.168.1.42:8080).",
      "None of your household keys opens it, and it was sent none. If it is yours, enter its key.",
    ],
    [
      "another key",
      { state: "refused", reason: "changed-key" },
      "Porch's Pi has another key than before.",
      "Was it set up again? Then trust it again. If not, another device may pretend to be it.",
    ],
    [
      "the keychain is locked",
      { state: "refused", reason: "keychain" },
      "This computer's keychain does not hand out the key for Porch.",
      "Unlock the keychain, then try again.",
    ],
    [
      "unauthorized",
      { state: "refused", reason: "unauthorized" },
      "Porch asks for a password.",
      "PiGrid opens agents with household keys only. What asks may be a proxy in front of it.",
    ],
    [
      "wrong host",
      { state: "refused", reason: "wrong-host", address: "cam.example.org:8080" },
      "Porch rejects requests addressed to cam.example.org:8080.",
      "Add it by its IP address, or start its agent with --allow-host and this name.",
    ],
    [
      "wrong host, no address",
      { state: "refused", reason: "wrong-host", address: "" },
      "Porch rejects requests addressed to this name.",
      "Add it by its IP address, or start its agent with --allow-host and this name.",
    ],
    [
      "a camera whose password stands in its address, elsewhere",
      { state: "refused", reason: "other-network", url: "http://cam/" },
      "Porch was last seen on another network, so PiGrid did not send its password.",
      "Another device may have its address now. If it is your camera, add it again by its full address.",
    ],
    [
      "a camera that asks in another way than before",
      { state: "refused", reason: "other-login", url: "http://cam/" },
      "Porch asks for its password in a different way than before, so PiGrid did not send it.",
      "Another device may have its address now. If it is your camera, add it again, with http://user:password@ before its address.",
    ],
    [
      "pictures of a camera without an agent that cannot be drawn",
      {
        state: "camera-error",
        reason: "bad-stream",
        url: "http://cam/",
        undrawable: true,
      },
      "Porch sends pictures that cannot be displayed.",
      "Restart the camera's program, or choose baseline JPEG in its settings.",
    ],
    [
      "camera, in the agent's own words",
      {
        state: "camera-error",
        reason: "camera",
        message: "The camera is used by another program.",
        hint: "Close it or restart the agent.",
      },
      "Porch: the camera is used by another program.",
      "Close it or restart the agent.",
    ],
    [
      "camera, in words that name it",
      { state: "camera-error", reason: "camera", message: "Porch ended.", hint: "Restart it." },
      "Porch ended.",
      "Restart it.",
    ],
    [
      "camera, without words",
      { state: "camera-error", reason: "camera" },
      "Porch's Pi answers, but its camera gives no picture.",
      "Check the camera's cable, and look at the agent's log on the Pi: journalctl -u pigrid-agent",
    ],
    [
      "too many viewers",
      { state: "camera-error", reason: "busy" },
      "Porch has as many viewers as it can serve (192.168.1.42:8080).",
      "Close PiGrid or a browser that shows it on another computer.",
    ],
    [
      "too many connections",
      { state: "camera-error", reason: "crowded" },
      "Porch's Pi answers as many requests as it can (192.168.1.42:8080).",
      "Look which programs on your network ask it so often. PiGrid tries again by itself.",
    ],
    [
      "more pixels than are shown",
      { state: "camera-error", reason: "too-large", url: "http://cam/" },
      "The picture from Porch is too large to show.",
      "Choose a smaller picture size in the camera's settings (at most 50 megapixels).",
    ],
    [
      "more scans than are decoded",
      {
        state: "camera-error",
        reason: "too-complex",
      },
      "The picture from Porch takes too long to draw.",
      "Turn off progressive JPEG in the camera's settings, if it has that.",
    ],
    [
      "the largest of too many pixels",
      { state: "camera-error", reason: "no-room" },
      "The pictures of all cameras together are too large for this computer. The one from Porch is the largest.",
      "Show it alone, or choose a smaller picture size in the camera's settings.",
    ],
    [
      "the largest of too many bytes",
      { state: "camera-error", reason: "no-memory" },
      "The pictures of all cameras together need too much memory. Those from Porch need the most.",
      "Choose a smaller picture size or a lower quality in the camera's settings.",
    ],
    [
      "too many viewers, no address",
      { state: "camera-error", reason: "busy", address: "" },
      "Porch has as many viewers as it can serve.",
      "Close PiGrid or a browser that shows it on another computer.",
    ],
    [
      "too many viewers, and what the agent says to do",
      { state: "camera-error", reason: "busy", message: "All 64 are taken.", hint: "Close one." },
      "Porch has as many viewers as it can serve (192.168.1.42:8080).",
      "Close one.",
    ],
    [
      "too old",
      { state: "incompatible", reason: "too-old", agentVersion: "0.3", host: "porch" },
      "The agent of Porch (version 0.3) is too old for this PiGrid.",
      "Update the agent. In PiGrid's folder: make pi HOSTS='pi@porch.local'",
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
    ["refused", 0, "offline", /camera program isn't running/, /^Start the program/],
    ["camera", 503, "camera-error", /^Porch is busy/, /one viewer only/],
    ["busy", 429, "camera-error", /^Porch is busy/, /one viewer only/],
    ["camera", 404, "camera-error", /no longer at this address/, /forget this one/],
    ["bad-stream", 0, "offline", /not with MJPEG video/, /Details/],
    ["not-pigrid", 0, "offline", /not with MJPEG video/, /Details/],
    ["ended", 0, "offline", /closed the connection/, /restarting/],
    ["unreachable", 0, "offline", /is not answering/, /another network/],
    ["bad-http", 0, "camera-error", /answers \(192.*not in a way PiGrid understands/, /Details/],
    ["unauthorized", 401, "refused", /needs a user name and a password\.$/, /user:password@/],
    ["forbidden", 403, "refused", /denies access to this computer\.$/, /^Check in its settings/],
    ["wrong-host", 421, "refused", /addressed to 192\.168\.1\.42:8080/, /^Add it by its IP/],
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
