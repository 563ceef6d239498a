// What the Go side tells the page; docs/ARCHITECTURE.md, "Page contract".

export type CameraState =
  | "connecting"
  | "live"
  | "slow"
  | "stalled"
  | "offline"
  | "refused"
  | "camera-error"
  | "incompatible"
  | "paused";

/** Why a camera is not live; "" when it is, or when nobody knows. */
export type Reason =
  | ""
  | "refused" // nothing listens on the port
  | "unreachable"
  | "timeout"
  | "ended"
  | "no-frames"
  | "forbidden"
  | "unauthorized"
  | "other-login" // it asks for a password in another way than before
  | "other-network" // its password stands in its address, and this computer is elsewhere
  | "wrong-host"
  | "busy"
  | "not-pigrid"
  | "camera"
  | "too-old"
  | "too-new"
  | "bad-stream"
  | "bad-http" // it answers, but not in HTTP that can be read
  | "too-large" // the picture has too many pixels, or too many scans
  | "no-room" // the pictures of all cameras together have, and this is the largest
  | "no-memory"; // their frames have too many bytes

export interface Camera {
  key: string;
  name: string;
  address: string;
  host: string;
  /** Of a camera without an agent, without what lets one in; "" when it has one. */
  url: string;
  agentVersion: string;
  state: CameraState;
  /** Unix milliseconds, 0 = none; the clock is this computer's own. */
  since: number;
  retryAt: number;
  lastFrameAt: number;
  reason: Reason;
  /** HTTP status, 0 = none. */
  status: number;
  /** The agent's own sentence, its advice, and the raw cause. */
  message: string;
  hint: string;
  detail: string;
  /** What is not as asked although pictures come, in the agent's words. */
  warning: string;
  fps: number;
  /** Of its stream, over the last seconds. */
  bytesPerSecond: number;
  /** Pixels, 0 until known. */
  width: number;
  height: number;
  /** Added by address, not only found by itself. */
  added: boolean;
}

export interface Discovery {
  running: boolean;
  /** "eth0 192.168.1.20/24" */
  interfaces: string[];
  problem: string;
}

/** The last search of whole networks, address by address; all is 0 before the first. */
export interface Search {
  running: boolean;
  /** Addresses asked, of `total`. */
  done: number;
  total: number;
  /** Agents that answered, and cameras that were not known before. */
  answered: number;
  found: number;
  /** "192.168.1.0/24" */
  networks: string[];
  /** The person stopped it. */
  stopped: boolean;
  /** "no-network", or the system's own words. */
  problem: string;
}

export interface State {
  version: string;
  /** In display order. */
  cameras: Camera[];
  discovery: Discovery;
  search: Search;
  /** Where the cameras were seen last, "192.168.1.0/24", when this computer is elsewhere
   *  and none of them answers; else empty. */
  away: string[];
  /** One sentence about the app itself, mostly "". */
  notice: string;
  /** Of all streams together, over the last seconds. */
  bytesPerSecond: number;
}

export type AddReason = Reason | "no-stream" | "bad-address" | "bad-login" | "not-local" | "full";

export interface AddResult {
  ok: boolean;
  keys: string[];
  reason: AddReason;
  address: string;
  detail: string;
}
