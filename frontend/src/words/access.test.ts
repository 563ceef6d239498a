import { describe, expect, it } from "vitest";

import type { AccessCode, CameraAccess } from "../backend/types";
import { household, lock, lockAgent, NO_ACCESS, openAgent } from "../testing/access";
import { camera } from "../testing/camera";
import { accessOf, newCamera, newCameras, openness, problem } from "./access";

const CODES: AccessCode[] = [
  "",
  "bad-key",
  "bad-name",
  "none-opens",
  "ambiguous",
  "not-forgotten",
  "not-kept",
  "unknown",
  "no-answer",
  "unreadable",
  "needs-key",
  "not-yours",
  "changed-key",
  "still-open",
  "no-tls",
  "full",
  "taken",
  "last",
  "busy",
  "conflict",
  "too-much",
  "refused",
  "claimed",
  "claim-closed",
  "held-open",
  "not-stored",
];

describe("access", () => {
  it.each(CODES)("has a sentence for %j", (code) => {
    expect(problem({ code })).toMatch(/^[A-Z].*[.?]$/);
  });

  it("says what an agent says of itself", () => {
    const code = "refused";
    expect(problem({ code, message: "the name is too long", hint: "Use a shorter one" })).toBe(
      "The name is too long. Use a shorter one.",
    );
    expect(problem({ code, message: "" })).toBe("It refused that.");
    expect(problem({ code: "later" as AccessCode })).toBe("PiGrid did not answer. Try again.");
  });

  it("is quiet in the header unless something is open or being locked", () => {
    const households = [household()];
    const open = [openAgent(), openAgent({ id: "a2" })];
    expect(openness(NO_ACCESS)).toBe("");
    expect(openness({ ...NO_ACCESS, open })).toBe("Open to your network");
    expect(openness({ ...NO_ACCESS, households, open })).toBe("2 open");
    expect(openness({ ...NO_ACCESS, households })).toBe("");
    const locking = lock([lockAgent({ step: "locked" }), lockAgent({ id: "a2" })]);
    expect(openness({ ...NO_ACCESS, households, open, lock: locking })).toBe("Locking: 1 of 2");
    const done = lock([lockAgent({ step: "locked" })]);
    expect(openness({ ...NO_ACCESS, households, lock: done })).toBe("All locked");
  });

  it.each<[CameraAccess, string, string]>([
    ["", "", ""],
    ["open", "", "Open to everyone on your network"],
    ["locked", "Home", "Locked for the household Home"],
    ["locked", "", "Locked"],
    ["needs-key", "", "Locked; this computer has no key for it"],
  ])("is %j in %j: %j", (access, home, words) => {
    expect(accessOf(camera({ access }), home)).toBe(words);
  });

  it("asks whose a new camera is", () => {
    const shed = openAgent({ name: "Shed", address: "192.168.1.9:8080" });
    expect(newCamera(shed)).toBe("New camera: Shed at 192.168.1.9:8080. Is it yours?");
    expect(newCamera({ ...shed, cameras: 2 })).toContain("192.168.1.9:8080 (2 cameras).");
    expect(newCameras(3)).toBe("3 new cameras are on your network. Are they yours?");
  });
});
