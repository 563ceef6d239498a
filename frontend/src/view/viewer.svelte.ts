// What the person looks at: the active tile, solo, the page, the open dialog.
import { SvelteSet } from "svelte/reactivity";

import type { AccessResult, Camera, View } from "../backend/types";
import {
  isSideways,
  mirrored,
  mounting,
  shownSize,
  turnedBy,
  type Mounting,
} from "../cameras/mounted";
import { shown, type Shown } from "../cameras/shown";
import type { Wanted } from "../frames/pull";
import {
  commonestAspect,
  contains,
  fit,
  perPage,
  place,
  type Fit,
  type Point,
  type Rect,
  type Size,
} from "../layout/fit";
import { neighbour, type Direction } from "../layout/neighbour";
import { around, focusFit } from "../layout/focus";
import { drawnWidth } from "../layout/picture";
import type { AppState } from "./app-state.svelte";
import { Arrange, type ArrangeCommands } from "./arrange.svelte";
import { Overlays } from "./overlays.svelte";
import { Zooms } from "./zooms.svelte";

export type Dialog =
  | { kind: "none" | "add" | "keys" | "join" | "settings" | "why" | "hidden" | "find" }
  /** Changes the view that is called so, or makes one for "". */
  | { kind: "view"; name: string }
  /** What happened to one camera, or "" for all. */
  | { kind: "history"; key: string }
  | { kind: "details"; key: string; naming: boolean }
  /** Asks before a camera is forgotten. */
  | { kind: "forget"; key: string }
  /** Lets an agent go on whose key has changed; `key` is of one of its cameras. */
  | { kind: "trust"; key: string }
  /** Locks one agent, or all that are open. */
  | { kind: "lock"; agent: string }
  /** `sheet`: opens with the household's keys in sight; "" for the first household. */
  | { kind: "household"; household: string; sheet: boolean };

/** CSS pixels from which on a tile is worth every frame of its camera, not only a few. */
const LARGE_TILE = 900;

/** No JPEG is wider. */
const MOST_PIXELS = 65535;

/** By how much a key zooms, and what part of its tile it moves a picture. */
const ZOOM_STEP = 1.25;
const PAN_STEP = 0.1;
const PANS: Record<Direction, Point> = {
  left: { x: PAN_STEP, y: 0 },
  right: { x: -PAN_STEP, y: 0 },
  up: { x: 0, y: PAN_STEP },
  down: { x: 0, y: -PAN_STEP },
};

/** CSS pixels from which on the header has room for all that is said of one camera. */
const WIDE_HEADER = 800;

/** Dialogs that change nothing. */
const TELLING: ReadonlySet<Dialog["kind"]> = new Set([
  "none",
  "keys",
  "history",
  "details",
  "find",
]);

/** The menu of a camera, at a point of the window or else on its tile. */
export interface OpenMenu {
  key: string;
  at: Point | null;
}

export interface Commands extends ArrangeCommands {
  retry(key: string): void;
  /** Saves the picture of a camera, those of all at one instant for "", or a clip. */
  save(what: "snapshot" | "clip", key: string): void;
  /** Opens the page of a camera in a browser. */
  browse(camera: Camera): void;
  /** Copies a text and says so. */
  copy(text: string, said: string): void;
  /** Asks for the whole screen, or for the window again. */
  fullscreen(full: boolean): void;
  /** Hides a camera, or shows it again. */
  hide(camera: Camera, hidden: boolean): void;
  /** Shows the numbers of all pictures, or only under the mouse. */
  numbers(always: boolean): void;
  /** Notifies when a camera goes and comes back, or not any more. */
  notify(camera: Camera, on: boolean): void;
  /** Lets a picture fill its tile, or fit into it. */
  fill(camera: Camera, fill: boolean): void;
  /** Says how a camera is called and mounted. */
  mount(key: string, mounting: Mounting): void;
  /** Names an agent. */
  nameAgent(agent: string, name: string): Promise<AccessResult>;
}

export class Viewer {
  #app: AppState;
  #commands: Commands;
  #undrawableSince: (key: string) => number | undefined;

  stage = $state.raw<Size>({ width: 0, height: 0 });
  /** Pixels of the screen for each CSS pixel. */
  density = $state(1);
  hidden = $state(false);
  /** Nothing was asked while the page was hidden, and nothing was answered since. */
  veiled = $state(false);
  /** The window fills the screen: so it is, not so it was asked. */
  fullscreen = $state(false);
  #dialog = $state.raw<Dialog>({ kind: "none" });
  menu = $state.raw<OpenMenu | null>(null);
  /** The menu of the views is open. */
  viewsOpen = $state(false);
  readonly zooms = new Zooms();
  /** Which cameras stand in the grid, and in which order. */
  readonly arranged: Arrange;
  readonly overlays: Overlays;
  /** Grows whenever the keyboard moved: the grid then focuses the active tile. */
  moves = $state(0);
  /** The tile that is being dragged, and where its upper left corner is. */
  dragged = $state.raw<{ key: string; left: number; top: number } | null>(null);
  #activeKey = $state("");
  #soloKey = $state("");

  /** The columns on screen and for how many tiles they were chosen. */
  #columns = { tiles: 0, columns: 0 };

  /** undrawableSince: see Pictures; it must be reactive. */
  constructor(
    app: AppState,
    commands: Commands,
    undrawableSince: (key: string) => number | undefined = () => undefined,
  ) {
    this.#undrawableSince = undrawableSince;
    this.#app = app;
    this.#commands = commands;
    this.arranged = new Arrange(app, commands);
    this.overlays = new Overlays(() => app.appearance.numbers === "always");
    app.onforgotten = (key, left) => this.#forgotten(key, left);
  }

  /**
   * Lets go of a camera that is not there any more. The one that has its place by now
   * is the active one: if the camera comes back, it does not take the person along.
   */
  #forgotten(key: string, left: readonly Camera[]): void {
    this.#frozen.delete(key);
    this.zooms.end(key);
    const there = new Set(left.map((c) => c.key));
    this.#leave(key, (other) => there.has(other));
  }

  get dialog(): Dialog {
    return this.#dialog;
  }

  /** A page that nobody sits at opens none, one that may change nothing only what tells. */
  set dialog(dialog: Dialog) {
    if (this.kiosk || (this.readOnly && !TELLING.has(dialog.kind))) return;
    this.#dialog = dialog;
  }

  get readOnly(): boolean {
    return this.#app.readOnly;
  }

  get kiosk(): boolean {
    return this.#app.kiosk;
  }

  /** Goes on to the camera that takes the place of one that leaves the grid. */
  #leave(key: string, stays: (key: string) => boolean): void {
    if (key === this.menu?.key) this.closeMenu();
    if (key === this.#soloKey) this.#soloKey = "";
    if (key !== this.#activeKey) return;
    const rest = this.#keys.filter(stays);
    this.#activeKey = rest[Math.min(this.activeIndex, rest.length - 1)] ?? "";
  }

  #listed = $derived.by(() => this.arranged.listed);
  /** Those that a person has hidden. */
  hiddenOnes = $derived.by(() => this.arranged.hiddenOnes);
  /** The cameras of the grid in display order. */
  #keys = $derived.by(() => this.arranged.keys);
  /** These, as Go says them; in any order. */
  #viewed = $derived.by((): readonly Camera[] => {
    const keys = new Set(this.#keys);
    return this.#listed.filter((c) => keys.has(c.key));
  });

  /** Where the active camera is; when it has gone, the place where it was. */
  activeIndex = $derived.by(() => {
    const at = this.#keys.indexOf(this.#activeKey);
    if (at >= 0) return (this.#activeBefore = at);
    return Math.max(0, Math.min(this.#activeBefore, this.#keys.length - 1));
  });
  #activeBefore = 0;
  active = $derived.by((): Camera | null => {
    const key = this.#keys[this.activeIndex];
    return this.#viewed.find((c) => c.key === key) ?? null;
  });
  /** The camera shown alone, or null. */
  solo = $derived.by(
    (): Camera | null => this.#viewed.find((c) => c.key === this.#soloKey) ?? null,
  );

  #aspect = $derived.by(() => commonestAspect(this.#viewed.map(shownSize)));
  #perPage = $derived.by(() => perPage(this.#keys.length, this.stage, this.#aspect));
  /** One tile is large: the active one. The others stand in a strip. */
  focused = $derived.by(() => this.arranged.focused);
  pages = $derived.by(() =>
    this.focused ? 1 : Math.max(1, Math.ceil(this.#keys.length / this.#perPage)),
  );
  /** From 0. The page follows the active tile. */
  page = $derived.by(() => (this.focused ? 0 : Math.floor(this.activeIndex / this.#perPage)));
  #pageKeys = $derived.by(() => {
    const start = this.page * this.#perPage;
    return this.#keys.slice(start, start + this.#perPage);
  });

  #grid = $derived.by((): Fit => {
    const tiles = this.#perPage;
    const current = this.#columns.tiles === tiles ? this.#columns.columns : 0;
    const grid = fit(tiles, this.stage, this.#aspect, current);
    this.#columns = { tiles, columns: grid.columns };
    return grid;
  });

  /** The size of the tiles while no camera is alone. */
  get tileSize(): Size {
    return this.#grid.tile;
  }

  /** Where every visible tile is; a camera without a rectangle is hidden. */
  rects = $derived.by((): ReadonlyMap<string, Rect> => {
    if (this.stage.width === 0) return new Map(); // not measured yet
    const solo = this.solo;
    if (solo) return new Map([[solo.key, this.#soloRect(solo)]]);
    if (this.focused) return this.#focusRects();
    const places = place(this.#pageKeys.length, this.#grid, this.stage);
    return new Map(this.#pageKeys.map((key, i) => [key, places[i] as Rect]));
  });

  #focusRects(): Map<string, Rect> {
    const large = this.#keys[this.activeIndex];
    if (large === undefined) return new Map();
    const fit = focusFit(this.#keys.length, this.stage, this.#aspect);
    const others = this.#keys.filter((key) => key !== large);
    const strip = around(others, this.activeIndex, fit.strip.length);
    const rects = strip.map((key, i) => [key, fit.strip[i] as Rect] as const);
    return new Map([[large, fit.large], ...rects]);
  }

  /** The header says what there is to say of the camera shown alone; else its tile does. */
  headerSpeaks = $derived.by(
    () => this.solo !== null && !this.fullscreen && this.stage.width >= WIDE_HEADER,
  );

  #soloRect(camera: Camera): Rect {
    const grid = fit(1, this.stage, commonestAspect([shownSize(camera)]));
    return place(1, grid, this.stage)[0] as Rect;
  }

  /** The cameras whose pictures the person stopped, and that are still there. */
  #frozen = new SvelteSet<string>();

  /** All that are not hidden: those of other views keep their tiles, and so their pictures. */
  cameras = $derived.by((): readonly Shown[] =>
    this.#listed.map((c) => shown(c, this.#frozen.has(c.key), this.#undrawableSince(c.key))),
  );
  /** Those of them that are in the view. */
  viewed = $derived.by((): readonly Shown[] => {
    const keys = new Set(this.#keys);
    return this.cameras.filter((c) => keys.has(c.key));
  });

  /** What the pull loop asks for: nothing that nobody sees. */
  wanted = $derived.by((): Wanted => {
    // What is kept of a stopped picture stays while nobody sees it, too.
    const held = this.readOnly ? [] : [...this.#frozen];
    if (this.hidden) return { keys: [], full: [], widths: new Map(), held };
    const keys = [...this.rects.keys()].filter((key) => !this.#frozen.has(key));
    return { keys, full: keys.filter((key) => this.#isLarge(key)), widths: this.#widths, held };
  });

  /** The person stopped its picture. */
  isFrozen(key: string): boolean {
    return this.#frozen.has(key);
  }

  /** The same map as long as the widths are the same: numbers come each second. */
  #widths = $derived.by((): ReadonlyMap<string, number> => {
    const widths = new Map<string, number>();
    for (const camera of this.#listed) {
      const rect = this.rects.get(camera.key);
      if (rect) widths.set(camera.key, this.#pixelsAcross(camera, rect));
    }
    const before = this.#widthsBefore;
    const same =
      widths.size === before.size && [...widths].every(([key, n]) => before.get(key) === n);
    return same ? before : (this.#widthsBefore = widths);
  });
  #widthsBefore: ReadonlyMap<string, number> = new Map();

  /** How many pixels of the screen lie across the picture of a tile, before it is turned. */
  #pixelsAcross(camera: Camera, tile: Rect): number {
    const shown = shownSize(camera);
    const width = drawnWidth(shown, tile, camera.fill);
    const known = shown.width > 0 && isSideways(camera);
    const across = known ? (width * shown.height) / shown.width : width;
    return Math.max(1, Math.min(MOST_PIXELS, Math.round(across * this.density)));
  }

  #isLarge(key: string): boolean {
    if (key === this.solo?.key || this.zooms.has(key)) return true;
    if (this.isLargeOne(key)) return true;
    return (this.rects.get(key)?.width ?? 0) >= LARGE_TILE;
  }

  /** The mouse or the Tab key went to a tile. */
  activate(key: string): void {
    this.#activeKey = key;
  }

  /** Makes a tile of the strip the large one. */
  enlarge(key: string): void {
    this.#activeKey = key;
    this.moves++;
  }

  /** Shows a camera that may not be in the list yet. */
  show(key: string): void {
    const { view } = this.arranged;
    if (view && !view.cameras.includes(key)) this.showView("");
    this.#activeKey = key;
    this.#soloKey = "";
  }

  /** Shows a camera alone that was looked for; a hidden one among those that are. */
  showFound(key: string): void {
    if (this.hiddenOnes.some((c) => c.key === key)) return this.openHidden();
    this.show(key);
    this.#soloKey = key;
    this.closeDialog();
  }

  #goTo(index: number): void {
    const key = this.#keys[index];
    if (key === undefined) return;
    this.#activeKey = key;
    if (this.solo) this.#soloKey = key;
    this.moves++;
  }

  // Keys. Each action is also a button somewhere.

  /** A dialog or a menu has the keyboard. */
  dialogOpen(): boolean {
    return this.dialog.kind !== "none" || this.menu !== null || this.viewsOpen;
  }

  openMenu(key = this.active?.key, at: Point | null = null): void {
    // Some engines report a finger that stays as a right button, too.
    if (this.kiosk || key === undefined || key === this.menu?.key) return;
    this.#activeKey = key;
    this.menu = { key, at };
  }

  closeMenu(): void {
    if (this.menu === null) return;
    this.menu = null;
    // What was chosen may have opened a dialog, which has the keyboard now.
    if (!this.dialogOpen()) this.moves++;
  }

  openInBrowser(): void {
    if (this.active) this.#commands.browse(this.active);
  }

  copy(text: string, said: string): void {
    this.#commands.copy(text, said);
  }

  move(direction: Direction): void {
    if (this.solo && this.zooms.has(this.solo.key)) {
      return this.zooms.pan(this.solo.key, PANS[direction]);
    }
    if (this.solo) {
      if (direction === "left") this.previous();
      if (direction === "right") this.next();
      return;
    }
    if (this.focused) {
      const back = direction === "left" || direction === "up";
      return this.#goTo(Math.max(0, this.activeIndex + (back ? -1 : 1)));
    }
    if (direction === "left") return this.#goTo(Math.max(0, this.activeIndex - 1));
    if (direction === "right") return this.#goTo(this.activeIndex + 1);
    const start = this.page * this.#perPage;
    this.#goTo(start + neighbour([...this.rects.values()], this.activeIndex - start, direction));
  }

  previous(): void {
    this.#goTo((this.activeIndex + this.#keys.length - 1) % this.#keys.length);
  }

  next(): void {
    this.#goTo((this.activeIndex + 1) % this.#keys.length);
  }

  toggleSolo(): void {
    if (this.solo) this.back();
    else this.soloNumber(this.activeIndex + 1);
  }

  /** Shows camera number n alone, counted from 1. */
  soloNumber(n: number): void {
    const key = this.#keys[n - 1];
    if (key === undefined) return;
    this.#activeKey = key;
    this.#soloKey = key;
    this.moves++;
  }

  back(): void {
    if (this.endZoom() || !this.solo) return;
    this.#soloKey = "";
    this.moves++;
  }

  /** One large tile and a strip, or all of one size. */
  toggleLayout(): void {
    this.arranged.toggleLayout();
  }

  // Views.

  /** Shows a view by name, or all cameras for "". */
  showView(name: string): void {
    this.cancelDrag();
    this.#soloKey = "";
    void this.arranged.show(name);
    if (!this.#keys.includes(this.#activeKey)) this.#activeKey = this.#keys[0] ?? "";
    this.moves++;
  }

  /** Shows all cameras for 1, and the views from 2 on. */
  showViewNumber(n: number): void {
    const name = n === 1 ? "" : this.arranged.views[n - 2]?.name;
    if (name !== undefined) this.showView(name);
  }

  /** Makes a view ("" before) and shows it, or changes one. */
  async saveView(before: string, view: View): Promise<void> {
    this.closeDialog();
    await this.arranged.save(before, view);
    if (before === "") this.showView(view.name);
    else this.moves++;
  }

  async removeView(name: string): Promise<void> {
    this.closeDialog();
    await this.arranged.remove(name);
    this.moves++;
  }

  /** Makes a view of what is shown now. */
  openNewView(): void {
    this.dialog = { kind: "view", name: "" };
  }

  /** Changes the view that is shown. */
  openView(): void {
    const name = this.arranged.view?.name;
    if (name !== undefined) this.dialog = { kind: "view", name };
  }

  toggleFullscreen(): void {
    this.#commands.fullscreen(!this.fullscreen);
  }

  /** One step back: the whole picture, else out of solo, else out of full screen. */
  escape(): void {
    if (this.cancelDrag() || this.endZoom()) return;
    if (this.solo) this.back();
    else if (this.fullscreen) this.toggleFullscreen();
  }

  /** Zooms the active camera's picture in (1) or out (-1). */
  zoom(steps: number): void {
    if (this.active) this.zooms.zoom(this.active.key, ZOOM_STEP ** steps);
  }

  /** Moves the active camera's picture while it is zoomed, in the grid as well. */
  pan(direction: Direction): void {
    if (this.active) this.zooms.pan(this.active.key, PANS[direction]);
  }

  /** Shows all of the active camera's picture; false when it does so already. */
  endZoom(key = this.active?.key): boolean {
    if (key === undefined || !this.zooms.has(key)) return false;
    this.zooms.end(key);
    return true;
  }

  turnPage(by: number): void {
    if (this.solo) return;
    if (this.focused) this.#goTo(this.activeIndex + by);
    else this.#goTo((this.page + by) * this.#perPage);
  }

  /** Stops the active camera's picture where it is, or lets it go on. */
  toggleFreeze(): void {
    const key = this.active?.key;
    if (key === undefined) return;
    if (!this.#frozen.delete(key)) this.#frozen.add(key);
  }

  /** Puts its numbers on the active camera's picture, or takes them away. */
  toggleNumbers(): void {
    if (this.active) this.overlays.toggle(this.active.key);
  }

  /** The same for all cameras, kept on this computer. */
  toggleAllNumbers(): void {
    const { all } = this.overlays;
    this.overlays.settle();
    this.#commands.numbers(!all);
  }

  snapshot(key = this.active?.key): void {
    if (key !== undefined) this.#commands.save("snapshot", key);
  }

  snapshotAll(): void {
    this.#commands.save("snapshot", "");
  }

  /** Saves the last seconds of a camera as a clip. */
  clip(key = this.active?.key): void {
    if (key !== undefined) this.#commands.save("clip", key);
  }

  // Order.

  /** Puts the active camera's tile where its neighbour is. */
  moveTile(direction: Direction): void {
    const key = this.active?.key;
    if (key === undefined || this.solo) return;
    const start = this.page * this.#perPage;
    const at = this.activeIndex - start;
    const sideways = { left: -1, right: 1, up: -1, down: 1 } as const;
    const to =
      this.focused || direction === "left" || direction === "right"
        ? this.activeIndex + sideways[direction]
        : start + neighbour([...this.rects.values()], at, direction);
    const place = this.#keys[to];
    if (place === undefined || place === key) return;
    this.#moved(this.arranged.move(key, place));
  }

  /** Whether a drag of this camera's tile moves it; the large one has no place in the strip. */
  canDrag(key: string): boolean {
    const still = this.solo !== null || this.readOnly || this.kiosk || this.isLargeOne(key);
    return !still && !this.zooms.has(key) && this.#keys.length > 1;
  }

  /** The one large tile beside a strip. */
  isLargeOne(key: string): boolean {
    return this.focused && key === this.#keys[this.activeIndex];
  }

  /** One of the strip: a press on it may become a drag, and only a click makes it large. */
  isInStrip(key: string): boolean {
    return this.focused && this.solo === null && !this.isLargeOne(key);
  }

  /** Drags a tile to a point of the stage; `grabbed` is where it is held. */
  drag(key: string, to: Point, grabbed: Point): void {
    if (this.dialogOpen()) return;
    if (!this.focused) this.#activeKey = key; // else it would be the large one
    this.dragged = { key, left: to.x - grabbed.x, top: to.y - grabbed.y };
    const over = [...this.rects].find(([, rect]) => contains(rect, to))?.[0];
    this.#dropsOn = over ?? "";
    if (over === undefined || over === key) return;
    if (this.isLargeOne(over)) this.arranged.giveUp();
    else this.arranged.try(key, over);
  }
  #dropsOn = "";

  drop(): void {
    const { dragged } = this;
    this.dragged = null;
    if (dragged && this.isLargeOne(this.#dropsOn)) return this.enlarge(dragged.key);
    const kept = dragged && this.arranged.keep(dragged.key);
    if (kept) this.#moved(kept);
  }

  /** Puts a tile that is being dragged back; false when there is none. */
  cancelDrag(): boolean {
    if (!this.dragged) return false;
    this.dragged = null;
    this.arranged.giveUp();
    return true;
  }

  /** The keyboard follows a tile that has moved. */
  #moved(ended: Promise<void>): void {
    void ended.finally(() => this.moves++);
  }

  /** Takes the active camera out of the grid; it keeps its place. */
  hide(): void {
    const camera = this.active;
    if (!camera) return;
    this.#leave(camera.key, (key) => key !== camera.key);
    this.zooms.end(camera.key);
    this.#commands.hide(camera, true);
    this.moves++;
  }

  showAgain(camera: Camera): void {
    this.#commands.hide(camera, false);
  }

  /** Lets the active camera's picture fill its tile, or fit into it. */
  toggleFill(): void {
    if (this.active) this.#commands.fill(this.active, !this.active.fill);
  }

  /** Notifies when the active camera goes and comes back, or not any more. */
  toggleNotify(): void {
    if (this.active) this.notify(this.active);
  }

  notify(camera: Camera): void {
    this.#commands.notify(camera, !camera.notify);
  }

  retry(key = this.active?.key): void {
    if (key !== undefined) this.#commands.retry(key);
  }

  retryAll(): void {
    this.#commands.retry("");
  }

  // What a person says about a camera.

  /** Turns the active camera's picture clockwise. */
  turn(degrees: number): void {
    const camera = this.active;
    if (camera) this.mount(camera, turnedBy(camera, degrees));
  }

  /** Swaps left and right of the active camera's picture. */
  mirror(): void {
    const camera = this.active;
    if (camera) this.mount(camera, mirrored(camera));
  }

  mount(camera: Camera, differences: Partial<Mounting>): void {
    this.#commands.mount(camera.key, { ...mounting(camera), ...differences });
  }

  /** Agents that a person does not want to name now. */
  #unnamed = new SvelteSet<string>();

  #asking = $derived.by((): string => {
    const keys = new Map<string, string>();
    for (const { agent, key, unnamed } of this.readOnly || this.kiosk ? [] : this.#app.cameras) {
      if (unnamed && !this.#unnamed.has(agent) && !keys.has(agent)) keys.set(agent, key);
    }
    return JSON.stringify([...keys.values()]);
  });
  /**
   * One camera of each agent that has no name of its own yet: its tile asks for one. The
   * same set as long as they are the same, so that no tile has anything to do.
   */
  asking = $derived.by(
    (): ReadonlySet<string> => new Set(JSON.parse(this.#asking) as readonly string[]),
  );

  /** An agent asks for no name any more, until the next start. */
  leaveUnnamed(agent: string): void {
    this.#unnamed.add(agent);
    this.moves++;
  }

  /** Gives an agent a name; resolves with how that ended. */
  async nameAgent(agent: string, name: string): Promise<AccessResult> {
    const result = await this.#commands.nameAgent(agent, name);
    if (result.ok) this.leaveUnnamed(agent);
    return result;
  }

  /** Some cameras here are locked for a household. */
  hasHousehold = $derived.by(() => this.#app.access.households.length > 0);

  /** Who may watch: the household, or how to make one. */
  openHousehold(household = "", sheet = false): void {
    const { households, open, lock } = this.#app.access;
    if (lock && !sheet) this.openLock();
    else if (households.length === 0 && open.length > 0) this.openLock();
    else this.dialog = { kind: "household", household, sheet };
  }

  openLock(agent = ""): void {
    this.dialog = { kind: "lock", agent };
  }

  openJoin(): void {
    this.dialog = { kind: "join" };
  }

  openTrust(key: string): void {
    this.dialog = { kind: "trust", key };
  }

  openAdd(): void {
    this.dialog = { kind: "add" };
  }

  openHidden(): void {
    this.dialog = { kind: "hidden" };
  }

  openFind(): void {
    this.dialog = { kind: "find" };
  }

  openKeys(): void {
    this.dialog = { kind: "keys" };
  }

  openSettings(): void {
    this.dialog = { kind: "settings" };
  }

  /** Says why a camera may not be seen. */
  openWhy(): void {
    this.dialog = { kind: "why" };
  }

  /** What happened to a camera, or "" for all. */
  openHistory(key = this.active?.key ?? ""): void {
    this.dialog = { kind: "history", key };
  }

  openDetails(key = this.active?.key): void {
    if (key !== undefined) this.dialog = { kind: "details", key, naming: false };
  }

  /** Details, with the keyboard in the field for the name. */
  openNaming(): void {
    const key = this.active?.key;
    if (key !== undefined) this.dialog = { kind: "details", key, naming: true };
  }

  openForget(key = this.active?.key): void {
    if (key !== undefined) this.dialog = { kind: "forget", key };
  }

  closeDialog(): void {
    this.dialog = { kind: "none" };
    this.moves++;
  }
}
