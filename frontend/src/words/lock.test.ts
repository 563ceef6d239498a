import { describe, expect, it } from "vitest";

import { lock, lockAgent, openAgent } from "../testing/access";
import { allLocked, howFar, stepWords, timeLeft, whoCanWatch } from "./lock";

const now = Date.UTC(2026, 10, 22, 14, 10);

describe("locking", () => {
  it("says who can watch before", () => {
    const open = ["Porch", "Garage", "Shed", "Hall"].map((name) => openAgent({ name, id: name }));
    expect(whoCanWatch([])).toBe("No camera here is open.");
    expect(whoCanWatch(open.slice(0, 2))).toBe(
      "Everyone on your network can watch Porch and Garage.",
    );
    expect(whoCanWatch(open)).toBe("Everyone on your network can watch 4 Pis.");
  });

  it("says how far it is", () => {
    const locked = lockAgent({ step: "locked" });
    expect(howFar(lock([locked]))).toBe("Your Pi is locked.");
    expect(howFar(lock([locked, locked]))).toBe("All 2 Pis are locked.");
    const some = lock([locked, lockAgent({ step: "restart" })]);
    expect([howFar(some), allLocked(some)]).toEqual(["1 of 2 Pis are locked.", false]);
  });

  it.each([
    ["asking", "Asking…"],
    ["claiming", "Locking…"],
    ["restart", "Unplug this Pi and plug it back in."],
    ["locked", "Locked"],
    ["later", ""],
  ])("says of step %s: %s", (step, words) => {
    expect(stepWords(lockAgent({ step }))).toBe(words);
  });

  it("says why one failed", () => {
    const failed = lockAgent({ step: "failed", code: "claimed" });
    expect(stepWords(failed)).toBe("It already has an owner. Trying again.");
  });

  it("counts down the time in which one can be locked", () => {
    const until = (claimUntil: number, step = "claiming") =>
      timeLeft(lockAgent({ claimUntil, step }), now);
    expect(until(now + 872_000)).toBe("14:32 left");
    expect(until(now + 7_100)).toBe("0:08 left");
    expect([until(0), until(now), until(now + 5000, "locked")]).toEqual(["", "", ""]);
  });
});
