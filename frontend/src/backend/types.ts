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
  | "crowded"
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
  | "full"
  | "needs-key"
  | "not-yours"
  | "changed-key"
  | "keychain";
/**
 * Who may watch a camera, as far as this computer knows; empty when it does not, or the agent is older than access.
 */
export type CameraAccess =
  "" | "open" | "locked" | "needs-key" | "not-yours" | "changed-key" | "keychain";
/**
 * Why something about access came to nothing; empty when it did not.
 */
export type AccessCode =
  | ""
  | "bad-key"
  | "bad-name"
  | "none-opens"
  | "not-kept"
  | "unknown"
  | "no-answer"
  | "unreadable"
  | "needs-key"
  | "not-yours"
  | "changed-key"
  | "still-open"
  | "no-tls"
  | "full"
  | "taken"
  | "last"
  | "busy"
  | "too-much"
  | "refused"
  | "claimed"
  | "claim-closed"
  | "held-open"
  | "not-stored"
  | "not-forgotten"
  | "ambiguous"
  | "conflict";
/**
 * Why pictures were not saved; empty when all were.
 */
export type SaveCode =
  "" | "no-picture" | "disk-full" | "no-folder" | "not-ours" | "busy" | "failed";

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
  /**
   * Held are cameras of which it keeps showing the last picture, because a person stopped
   * them. They are not asked for others, and what was kept of them stays.
   */
  held?: string[];
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
  /**
   * Width is how many pixels of the screen lie across the picture, before it is turned;
   * 0 for all that there are.
   */
  width: number;
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
  access?: AccessResult;
  settings?: SettingsResult;
  saved?: Saved;
  history?: History;
  savedAs?: SavedAs;
  heard?: Heard;
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
  /**
   * Kiosk says that nobody sits at the page: it shows no controls and changes nothing.
   */
  kiosk: boolean;
  /**
   * ReadOnly says that the page may look and change nothing: it has no controls for that.
   */
  readOnly: boolean;
  twins?: Twins;
  access: Access;
  appearance: Appearance;
  /**
   * Layout is how all cameras stand together: "focus" when one is large and the others
   * stand in a strip, else empty.
   */
  layout: string;
  /**
   * in the order in which they were made, never null
   */
  views: View[];
  /**
   * the name of the one that is shown, empty for all cameras
   */
  view: string;
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
   * TakenAt is when the picture was taken that came at LastFrameAt, by its agent's clock,
   * 0 when that does not say; ClockAheadMS is how far that clock is ahead of this
   * computer's, negative when it is behind.
   */
  takenAt: number;
  clockAheadMs: number;
  /**
   * pixels
   */
  width: number;
  height: number;
  /**
   * a person typed its address
   */
  added: boolean;
  /**
   * Agent is the id of its agent, empty when it has none.
   */
  agent: string;
  agentName: string;
  /**
   * Unnamed says that the agent still has the name of every Raspberry Pi.
   */
  unnamed: boolean;
  /**
   * Who may watch a camera, as far as this computer knows; empty when it does not, or the agent is older than access.
   */
  access: "" | "open" | "locked" | "needs-key" | "not-yours" | "changed-key" | "keychain";
  /**
   * id, empty when its agent is in none
   */
  household: string;
  /**
   * Rotation is how many degrees its picture must be turned clockwise: 0, 90, 180 or
   * 270. Mirror says that left and right must be swapped after that.
   */
  rotation: number;
  mirror: boolean;
  /**
   * Hidden says that a person does not want to see it. It keeps its place.
   */
  hidden: boolean;
  /**
   * Fill says that its picture is cut so that it fills its tile.
   */
  fill: boolean;
  /**
   * Notify says that a person is told when it goes and comes back.
   */
  notify: boolean;
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
 * Access is what this computer knows of who may watch.
 */
export interface Access {
  /**
   * in the order in which they were made, never null
   */
  households: Household[];
  /**
   * Open has the agents that everybody on their network can watch; never null.
   */
  open: OpenAgent[];
  /**
   * New has agents that appeared while there is a household, and that nobody has said
   * yes or no to. Their cameras are not among the cameras. Never null, at most 32.
   */
  new: OpenAgent[];
  /**
   * Strange is how many locked agents there are that no household here opens.
   */
  strange: number;
  lock?: Lock;
}
/**
 * Household is a household whose key this computer has.
 */
export interface Household {
  id: string;
  name: string;
  /**
   * Kept is where the key is: "keychain" also when that is not known, "loading" until
   * the keychain has answered, "unreadable" when it does not hand it out.
   */
  kept: string;
  /**
   * never null
   */
  passwords: ViewPassword[];
  /**
   * by name, never null
   */
  agents: HomeAgent[];
  /**
   * Overruled says that another computer changed the view passwords when this one did,
   * and that its change stands. It ends with the command seen.
   */
  overruled: boolean;
}
/**
 * ViewPassword is a view password without its text.
 */
export interface ViewPassword {
  name: string;
  /**
   * unix milliseconds, 0 for never
   */
  until: number;
  /**
   * this computer has its text; another one made it otherwise
   */
  here: boolean;
}
/**
 * HomeAgent is an agent of a household.
 */
export interface HomeAgent {
  id: string;
  name: string;
  /**
   * host:port, empty when it is not known
   */
  address: string;
  access: CameraAccess;
  /**
   * it answered the last question
   */
  online: boolean;
  /**
   * Waits says that it has not been sent the newest key, passwords or names yet. That
   * happens when it answers again.
   */
  waits: boolean;
  /**
   * Code says why sending them failed, empty when it did not.
   */
  code:
    | ""
    | "bad-key"
    | "bad-name"
    | "none-opens"
    | "not-kept"
    | "unknown"
    | "no-answer"
    | "unreadable"
    | "needs-key"
    | "not-yours"
    | "changed-key"
    | "still-open"
    | "no-tls"
    | "full"
    | "taken"
    | "last"
    | "busy"
    | "too-much"
    | "refused"
    | "claimed"
    | "claim-closed"
    | "held-open"
    | "not-stored"
    | "not-forgotten"
    | "ambiguous"
    | "conflict";
}
/**
 * OpenAgent is an agent that everybody on its network can watch.
 */
export interface OpenAgent {
  id: string;
  name: string;
  /**
   * host:port
   */
  address: string;
  cameras: number;
}
/**
 * while agents are being locked, mostly null
 */
export interface Lock {
  /**
   * id
   */
  household: string;
  /**
   * by name, never null
   */
  agents: LockAgent[];
}
/**
 * LockAgent is an agent that is being locked.
 */
export interface LockAgent {
  id: string;
  name: string;
  address: string;
  /**
   * Step is "asking" before its first answer, "claiming", "restart" when it must be
   * switched off and on, "locked" at the end, "failed" when Code says why. Those that
   * failed are tried again.
   */
  step: string;
  /**
   * ClaimUntil is until when it can be claimed, unix milliseconds, 0 when it cannot be
   * or nobody knows.
   */
  claimUntil: number;
  code: AccessCode;
  /**
   * the agent's own words
   */
  message: string;
  hint: string;
}
/**
 * Appearance is how a person wants the page to look.
 */
export interface Appearance {
  /**
   * "system", "light" or "dark"
   */
  scheme: string;
  /**
   * names on tiles: "always" or "hover"
   */
  labels: string;
  /**
   * Numbers says when tiles show the numbers of their pictures: "hover" or "always".
   */
  numbers: string;
}
/**
 * View is some cameras with an order and a layout of their own.
 */
export interface View {
  name: string;
  /**
   * keys in display order, also of cameras that are not there; never null
   */
  cameras: string[];
  /**
   * as in State
   */
  layout: string;
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
 * Access is how a command about access ended.
 */
export interface AccessResult {
  ok: boolean;
  /**
   * Why something about access came to nothing; empty when it did not.
   */
  code:
    | ""
    | "bad-key"
    | "bad-name"
    | "none-opens"
    | "not-kept"
    | "unknown"
    | "no-answer"
    | "unreadable"
    | "needs-key"
    | "not-yours"
    | "changed-key"
    | "still-open"
    | "no-tls"
    | "full"
    | "taken"
    | "last"
    | "busy"
    | "too-much"
    | "refused"
    | "claimed"
    | "claim-closed"
    | "held-open"
    | "not-stored"
    | "not-forgotten"
    | "ambiguous"
    | "conflict";
  /**
   * the agent's own words
   */
  message: string;
  hint: string;
  /**
   * the raw cause
   */
  detail: string;
  /**
   * Household is the id of the one that was made, joined or changed.
   */
  household: string;
  /**
   * Opened has the agents that a key that was typed opens; never null.
   */
  opened: OpenAgent[];
  /**
   * Watched says who watched, of the command watchers; never null.
   */
  watched: Watched[];
  sheet?: Sheet;
}
/**
 * Watched is who watched one agent in the last seven days.
 */
export interface Watched {
  /**
   * of the agent
   */
  id: string;
  name: string;
  /**
   * Why something about access came to nothing; empty when it did not.
   */
  code:
    | ""
    | "bad-key"
    | "bad-name"
    | "none-opens"
    | "not-kept"
    | "unknown"
    | "no-answer"
    | "unreadable"
    | "needs-key"
    | "not-yours"
    | "changed-key"
    | "still-open"
    | "no-tls"
    | "full"
    | "taken"
    | "last"
    | "busy"
    | "too-much"
    | "refused"
    | "claimed"
    | "claim-closed"
    | "held-open"
    | "not-stored"
    | "not-forgotten"
    | "ambiguous"
    | "conflict";
  /**
   * the last to watch first, never null
   */
  watchers: Watcher[];
}
/**
 * Watcher is a client that watched.
 */
export interface Watcher {
  address: string;
  /**
   * User-Agent, may be empty
   */
  program: string;
  /**
   * unix milliseconds by the agent's clock, 0 when it cannot be read
   */
  last: number;
  /**
   * Self says that the program runs on the Pi itself, Here that it runs on this computer.
   */
  self: boolean;
  here: boolean;
}
/**
 * of the command sheet
 */
export interface Sheet {
  /**
   * id
   */
  household: string;
  name: string;
  /**
   * four groups of five characters
   */
  key: string;
  passwords: SheetPassword[];
  /**
   * by name
   */
  agents: SheetAgent[];
}
/**
 * SheetPassword is a view password in clear.
 */
export interface SheetPassword {
  name: string;
  /**
   * unix milliseconds, 0 for never
   */
  until: number;
  /**
   * four groups of four characters, empty when another computer made it
   */
  text: string;
}
/**
 * SheetAgent is where an agent of the household is.
 */
export interface SheetAgent {
  name: string;
  /**
   * URL is that of its page where it answered last, empty when it never did: a phone's QR
   * code is this, followed by "#v=" and the text of a view password.
   */
  url: string;
}
/**
 * Settings is how a command about settings ended.
 */
export interface SettingsResult {
  ok: boolean;
  /**
   * Code is "newer" for a file of a newer PiGrid, "not-settings" for any other file
   * that cannot be read, "not-saved" when a file could not be made, "unknown" for a
   * look that there is not; of how pictures are saved, a code of package keep, "not-saved",
   * "cancelled", "no-window" or "busy"; "no-notices" when the desktop shows none.
   */
  code: string;
  /**
   * the raw cause
   */
  detail: string;
  /**
   * of a file, or the diagnostics
   */
  text: string;
  /**
   * cameras that were not known here
   */
  added: number;
  saving?: Saving;
}
/**
 * Saving is how pictures are saved; only after a command about that.
 */
export interface Saving {
  /**
   * empty for Usual
   */
  folder: string;
  usual: string;
  /**
   * a pattern, empty for UsualName
   */
  name: string;
  usualName: string;
  /**
   * what a snapshot would be called now, empty when the pattern is wrong
   */
  example: string;
}
/**
 * Saved is how a command that saves pictures ended.
 */
export interface Saved {
  code: SaveCode;
  /**
   * what the system said, mostly empty
   */
  detail: string;
  /**
   * of the files that were saved, also when others were not; never null
   */
  paths: string[];
  /**
   * where they are, or were to be
   */
  folder: string;
  /**
   * Seconds is how long a clip is, and Until when its last picture came; that of a
   * snapshot, too.
   */
  seconds: number;
  until: number;
  /**
   * cameras of which there was no picture
   */
  missed: number;
  /**
   * reveal shows them in a file manager
   */
  canShow: boolean;
}
/**
 * History is what happened to cameras, when it was asked for.
 */
export interface History {
  /**
   * when the lines end
   */
  now: number;
  /**
   * in display order, never null
   */
  cameras: CameraHistory[];
  csv?: string;
}
/**
 * CameraHistory is what happened to one camera.
 */
export interface CameraHistory {
  key: string;
  name: string;
  day: Line;
  week: Line1;
  /**
   * newest first, never null
   */
  outages: Outage[];
}
/**
 * the last 24 hours
 */
export interface Line {
  /**
   * Marks has a letter for each of 288 equal parts: "l" live, "a" when only its
   * agent was asked, and said that it is well, "s" slow, "t" stalled,
   * "o" offline, "r" refused, "e" camera error, "i" incompatible, "c" connecting, "-"
   * when nobody watched. Any outage shows.
   */
  marks: string;
  /**
   * Live is the part of the watched time in which there were pictures, or in which the
   * agent said so, 0 to 1.
   */
  live: number;
  /**
   * milliseconds
   */
  watched: number;
}
/**
 * the last 7 days
 */
export interface Line1 {
  /**
   * Marks has a letter for each of 288 equal parts: "l" live, "a" when only its
   * agent was asked, and said that it is well, "s" slow, "t" stalled,
   * "o" offline, "r" refused, "e" camera error, "i" incompatible, "c" connecting, "-"
   * when nobody watched. Any outage shows.
   */
  marks: string;
  /**
   * Live is the part of the watched time in which there were pictures, or in which the
   * agent said so, 0 to 1.
   */
  live: number;
  /**
   * milliseconds
   */
  watched: number;
}
/**
 * Outage is a time in which a camera was watched and gave no pictures.
 */
export interface Outage {
  from: number;
  to: number;
  /**
   * it is not over
   */
  going: boolean;
  /**
   * at least one
   */
  phases: Phase[];
}
/**
 * Phase is one state in an outage, and why.
 */
export interface Phase {
  from: number;
  state: CameraState;
  reason: Reason;
  /**
   * the agent's own words
   */
  message: string;
}
/**
 * SavedAs is how the command saveAs ended.
 */
export interface SavedAs {
  ok: boolean;
  /**
   * why not: "cancelled", "no-window", "busy", "bad-file" or "failed"
   */
  code: string;
  /**
   * where it is
   */
  path: string;
  /**
   * what the system said
   */
  detail: string;
}
/**
 * Heard is the answer to the command heard.
 */
export interface Heard {
  /**
   * that were heard of or typed in, never null, at most 64
   */
  agents: HeardAgent[];
  /**
   * Forgotten is how many agents and cameras are not shown because a person forgot them
   * while they answered, Declined how many because a person said no to them.
   */
  forgotten: number;
  declined: number;
}
/**
 * HeardAgent is an agent that was heard of on the network, or is remembered.
 */
export interface HeardAgent {
  /**
   * empty before its first answer
   */
  name: string;
  /**
   * host:port, of the best one
   */
  address: string;
  /**
   * it answered the last question
   */
  answers: boolean;
  /**
   * that it has
   */
  cameras: number;
  /**
   * Why a camera is not live, or was not added; empty when it is, or when nobody knows.
   */
  reason:
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
    | "crowded"
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
    | "full"
    | "needs-key"
    | "not-yours"
    | "changed-key"
    | "keychain";
  /**
   * the raw cause
   */
  detail: string;
}
/**
 * Call is what a person does: about a camera, an address that was typed, the arrangement, or access.
 */
export interface Call {
  key: string;
  address: string;
  /**
   * id
   */
  household?: string;
  /**
   * id
   */
  agent?: string;
  name?: string;
  /**
   * another name
   */
  to?: string;
  /**
   * a household key that was typed, or a file
   */
  text?: string;
  /**
   * unix milliseconds, 0 for never
   */
  until?: number;
  /**
   * lock a new camera, too
   */
  claim?: boolean;
  /**
   * also a key that opens nothing
   */
  keep?: boolean;
  rotation?: number;
  mirror?: boolean;
  scheme?: string;
  labels?: string;
  numbers?: string;
  /**
   * of a file that was saved, or of a folder
   */
  path?: string;
  /**
   * hide, fill or notify; false undoes it
   */
  on?: boolean;
  /**
   * key of the camera that the moved one stands before, empty for last
   */
  before?: string;
  /**
   * View is the name of a view, empty for all cameras, or to make one. Keys and Layout are
   * what it gets.
   */
  view?: string;
  keys?: string[];
  layout?: string;
}
