import { describe, expect, it } from "vitest";

import type { Reason, AddResult } from "../backend/types";
import { added, whyNotAdded, withoutLogin } from "./add";

function failed(reason: Reason, address = "192.168.1.42:8080"): AddResult {
  return { ok: false, keys: [], reason, address, detail: "" };
}

describe("whyNotAdded", () => {
  it.each<[Reason, string]>([
    ["", "192.168.1.42:8080 could not be added."],
    [
      "refused",
      "192.168.1.42:8080 is on, but PiGrid isn't running there. Start the agent on the Pi: sudo systemctl restart pigrid-agent",
    ],
    ["unreachable", "Nothing answered at 192.168.1.42:8080. Is the Pi on, and on this network?"],
    [
      "timeout",
      "192.168.1.42:8080 did not answer in time. The Pi may be off or on another network.",
    ],
    [
      "not-local",
      "192.168.1.42:8080 is not on a local network. PiGrid shows only cameras on your own network.",
    ],
    [
      "not-pigrid",
      "Something answers at 192.168.1.42:8080, but it is not a PiGrid agent, and there is no MJPEG stream at the usual addresses. Is the port right? Agents use ports 8080 to 8089. For another camera, type the full address of its stream.",
    ],
    [
      "bad-address",
      "“192.168.1.42:8080” is not an address. Try raspberrypi.local, 192.168.1.42:8080, or the http:// address of a camera's MJPEG stream.",
    ],
  ])("%j", (reason, words) => {
    expect(whyNotAdded(failed(reason), "typed")).toBe(words);
  });

  it.each<[Reason, RegExp]>([
    ["refused", /Start the program, or look up the port/],
    ["unreachable", /Is the camera on, and on this network\?/],
    ["timeout", /The camera may be off/],
    ["ended", /Try again in a moment/],
    ["no-frames", /Switch the camera off and on/],
    ["forbidden", /denies access to this computer. Check in the camera's settings who may watch/],
    ["unauthorized", /http:\/\/user:password@cam:81\/v/],
    ["wrong-host", /Use its IP address/],
    ["busy", /Many cameras serve only one/],
    ["no-stream", /not with an MJPEG stream/],
    ["bad-http", /answers, but not in a way PiGrid understands/],
  ])("does not speak of an agent where the address of a stream was typed: %j", (reason, words) => {
    const said = whyNotAdded(failed(reason, "http://cam:81/v"), "cam:81/v");
    expect(said).toMatch(words);
    expect(said).toContain("cam:81/v");
    expect(said).not.toMatch(/agent|\bPi\b|--allow/);
  });

  it.each(["https://cam/v.mjpg", "rtsp://cam/v.mjpg", "RTSP://root:geheim@cam/v.mjpg"])(
    "says which addresses it opens: %s",
    (typed) => {
      const said = whyNotAdded(failed("bad-address", ""), typed);
      expect(said).toMatch(
        /^PiGrid cannot open “(https|rtsp):\/\/cam\/v.mjpg”\. It opens MJPEG streams at http:\/\/ addresses only\./i,
      );
      expect(said).toMatch(/Most cameras also offer one: look for “MJPEG” in/);
    },
  );

  it("calls a name by its name", () => {
    expect(whyNotAdded(failed("unreachable", "garage.local:8080"), "garage.local")).toBe(
      "Nothing called garage.local:8080 answered. Is the Pi on, and on this network?",
    );
  });

  it("repeats nothing of a password that it cannot read", () => {
    const said = whyNotAdded(failed("bad-login", ""), "http://root:gX/hX@cam/v");
    expect(said).toMatch(/percent-encoded: type %2F for \/, .*%23 for #/);
    expect(said).not.toMatch(/root|gX|hX/);
  });

  it("has a sentence with the address for every reason", () => {
    const reasons: Reason[] = [
      "ended",
      "no-frames",
      "forbidden",
      "unauthorized",
      "wrong-host",
      "busy",
      "camera",
      "too-old",
      "too-new",
      "bad-stream",
      "bad-http",
      "full",
      "no-stream",
      "sunspots" as Reason,
    ];
    for (const reason of reasons) expect(whyNotAdded(failed(reason), "")).toContain("192.168.1.42");
  });

  it("names what was typed when the Go side made no address of it", () => {
    expect(whyNotAdded(failed("bad-address", ""), " por ch ")).toMatch(/^“por ch” is not/);
  });
});

describe("withoutLogin", () => {
  it.each([
    ["192.168.1.40:8080", "192.168.1.40:8080"],
    ["http://root:geheim@cam/video?x=1", "http://cam/video?x=…"],
    ["root:ge@heim@cam", "cam"],
    ["http://root:ge/heim@cam/v", "http://cam/v"],
    ["rtsp://root:ge#he?im@cam/v", "rtsp://cam/v"],
    ["root:ge://heim@cam", "cam"],
    ["http://root:g@e/heim@cam", "http://cam"],
    ["cam/v?user=a@b.c", "cam/v?user=…"],
    ["[fe80::9%25eth0]/a@b", "[fe80::9%25eth0]/a@b"],
    ["cam/v.cgi?pw=ge#heim", "cam/v.cgi?pw=…"],
    ["cam/a@b", "cam/a@b"],
    ["cam/v.cgi?user=a&PWD=geheim&x=1", "cam/v.cgi?user=…&PWD=…&x=…"],
    ["cam/v.cgi?pw=geheim&access_token=t", "cam/v.cgi?pw=…&access_token=…"],
  ])("%s", (typed, shown) => {
    expect(withoutLogin(typed)).toBe(shown);
  });

  it("is what a sentence says of an address that is none", () => {
    const words = whyNotAdded(failed("bad-address", ""), "http://root:geheim@c am/1");
    expect(words).toMatch(/^“http:\/\/c am\/1” is not/);
  });

  it("leaves it to the sentence about passwords where they go", () => {
    const words = whyNotAdded(failed("unauthorized", "http://cam:80/v"), "");
    expect(words).toContain("http://user:password@cam:80/v.");
  });
});

describe("added", () => {
  it.each([
    [[], "pi.local was added."],
    [["Porch"], "Porch was added."],
    [["Porch", "Garage"], "2 cameras were added: Porch, Garage."],
  ])("%j", (names, words) => {
    expect(added(names, "pi.local")).toBe(words);
  });
});
