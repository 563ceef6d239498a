/// <reference types="vite/client" />
import { describe, expect, it } from "vitest";

// eslint-disable-next-line no-restricted-imports -- a document, no room
import docs from "../../../docs/CLIENTS.md?raw";
import type { Camera } from "../backend/types";
import { camera } from "../testing/camera";
import { ffmpegLine, linesFor, pageOf, relayedLinesFor } from "./addresses";

const pi = (differences: Partial<Camera> = {}) =>
  camera({ address: "raspberrypi.local:8080", ...differences });
const line = (c: Camera, program: string) => linesFor(c).find((l) => l.program === program)?.line;

describe("what programs need to show a camera", () => {
  it("is what docs/CLIENTS.md says", () => {
    const lines = linesFor(pi());
    expect(lines.map(({ program }) => program)).toEqual([
      "VLC",
      "ffmpeg",
      "Home Assistant",
      "OpenCV",
    ]);
    for (const { line } of lines) {
      // The page there has one camera, whose address is the shorter one.
      expect(docs).toContain(line.replace("/cameras/imx708/video", "/video"));
      expect(line).toContain("/cameras/imx708/video");
    }
  });

  it.each(["locked", "needs-key", "not-yours", "changed-key", "keychain"] as const)(
    "has a place for a password where it goes, and says so: %s",
    (access) => {
      const lines = linesFor(pi({ access, household: "h1" }));
      expect(line(pi({ access }), "VLC")).toBe(
        "http://pigrid:VIEW-PASSWORD@raspberrypi.local:8080/cameras/imx708/video",
      );
      expect(line(pi({ access }), "Home Assistant")).toBe(
        "http://raspberrypi.local:8080/cameras/imx708/video",
      );
      for (const { said } of lines) expect(said).toMatch(/view password.*Household \(L\)/);
    },
  );

  it.each(["open", ""] as const)("needs none of a camera that is not locked: %j", (access) => {
    for (const { line, said } of linesFor(pi({ access })))
      expect(line + said).not.toMatch(/password/i);
  });

  it("is the address of a camera without an agent, harmless in a shell and in Python", () => {
    const other = (url: string) => pi({ key: "url:0123", url, access: "" });
    const axis = other("http://cam/mjpg?a=1&b=2");
    expect(pageOf(axis)).toBe("http://cam/mjpg?a=1&b=2");
    expect(line(axis, "ffmpeg")).toBe(
      'ffmpeg -use_wallclock_as_timestamps 1 -i "http://cam/mjpg?a=1&b=2" -c copy recording.mkv',
    );
    const evil = other("http://cam/'\"$(x)`y`\\;z");
    for (const { line } of linesFor(evil)) {
      expect(line.replace(/^cv2.*\("|"\)$|-i "|" -c/g, "")).not.toMatch(/["'$`\\]/);
    }
    expect(line(evil, "ffmpeg")).toContain('-i "http');
  });

  it("goes through pigrid-serve where that serves the page", () => {
    const relayed = (c: Camera) =>
      relayedLinesFor(c, "http://nas.local:8088").map(({ line, said }) => [line, said]);
    const at = "http://nas.local:8088/cameras/agent:1/imx708/video";
    const note = "If it asks for a login, enter any name and the view password of this page.";
    const nowhere = pi({ key: "agent:1/imx708", address: "", access: "locked" });
    expect(relayed(nowhere)).toEqual([
      [at, `Copied. In VLC: Media > Open Network Stream. ${note}`],
      [ffmpegLine(at), `Copied. It records into recording.mkv. ${note}`],
      [at, expect.stringContaining(note)],
      [`cv2.VideoCapture("${at}")`, `Copied. ${note}`],
    ]);
    expect(relayed(pi({ key: "url:0123/x y'", url: "http://secret/" }))[0]?.[0]).toBe(
      "http://nas.local:8088/cameras/url:0123/x%20y%27/video",
    );
  });

  it("has no zone of an IPv6 address, which no URL can have", () => {
    const linkLocal = pi({ address: "[fe80::1%eth0]:8080", host: "garage" });
    expect(pageOf(linkLocal)).toBe("http://garage.local:8080/");
    expect(line(linkLocal, "VLC")).toBe("http://garage.local:8080/cameras/imx708/video");
    const nameless = { ...linkLocal, host: "$(x)" };
    expect([pageOf(nameless), linesFor(nameless)]).toEqual(["", []]);
    expect(pageOf(pi({ address: "[fe80::1]:8080" }))).toBe("http://[fe80::1]:8080/");
  });

  it("is nothing while nobody knows where the camera is", () => {
    expect(linesFor(pi({ address: "" }))).toEqual([]);
    expect(linesFor(pi({ key: "agent:1/none" })), "an agent without a camera").toEqual([]);
    expect(pageOf(pi({ key: "agent:1/none" }))).toBe("http://raspberrypi.local:8080/");
  });
});
