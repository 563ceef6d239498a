import { describe, expect, it } from "vitest";

import type { Camera } from "../backend/types";
import { camera } from "../testing/camera";
import { find } from "./find";

const NOW = 1_800_000_000_000;

describe("find", () => {
  // Its agent is called as no test looks for, unless it says.
  const one = (differences: Partial<Camera>) => camera({ agentName: "-", ...differences });
  const all = [
    one({ key: "porch", name: "Front porch", host: "pi-one", address: "192.168.1.40:8080" }),
    one({ key: "door", name: "Back door", host: "pi-two", address: "192.168.1.41:8080" }),
    one({ key: "portal2", name: "Portal 2", address: "10.9.9.9:8080" }),
    one({ key: "portal", name: "Portal", host: "pi-three", address: "10.0.0.7:8080" }),
    one({ key: "kitchen", name: "Küche", agentName: "Attic Pi", state: "offline", since: NOW }),
    one({ key: "slow", name: "Airport", state: "slow", fps: 3, address: "10.0.0.8:8080" }),
    one({ key: "hidden", name: "Shed", hidden: true }),
    one({ key: "nameless", name: "", host: "garage-pi", url: "http://10.0.0.9/live.mjpg" }),
    one({ key: "locked", name: "Safe", state: "refused", reason: "needs-key" }),
    one({ key: "frozen", name: "Yard", state: "stalled" }),
  ];

  it.each([
    ["", all.map((c) => c.key).join(" ")],
    ["   ", all.map((c) => c.key).join(" ")],
    // A whole name, its start, the start of a word in it, its middle, and no name.
    ["portal", "portal portal2"],
    ["por", "portal2 portal porch slow"],
    ["DOOR back", "door"],
    ["kuche", "kitchen"],
    ["KÜCHE", "kitchen"],
    ["attic", "kitchen"],
    ["pi-two", "door"],
    ["192.168.1.40", "porch"],
    ["10.0.0", "portal slow nameless"],
    ["offline", "kitchen"],
    ["slow", "slow"],
    ["hidden", "hidden"],
    ["locked", "locked"],
    ["household key", "locked"],
    ["stalled", "frozen"],
    ["garage", "nameless"],
    ["mjpg", "nameless"],
    ["live 10.0", "portal slow nameless"],
    ["nothing like this", ""],
    [".*", ""],
  ])("%j: %s", (typed, want) => {
    expect(
      find(all, typed, NOW)
        .map((c) => c.key)
        .join(" "),
    ).toBe(want);
  });
});
