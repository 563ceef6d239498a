// Who watched a camera, by what a program calls itself (User-Agent, RFC 9110), and what it
// needs once the camera is locked.
import type { Watched, Watcher } from "../backend/types";
import { list } from "./text";
import { moment } from "./time";

/** What a program is for: it decides what it needs. */
export type Kind = "app" | "browser" | "home-assistant" | "player" | "script" | "unknown";

interface Program {
  kind: Kind;
  name: string;
}

/** The first that fits counts: many programs name the libraries and browsers that they resemble. */
const PROGRAMS: readonly (readonly [RegExp, Kind, string])[] = [
  [/^pigrid\b/i, "app", "PiGrid"],
  [/^Home ?Assistant\b/i, "home-assistant", "Home Assistant"],
  [/Frigate/i, "player", "Frigate"],
  [/go2rtc/i, "player", "go2rtc"],
  [/OctoPrint/i, "script", "OctoPrint"],
  [/moonraker/i, "script", "Moonraker"],
  [/\bVLC\b|LibVLC/, "player", "VLC"],
  [/\bmpv\b|libmpv/i, "player", "mpv"],
  [/^Lavf\//, "player", "ffmpeg"],
  [/GStreamer|souphttpsrc/i, "player", "GStreamer"],
  [/^curl\//i, "script", "curl"],
  [/^Wget\//i, "script", "wget"],
  [/^python-|aiohttp|^Python\b|httpx/i, "script", "A Python program"],
  [/^Prometheus\//, "script", "Prometheus"],
  [/^Go-http-client/, "script", "A Go program"],
  [/iPhone|iPad/, "browser", "A browser on an iPhone or iPad"],
  [/Android/, "browser", "A browser on an Android device"],
  [/Tizen|Web0S|SMART-TV|AppleTV|BRAVIA/i, "browser", "A TV"],
  [/Edg\//, "browser", "Edge"],
  [/Firefox\//, "browser", "Firefox"],
  [/Chrome\/|Chromium\//, "browser", "Chrome"],
  [/Safari\//, "browser", "Safari"],
  [/^Mozilla\//, "browser", "A browser"],
];

/** The program that calls itself so. */
export function programOf(userAgent: string): Program {
  for (const [pattern, kind, name] of PROGRAMS) if (pattern.test(userAgent)) return { kind, name };
  return { kind: "unknown", name: "A program" };
}

/** What a person has to do for it. */
const NEEDS: Record<Kind, string> = {
  app: "Enter the household key there.",
  browser: "It asks for a view password once and remembers it.",
  "home-assistant": "Enter a view password there, with any user name.",
  player: "Put a view password into its address.",
  script: "Put a view password into its address.",
  unknown: "If it stops, put a view password into its address.",
};

/** One line of the list before locking. */
export interface WatcherLine {
  /** "Home Assistant at 192.168.1.5" */
  who: string;
  /** "watched Porch and Garage, last at 14:02" */
  what: string;
  needs: string;
}

/** Where it runs, as people say it. */
function where({ self, here, address }: Watcher): string {
  if (here) return "on this computer";
  return self ? "on the Pi itself" : `at ${address}`;
}

/** More cameras than this are counted, not named. */
const NAMED = 3;

/**
 * One line for each program at each address, the last to watch first. This computer's own
 * PiGrid is left out: it gets the key by itself.
 */
export function watcherLines(watched: readonly Watched[], now: number): WatcherLine[] {
  const lines = new Map<
    string,
    { watcher: Watcher; program: Program; last: number; of: string[] }
  >();
  for (const { id, name, watchers } of watched) {
    for (const watcher of watchers) {
      const program = programOf(watcher.program);
      if (watcher.here && program.kind === "app") continue;
      const at = watcher.self ? `self ${id}` : watcher.address;
      const key = [at, program.kind, program.name].join(" ");
      const line = lines.get(key) ?? { watcher, program, last: 0, of: [] };
      line.last = Math.max(line.last, watcher.last);
      if (!line.of.includes(name)) line.of.push(name);
      lines.set(key, line);
    }
  }
  const sorted = [...lines.values()].sort((a, b) => b.last - a.last);
  return sorted.map(({ watcher, program, last, of }) => ({
    who: `${program.name} ${where(watcher)}`,
    what: `watched ${of.length > NAMED ? `${of.length} Pis` : list(of)}${last > 0 ? `, last at ${moment(last, now)}` : ""}`,
    needs: NEEDS[program.kind],
  }));
}

/** Agents that did not say who watched; "" when all did. */
export function untold(watched: readonly Watched[]): string {
  const silent = watched.filter(({ code }) => code !== "").map(({ name }) => name);
  if (silent.length === 0) return "";
  return `${silent.length > NAMED ? `${silent.length} Pis` : list(silent)} did not say who watched.`;
}
