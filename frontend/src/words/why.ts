// Why a camera is not seen, step by step.
import type { Access, Discovery, Heard, HeardAgent, Twins } from "../backend/types";
import { CROWDED, sameIdentity } from "./notices";
import { searching } from "./summary";
import { list } from "./text";

/** What the app knows that may be why. */
export interface Known {
  discovery: Discovery;
  access: Access;
  crowded: boolean;
  twins: Twins | null;
  /** Cameras that a person hid. */
  hidden: number;
}

/** One step: well, or a reason why a camera is not seen. */
export interface Step {
  well: boolean;
  text: string;
}

export const WHY = {
  title: "Why don't I see my camera?",
  checking: "Checking…",
  unanswered: "PiGrid did not answer. Close this and try again.",
  last: "Still nothing? Check that the Pi is on and that pigrid-agent runs on it. Guest Wi-Fi often keeps devices apart, and some networks block the messages that cameras announce themselves with (mDNS). Then search the network, or add the camera by its address.",
};

/** More than this many silent agents are counted. */
const NAMED = 4;

/** The steps in the order in which a person checks them. */
export function steps(known: Known, heard: Heard): Step[] {
  const { discovery, access, crowded, twins, hidden } = known;
  const silent = heard.agents.filter((a) => !a.answers);
  const reasons = [
    ...silent.slice(0, NAMED).map(silence),
    silent.length > NAMED && `${silent.length - NAMED} more agents do not answer.`,
    access.strange > 0 &&
      `${agents(access.strange, "is", "are")} locked by another household. Enter its key under Household.`,
    access.new.length === 1 && "1 agent is new here. Say under Household whose it is.",
    access.new.length > 1 &&
      `${access.new.length} agents are new here. Say under Household whose they are.`,
    hidden > 0 && `${hidden === 1 ? "1 camera is" : `${hidden} cameras are`} hidden.`,
    heard.forgotten === 1 &&
      "You removed a camera or agent that still answers. Add it by its address to see it again.",
    heard.forgotten > 1 &&
      `You removed ${heard.forgotten} cameras or agents that still answer. Add one by its address to see it again.`,
    heard.declined > 0 &&
      `You said that ${agents(heard.declined, "is", "are")} not yours. Add it by its address to see it again.`,
    crowded && CROWDED,
    twins && sameIdentity(twins),
  ];
  return [
    network(discovery),
    { well: discovery.problem === "" && discovery.running, text: searching(discovery) },
    answers(heard.agents.filter((a) => a.answers)),
    ...reasons.filter((text) => typeof text === "string").map((text) => ({ well: false, text })),
  ];
}

function network({ interfaces }: Discovery): Step {
  if (interfaces.length === 0) return { well: false, text: "This computer is on no network." };
  return {
    well: true,
    text: `This computer is on ${list(interfaces)}. The Pi must be on the same network.`,
  };
}

function answers(agents: readonly HeardAgent[]): Step {
  if (agents.length === 0) return { well: false, text: "No agent answers." };
  const names = agents.slice(0, NAMED).map(({ name, address }) => name || address);
  if (agents.length > NAMED) names.push(`${agents.length - NAMED} more`);
  return {
    well: true,
    text: `${agents.length === 1 ? "1 agent answers" : `${agents.length} agents answer`}: ${list(names)}.`,
  };
}

function silence({ name, address, reason }: HeardAgent): string {
  const who = name === "" ? `The Pi at ${address}` : `${name} (${address})`;
  switch (reason) {
    case "refused":
      return `${who} is on the network, but pigrid-agent does not run there. Start it: sudo systemctl start pigrid-agent.`;
    case "":
      return `${who} has not been asked yet.`;
    default:
      return `${who} does not answer. It may be off, or a firewall may block it.`;
  }
}

function agents(count: number, one: string, several: string): string {
  return count === 1 ? `1 agent ${one}` : `${count} agents ${several}`;
}
