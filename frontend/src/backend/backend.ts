// What a person does, by HTTP: the same in the window and in a browser.
import { readAnswer } from "./answer";
import type {
  AccessResult,
  AddResult,
  Call,
  Heard,
  History,
  Saved,
  SavedAs,
  SettingsResult,
  State,
  View,
} from "./types";

/** The commands about who may watch; docs/PAGE.md says what each reads and does. */
export type AccessCommand =
  | "watchers"
  | "lock"
  | "endLock"
  | "join"
  | "sheet"
  | "nameHousehold"
  | "addPassword"
  | "changePassword"
  | "removePassword"
  | "seen"
  | "newKey"
  | "leave"
  | "release"
  | "giveUp"
  | "accept"
  | "decline"
  | "trust"
  | "nameAgent"
  | "mount";

/** The commands about this app's settings. */
export type SettingsCommand =
  | "setAppearance"
  | "saving"
  | "tryName"
  | "setSaving"
  | "chooseFolder"
  | "notify"
  | "exportSettings"
  | "importSettings"
  | "diagnostics";

/** The commands about saved pictures. */
export type SaveCommand = "snapshot" | "clip" | "reveal";

/** The commands of POST /call/<command>. */
export interface Backend {
  /** Tries a host, host:port or URL; may take 40 s. */
  add(address: string): Promise<AddResult>;
  /** Ends what `add` tries. */
  cancelAdd(): Promise<void>;
  forget(key: string): Promise<void>;
  /** A camera and all others of its agent. */
  forgetAgent(key: string): Promise<void>;
  /** Dials now; the empty key means all. */
  retry(key: string): Promise<void>;
  /** Takes a camera out of the grid, or puts it back. */
  hide(key: string, on: boolean): Promise<void>;
  /** Puts a camera before another one, or last: in a view, or in the order of all for "". */
  move(key: string, before: string, view: string): Promise<void>;
  /** Lets the cameras of a view, or all, stand together so: "focus", or "". */
  layout(layout: string, view: string): Promise<void>;
  /** Makes a view ("" before), or changes the one that is called `before`. */
  saveView(before: string, view: View): Promise<void>;
  removeView(view: string): Promise<void>;
  /** Shows a view, or all cameras for "". */
  showView(view: string): Promise<void>;
  /** Lets a picture fill its tile, or fit into it. */
  fill(key: string, on: boolean): Promise<void>;
  /** Asks every address of the network for an agent; the state tells how far it is. */
  search(): Promise<void>;
  stopSearch(): Promise<void>;
  /** The agents that were heard of; null when the app does not answer. */
  heard(): Promise<Heard | null>;
  /** Does something about who may watch; may take 15 s. Never rejects. */
  access(command: AccessCommand, body?: Partial<Call>): Promise<AccessResult>;
  /** Saves pictures, or shows a saved file in the system's file manager. Never rejects. */
  save(command: SaveCommand, body?: Partial<Call>): Promise<Saved>;
  /** Does something about this app's settings. Never rejects. */
  settings(command: SettingsCommand, body?: Partial<Call>): Promise<SettingsResult>;
  /** What happened to a camera, "" for all; null when nothing answers. Never rejects. */
  history(key: string): Promise<History | null>;
  /** All outages of 30 days as a table, null when nothing answers. Never rejects. */
  exportHistory(): Promise<string | null>;
  /** Asks a person where a file is to be, in the app's window only. Never rejects. */
  saveAs(name: string, text: string): Promise<SavedAs>;
}

/** The commands that answer with the state alone, and `add`. */
type Plain = Exclude<
  keyof Backend,
  "access" | "settings" | "save" | "saveAs" | "history" | "exportHistory"
>;

/** How a command ended that got no answer. */
const UNANSWERED = {
  ok: false,
  code: "",
  message: "",
  hint: "",
  household: "",
  opened: [],
  watched: [],
} as const satisfies Partial<AccessResult>;

const NOT_SAVED = {
  code: "failed",
  folder: "",
  seconds: 0,
  until: 0,
  missed: 0,
  canShow: false,
} as const satisfies Partial<Saved>;

/** onstate is told the whole state after each command, with its number. */
export function connect(
  onstate: (state: State, number: number) => void,
  get: typeof fetch = (...all) => fetch(...all),
): Backend {
  const call = async (
    command:
      | Plain
      | AccessCommand
      | SettingsCommand
      | SaveCommand
      | "saveAs"
      | "history"
      | "exportHistory",
    body: Partial<Call> = {},
  ) => {
    const response = await get(`/call/${command}`, {
      method: "POST",
      body: JSON.stringify(body),
      cache: "no-store",
    });
    if (!response.ok) throw new Error(`POST /call/${command} answered ${response.status}`);
    const answer = readAnswer(await response.json());
    if (answer.state) onstate(answer.state, answer.number);
    return answer;
  };
  const done = async (command: Plain, body?: Partial<Call>) => void (await call(command, body));
  const past = async (command: "history" | "exportHistory", body?: Partial<Call>) => {
    try {
      return (await call(command, body)).history ?? null;
    } catch {
      return null;
    }
  };
  return {
    add: async (address) => {
      const { result } = await call("add", { address });
      if (!result) throw new Error("POST /call/add answered without a result");
      return result;
    },
    cancelAdd: () => done("cancelAdd"),
    forget: (key) => done("forget", { key }),
    forgetAgent: (key) => done("forgetAgent", { key }),
    retry: (key) => done("retry", { key }),
    hide: (key, on) => done("hide", { key, on }),
    move: (key, before, view) => done("move", { key, before, view }),
    layout: (layout, view) => done("layout", { layout, view }),
    saveView: (view, { name, cameras, layout }) =>
      done("saveView", { view, name, keys: cameras, layout }),
    removeView: (view) => done("removeView", { view }),
    showView: (view) => done("showView", { view }),
    fill: (key, on) => done("fill", { key, on }),
    search: () => done("search"),
    stopSearch: () => done("stopSearch"),
    heard: async () => {
      try {
        return (await call("heard")).heard ?? null;
      } catch {
        return null;
      }
    },
    access: async (command, body) => {
      try {
        const { access } = await call(command, body);
        if (!access) throw new Error(`POST /call/${command} answered without a result`);
        return access;
      } catch (error) {
        return { ...UNANSWERED, opened: [], watched: [], detail: String(error) };
      }
    },
    save: async (command, body) => {
      try {
        const { saved } = await call(command, body);
        if (!saved) throw new Error(`POST /call/${command} answered without a result`);
        return saved;
      } catch (error) {
        return { ...NOT_SAVED, paths: [], detail: String(error) };
      }
    },
    settings: async (command, body) => {
      try {
        const { settings } = await call(command, body);
        if (!settings) throw new Error(`POST /call/${command} answered without a result`);
        return settings;
      } catch (error) {
        return { ok: false, code: "", detail: String(error), text: "", added: 0 };
      }
    },
    history: (key) => past("history", { key }),
    exportHistory: async () => (await past("exportHistory"))?.csv ?? null,
    saveAs: async (name, text) => {
      try {
        const { savedAs } = await call("saveAs", { name, text });
        if (!savedAs) throw new Error("POST /call/saveAs answered without a result");
        return savedAs;
      } catch (error) {
        return { ok: false, code: "failed", path: "", detail: String(error) };
      }
    },
  };
}
