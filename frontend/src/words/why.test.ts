import { describe, expect, it } from "vitest";

import type { Heard, HeardAgent } from "../backend/types";
import { NO_ACCESS, openAgent } from "../testing/access";
import { steps, type Known } from "./why";

const agent = (differences: Partial<HeardAgent> = {}): HeardAgent => ({
  name: "Porch",
  address: "192.168.1.40:8080",
  answers: true,
  cameras: 1,
  reason: "",
  detail: "",
  ...differences,
});

function said(known: Partial<Known>, heard: Partial<Heard> = {}): string[] {
  const all = steps(
    {
      discovery: { running: true, interfaces: ["eth0 192.168.1.20/24"], problem: "" },
      access: NO_ACCESS,
      crowded: false,
      twins: null,
      hidden: 0,
      ...known,
    },
    { agents: [agent()], forgotten: 0, declined: 0, ...heard },
  );
  return all.map(({ well, text }) => `${well ? "+" : "!"} ${text}`);
}

describe("why a camera is not seen", () => {
  it("says what is well", () => {
    expect(said({})).toEqual([
      "+ This computer is on eth0 192.168.1.20/24. The Pi must be on the same network.",
      "+ PiGrid keeps looking. New cameras appear here automatically.",
      "+ 1 agent answers: Porch.",
    ]);
  });

  it("says what is missing on this computer", () => {
    const discovery = { running: true, interfaces: [], problem: "port 5353 is in use" };
    expect(said({ discovery }, { agents: [] })).toEqual([
      "! This computer is on no network.",
      "! PiGrid cannot discover cameras automatically: port 5353 is in use.",
      "! No agent answers.",
    ]);
  });

  it("names agents that do not answer, and counts many", () => {
    const silent = (n: number, reason: HeardAgent["reason"]) =>
      agent({ name: n > 1 ? `Pi ${n}` : "", address: `10.0.0.${n}:8080`, answers: false, reason });
    const agents = [
      silent(1, "unreachable"),
      silent(2, "refused"),
      silent(3, ""),
      ...[4, 5, 6].map((n) => silent(n, "unreachable")),
      ...[1, 2, 3, 4, 5, 6].map((n) => agent({ name: `Well ${n}` })),
    ];
    expect(said({}, { agents }).slice(2)).toEqual([
      "+ 6 agents answer: Well 1, Well 2, Well 3, Well 4 and 2 more.",
      "! The Pi at 10.0.0.1:8080 does not answer. It may be off, or a firewall may block it.",
      "! Pi 2 (10.0.0.2:8080) is on the network, but pigrid-agent does not run there. Start it: sudo systemctl start pigrid-agent.",
      "! Pi 3 (10.0.0.3:8080) has not been asked yet.",
      "! Pi 4 (10.0.0.4:8080) does not answer. It may be off, or a firewall may block it.",
      "! 2 more agents do not answer.",
    ]);
  });

  it("says what a person did", () => {
    const access = { ...NO_ACCESS, strange: 2, new: [openAgent()] };
    expect(
      said({ access, hidden: 1, crowded: true }, { forgotten: 3, declined: 1 }).slice(3),
    ).toEqual([
      "! 2 agents are locked by another household. Enter its key under Household.",
      "! 1 agent is new here. Say under Household whose it is.",
      "! 1 camera is hidden.",
      "! You removed 3 cameras or agents that still answer. Add one by its address to see it again.",
      "! You said that 1 agent is not yours. Add it by its address to see it again.",
      "! There are more agents on this network than PiGrid can show. Forget some that are not yours, and others will appear.",
    ]);
  });
});
