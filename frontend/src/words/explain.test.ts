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

  it.each<[string, Partial<Shown>, string | RegExp, string | RegExp]>([
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
        undrawable: true,
      },
      "It sends pictures that cannot be drawn.",
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
