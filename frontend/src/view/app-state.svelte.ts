// What the Go side says, as it says it.
import type {
  Access,
  Appearance,
  Camera,
  Discovery,
  Search,
  State,
  Twins,
  View,
} from "../backend/types";
import { type Asked, NOTHING_ASKED, viewCalled } from "./asked";
import { step, STRETCH } from "./gradual";
import { NOTHING_OWN, type Own, withOwn } from "./own";

/** waiting: nothing said yet · no-app: no Go side at all · silent: it does not answer. */
export type Phase = "waiting" | "no-app" | "silent" | "ready";

export class AppState {
  phase = $state<Phase>("waiting");
  cameras = $state.raw<readonly Camera[]>([]);
  discovery = $state.raw<Discovery>({ running: false, interfaces: [], problem: "" });
  search = $state.raw<Search | null>(null);
  away = $state.raw<readonly string[]>([]);
  version = $state("");
  notice = $state("");
  crowded = $state(false);
  /** Nobody sits here: no controls, and nothing is changed. */
  kiosk = $state(false);
  /** The page may look and change nothing. */
  readOnly = $state(false);
  twins = $state.raw<Twins | null>(null);
  bytesPerSecond = $state(0);
  /** How all cameras stand together: "focus", or "". */
  layout = $state("");
  /** Some of the cameras, by name; `view` is the name of the one that is shown, "" for all. */
  views = $state.raw<readonly View[]>([]);
  view = $state("");
  /** The view that the page's address asks for and that there is not, or "". */
  missingView = $state("");
  appearance = $state.raw<Appearance>({
    scheme: "system",
    labels: "always",
    numbers: "hover",
  });
  /** Who may watch. */
  access = $state.raw<Access>({ households: [], open: [], new: [], strange: 0 });
  /** What `cameras` is on its way to. */
  #goal: readonly Camera[] = [];
  #onTheWay = false;
  #number = 0;
  #painted: () => Promise<boolean>;
  #asked: Asked;
  #own: Own;
  /** The newest state, as it was said. */
  #said: State | null = null;

  /** Called with the key of a camera that is not there any more, and those that are. */
  onforgotten: (key: string, left: readonly Camera[]) => void = () => {};

  /** painted: true when the page is painted as it is now, false while nobody sees it. */
  constructor(painted: () => Promise<boolean>, asked = NOTHING_ASKED, own = NOTHING_OWN) {
    this.#painted = painted;
    this.#asked = asked;
    this.#own = own;
  }

  /** The number of the newest state, 0 before the first. */
  get number(): number {
    return this.#number;
  }

  /** Why there is no first answer yet. */
  unanswered(phase: "no-app" | "silent"): void {
    if (this.phase !== "ready") this.phase = phase;
  }

  /** An answer may come late: a state that is not newer is left out. */
  receive(state: State, number = this.#number + 1): void {
    if (number <= this.#number) return;
    this.#number = number;
    const there = new Set(state.cameras.map((c) => c.key));
    for (const { key } of this.cameras) {
      if (!there.has(key)) this.onforgotten(key, state.cameras);
    }
    this.#goal = state.cameras;
    void this.#approach();
    this.discovery = state.discovery;
    this.search = state.search;
    this.away = state.away;
    this.version = state.version;
    this.notice = state.notice;
    this.crowded = state.crowded;
    this.kiosk = state.kiosk || this.#asked.kiosk;
    this.readOnly = state.readOnly;
    this.twins = state.twins ?? null;
    this.bytesPerSecond = state.bytesPerSecond;
    this.access = state.access;
    this.#said = state;
    this.#arrange(withOwn(state, this.#own));
    this.phase = "ready";
  }

  /** Shows what a person chose in a page that may change nothing, and returns all of it. */
  choose(change: Partial<Own>): Own {
    this.#own = { ...this.#own, ...change };
    if (this.#said) this.#arrange(withOwn(this.#said, this.#own));
    return this.#own;
  }

  /** Of a view, "" for all cameras. */
  chooseLayout(view: string, layout: string): Own {
    return this.choose({ layouts: { ...this.#own.layouts, [view]: layout } });
  }

  #arrange(state: State): void {
    this.layout = state.layout;
    this.views = state.views;
    this.#showView(state);
    const { scheme, labels, numbers } = state.appearance;
    const before = this.appearance;
    if (scheme !== before.scheme || labels !== before.labels || numbers !== before.numbers) {
      this.appearance = state.appearance;
    }
  }

  #showView(state: State): void {
    const asked = this.#asked.view;
    const found = asked === null ? undefined : viewCalled(asked, state.views);
    this.view = asked === null ? state.view : (found ?? "");
    this.missingView = asked !== null && found === undefined ? asked : "";
  }

  /**
   * One step at once, then one after each paint: two steps would be laid out as one.
   * In a page that nobody sees the second one goes all the way: no paint comes, no
   * click waits, and a person who looks again must not see an old state.
   */
  async #approach(): Promise<void> {
    if (this.#onTheWay) return;
    this.#onTheWay = true;
    for (let stretch = STRETCH, done = false; !done;) {
      const next = step(this.cameras, this.#goal, stretch);
      this.cameras = next.cameras;
      done = next.done;
      if (!done) stretch = (await this.#painted()) ? STRETCH : Infinity;
    }
    this.#onTheWay = false;
  }
}
