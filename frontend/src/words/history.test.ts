import { describe, expect, it } from "vitest";

import type { Outage, Phase } from "../backend/types";
import { HISTORY, lineLabel, outageWords, percent, runs, runWords, when } from "./history";

const now = new Date(2025, 10, 22, 14, 2, 30).getTime();
const at = (hours: number, minutes: number, daysAgo = 0) =>
  new Date(2025, 10, 22 - daysAgo, hours, minutes).getTime();

function outage(differences: Partial<Outage> = {}): Outage {
  return { from: at(9, 12), to: at(9, 31), going: false, phases: [phase({})], ...differences };
}

function phase(differences: Partial<Phase>): Phase {
  return { from: at(9, 12), state: "offline", reason: "unreachable", message: "", ...differences };
}

describe("history", () => {
  it.each([
    [0, 0, "not watched"],
    [1, 1000, "100 % live"],
    [0.99999, 1000, "99.9 % live"],
    [0.9889, 1000, "98.8 % live"],
    [0, 1000, "0.0 % live"],
  ])("%f of %d ms is %s", (live, watched, words) => {
    expect(percent({ marks: "", live, watched })).toBe(words);
  });

  it("says up where only the agent was asked", () => {
    expect(percent({ marks: "lla", live: 0.5, watched: 1 })).toBe("50.0 % up");
    expect(percent({ marks: "aaa", live: 1, watched: 1 })).toBe("100 % up");
    expect(runs("laa-")).toEqual([
      ["live", 0, 1],
      ["well", 1, 2],
      ["none", 3, 1],
    ]);
  });

  it("labels a line for those who do not see it", () => {
    expect(lineLabel("Porch", "24 h", { marks: "", live: 0.5, watched: 1 })).toBe(
      "Porch, last 24 h: 50.0 % live",
    );
    expect(lineLabel("Porch", "24 h", { marks: "loesl-", live: 0.5, watched: 1 })).toBe(
      "Porch, last 24 h: 50.0 % live; slow, offline, camera error",
    );
  });

  it("says what each part of a line is, and when it was", () => {
    const line = { marks: "l".repeat(288), live: 1, watched: 1 };
    const said = (first: number, count: number) =>
      runWords("offline", first, count, line, 24 * 3_600_000, now);
    expect(said(228, 4)).toBe("Offline · 09:02–09:22");
    expect(said(280, 8)).toBe("Offline · since 13:22");
    expect(said(0, 12)).toBe("Offline · yesterday 14:02–15:02");
  });

  it("tells what Go tells apart, in words of its own", () => {
    const kinds = [..."lastoreic-"].map((mark) => runs(mark)[0]?.[0]);
    expect(kinds).toEqual([
      ...[
        "live",
        "well",
        "slow",
        "stalled",
        "offline",
        "barred",
        "error",
        "barred",
        "stalled",
        "none",
      ],
    ]);
    expect(new Set(kinds)).toEqual(new Set(Object.keys(HISTORY.legend)));
    expect(new Set(Object.values(HISTORY.legend)).size).toBe(8);
  });

  it.each<[Partial<Outage>, string]>([
    [{}, "09:12–09:31"],
    [{ going: true }, "since 09:12"],
    [{ from: at(9, 12, 1), to: at(9, 31, 1) }, "yesterday 09:12–09:31"],
    [{ from: at(23, 50, 1), to: at(0, 10) }, "yesterday 23:50 – 00:10"],
    [{ from: at(9, 12, 5), to: at(9, 31, 5) }, "17 Nov 09:12–09:31"],
  ])("%j was %s", (differences, words) => {
    expect(when(outage(differences), now)).toBe(words);
  });

  it.each<[Partial<Phase>[], string]>([
    [[{}], "19 min: the Pi did not answer"],
    [
      [{}, { state: "camera-error", reason: "camera", message: "No camera was found." }],
      "19 min: the Pi did not answer, then no camera was found",
    ],
    [
      [{ state: "stalled", reason: "no-frames" }, { reason: "timeout" }],
      "19 min: no new pictures came, then it took too long to answer",
    ],
    [
      [{ reason: "unreachable" }, { reason: "" }, { reason: "refused" }],
      "19 min: the Pi did not answer, then PiGrid was not running there",
    ],
    [[{ state: "refused", reason: "forbidden" }], "19 min: access was denied"],
    [[{ state: "camera-error", reason: "busy" }], "19 min: it had too many viewers"],
    [[{ state: "camera-error", reason: "camera" }], "19 min: its camera gave no pictures"],
    [[{ state: "incompatible", reason: "too-old" }], "19 min: its agent is too old"],
    [[{ state: "connecting", reason: "" }], "19 min: no picture came yet"],
  ])("%j: %s", (phases, words) => {
    expect(outageWords(outage({ phases: phases.map(phase) }))).toBe(words);
  });

  it("draws what follows each other as one", () => {
    expect(runs("--llotes-l")).toEqual([
      ["none", 0, 2],
      ["live", 2, 2],
      ["offline", 4, 1],
      ["stalled", 5, 1],
      ["error", 6, 1],
      ["slow", 7, 1],
      ["none", 8, 1],
      ["live", 9, 1],
    ]);
    expect(runs("")).toEqual([]);
  });
});
