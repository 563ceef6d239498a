import { describe, expect, it } from "vitest";

import type { Camera, CameraState } from "../backend/types";
import { camera } from "../testing/camera";
import { facts, updateCommand } from "./facts";

const now = Date.UTC(2025, 10, 22, 14, 10, 0);
const at = (h: number, m: number, s = 0) => Date.UTC(2025, 10, 22, h, m, s);

describe("facts", () => {
  it("lists what is known and leaves out the rest", () => {
    expect(facts(camera({ lastFrameAt: at(14, 9) }), now)).toEqual([
      ["Address", "192.168.1.42:8080"],
      ["Host", "raspberrypi"],
      ["Agent version", "0.5.1"],
      ["Picture", "1280×720"],
      ["Frame rate", "15 fps"],
      ["Data rate", "4.1 Mb/s"],
      ["Last picture", "14:09"],
      ["Access", "Open to everyone on your network"],
      ["Found", "Discovered automatically"],
    ]);
    const bare = camera({
      host: "",
      agentVersion: "",
      width: 0,
      fps: 0,
      access: "",
      bytesPerSecond: 0,
      added: true,
    });
    expect(facts(bare, now)).toEqual([
      ["Address", "192.168.1.42:8080"],
      ["Found", "Added by address"],
    ]);
  });

  it("says how it is turned, and who may watch", () => {
    const known = camera({ rotation: 90, mirror: true, access: "locked", household: "h1" });
    expect(facts(known, now, "Home")).toEqual(
      expect.arrayContaining([
        ["Picture", "1280×720, rotated by 90°, flipped"],
        ["Access", "Locked for the household Home"],
      ]),
    );
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
    expect([names.includes("Frame rate"), names.includes("Data rate")]).toEqual([told, told]);
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
