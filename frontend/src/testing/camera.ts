import type { Camera, Saved, Search, State } from "../backend/types";
import { NO_ACCESS } from "./access";

/** A live camera, with whatever a test needs to be different. */
export function camera(differences: Partial<Camera> = {}): Camera {
  return {
    key: "agent:1/imx708",
    name: "Porch",
    address: "192.168.1.42:8080",
    host: "raspberrypi",
    url: "",
    agentVersion: "0.5.1",
    state: "live",
    since: 0,
    retryAt: 0,
    lastFrameAt: 0,
    reason: "",
    status: 0,
    message: "",
    hint: "",
    detail: "",
    warning: "",
    fps: 15,
    bytesPerSecond: 512_500,
    takenAt: 0,
    clockAheadMs: 0,
    width: 1280,
    height: 720,
    added: false,
    agent: "1",
    agentName: "Porch",
    unnamed: false,
    access: "open",
    household: "",
    rotation: 0,
    mirror: false,
    hidden: false,
    fill: false,
    notify: false,
    ...differences,
  };
}

/** `count` live cameras with keys k1, k2, … */
export function cameras(count: number, differences: Partial<Camera> = {}): Camera[] {
  return Array.from({ length: count }, (_, i) =>
    camera({ key: `k${i + 1}`, name: `Camera ${i + 1}`, ...differences }),
  );
}

/** No search yet, with whatever a test needs to be different. */
export function search(differences: Partial<Search> = {}): Search {
  return {
    running: false,
    done: 0,
    total: 0,
    answered: 0,
    found: 0,
    networks: [],
    stopped: false,
    problem: "",
    ...differences,
  };
}

export function state(
  list: Camera[],
  discovery: Partial<State["discovery"]> = {},
  notice = "",
): State {
  return {
    version: "0.5.1",
    cameras: list,
    discovery: { running: true, interfaces: ["eth0 192.168.1.20/24"], problem: "", ...discovery },
    search: search(),
    away: [],
    notice,
    crowded: false,
    kiosk: false,
    readOnly: false,
    access: NO_ACCESS,
    appearance: { scheme: "system", labels: "always", numbers: "hover" },
    layout: "",
    views: [],
    view: "",
    bytesPerSecond: list.reduce((sum, c) => sum + c.bytesPerSecond, 0),
  };
}

/** How saving one picture ended. */
export function savedResult(differences: Partial<Saved> = {}): Saved {
  return {
    code: "",
    detail: "",
    paths: ["/home/me/Pictures/PiGrid/Porch.jpg"],
    folder: "/home/me/Pictures/PiGrid",
    seconds: 0,
    until: 0,
    missed: 0,
    canShow: true,
    ...differences,
  };
}
