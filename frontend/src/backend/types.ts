// Written by make types from desktop/gridapi; never by hand.

/**
 * What a tile shows.
 */
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
/**
 * Why a camera is not live, or was not added; empty when it is, or when nobody knows.
 */
export type Reason =
  | ""
  | "refused"
  | "unreachable"
  | "timeout"
  | "ended"
  | "no-frames"
  | "forbidden"
  | "unauthorized"
  | "other-login"
  | "other-network"
  | "wrong-host"
  | "busy"
  | "not-pigrid"
  | "camera"
  | "too-old"
  | "too-new"
  | "bad-stream"
  | "bad-http"
  | "too-large"
  | "too-complex"
  | "no-room"
  | "no-memory"
  | "no-stream"
  | "bad-address"
  | "bad-login"
  | "not-local"
  | "full";

export interface Contract {
  question: Question;
  answer: Answer;
  call: Call;
}
/**
 * Question is what the page asks with POST /frames.
 */
export interface Question {
  /**
   * number of the state that the page knows, 0 for none
   */
  state: number;
  /**
   * cameras that it shows; none for a page that nobody sees
   */
  want: Want[];
}
/**
 * Want is one camera the page shows, and the last frame it was told of.
 */
export interface Want {
  key: string;
  seq: number;
  /**
   * frames per second at most, 0 for all that there are
   */
  fps: number;
}
/**
 * Answer is the answer to POST /frames, and to each command.
 */
export interface Answer {
  /**
   * of the state
   */
  number: number;
  state?: State;
  /**
   * never null
   */
  news: News[];
  result?: AddResult;
}
/**
 * when the page knows another one
 */
export interface State {
  version: string;
  /**
   * in display order, never null
   */
  cameras: Camera[];
  discovery: Discovery;
  search: Search;
  /**
   * Away has the networks on which the cameras were seen last, when this computer is
   * on others and none of them answers; else it is empty, never null.
   */
  away: string[];
  /**
   * one sentence about the app itself, mostly empty
   */
  notice: string;
  /**
   * Crowded says that there are more agents on this network than the app can show.
   */
  crowded: boolean;
  twins?: Twins;
  /**
   * BytesPerSecond is what all streams together brought over the last seconds.
   */
  bytesPerSecond: number;
}
/**
 * Camera is one tile.
 */
export interface Camera {
  key: string;
  name: string;
  /**
   * host:port
   */
  address: string;
  host: string;
  /**
   * of a camera without an agent, without credentials
   */
  url: string;
  agentVersion: string;
  state: CameraState;
  since: number;
  retryAt: number;
  lastFrameAt: number;
  reason: Reason;
  /**
   * HTTP, 0 none
   */
  status: number;
  /**
   * the agent's own words
   */
  message: string;
  /**
   * what it says one can do
   */
  hint: string;
  /**
   * the raw cause
   */
  detail: string;
  /**
   * what is not as asked although pictures come, in the agent's words
   */
  warning: string;
  fps: number;
  /**
   * BytesPerSecond is what its stream brought over the last seconds.
   */
  bytesPerSecond: number;
  /**
   * pixels
   */
  width: number;
  height: number;
  /**
   * a person typed its address
   */
  added: boolean;
}
/**
 * Discovery says whether and where agents are searched for.
 */
export interface Discovery {
  running: boolean;
  /**
   * "eth0 192.168.1.20/24", never null
   */
  interfaces: string[];
  problem: string;
}
/**
 * Search is the last search of whole networks, address by address; all is zero before the first.
 */
export interface Search {
  running: boolean;
  /**
   * addresses asked, of Total
   */
  done: number;
  total: number;
  /**
   * agents
   */
  answered: number;
  /**
   * cameras that were not known before
   */
  found: number;
  /**
   * "192.168.1.0/24", never null
   */
  networks: string[];
  /**
   * by the person, before all were asked
   */
  stopped: boolean;
  /**
   * "no-network", or the system's own words
   */
  problem: string;
}
/**
 * two agents that have the same id, mostly null
 */
export interface Twins {
  /**
   * of a camera of the one that is shown
   */
  name: string;
  shown: string;
  other: string;
}
/**
 * News is the newest frame of a camera as the page is told of it.
 */
export interface News {
  key: string;
  seq: number;
  ageMs: number;
}
/**
 * of the command add
 */
export interface AddResult {
  ok: boolean;
  /**
   * of the agent's cameras, never null
   */
  keys: string[];
  reason: Reason;
  /**
   * as it was understood, host:port
   */
  address: string;
  detail: string;
}
/**
 * Call is what a person does: about a camera, or an address that was typed.
 */
export interface Call {
  key: string;
  address: string;
}
