// Which cameras stand in the grid, in which order, and how they stand together.
import type { Camera, View } from "../backend/types";
import { after, movedTo, ordered } from "../layout/order";
import type { AppState } from "./app-state.svelte";

export interface ArrangeCommands {
  /** Puts a camera of a view before another one, or last; resolves when it is so, or failed. */
  move(key: string, before: string, view: string): Promise<void>;
  /** How the cameras of a view stand together: "focus", or "". */
  layout(layout: string, view: string): void;
  /** Shows a view; resolves when it is so, or failed. */
  showView(view: string): Promise<void>;
  /** Makes a view ("" before), or changes one; resolves when it is so, or failed. */
  saveView(before: string, view: View): Promise<void>;
  /** Removes a view, and no camera; resolves when it is so, or failed. */
  removeView(view: string): Promise<void>;
}

export class Arrange {
  #app: AppState;
  #commands: ArrangeCommands;
  /** The order while a tile is dragged, and until Go says it; null otherwise. */
  #order = $state.raw<readonly string[] | null>(null);
  /** The view that a person chose, until Go says it; null otherwise. */
  #chosen = $state<string | null>(null);

  constructor(app: AppState, commands: ArrangeCommands) {
    this.#app = app;
    this.#commands = commands;
  }

  /** The cameras that a person wants to see. */
  listed = $derived.by((): readonly Camera[] => this.#app.cameras.filter((c) => !c.hidden));
  /** Those that a person has hidden. */
  hiddenOnes = $derived.by((): readonly Camera[] => this.#app.cameras.filter((c) => c.hidden));

  views = $derived.by((): readonly View[] => this.#app.views);
  /** The view that is shown; null while all cameras are. */
  view = $derived.by((): View | null => {
    const name = this.#chosen ?? this.#app.view;
    return this.views.find((v) => v.name === name) ?? null;
  });

  /** The keys of what is shown, also of cameras that a person does not want to see. */
  #all = $derived.by(
    (): readonly string[] => this.view?.cameras ?? this.#app.cameras.map((c) => c.key),
  );

  /**
   * The cameras of the grid in display order: the same list as long as the cameras are the
   * same, so that no tile moves.
   */
  keys = $derived.by((): readonly string[] => {
    const listed = new Set(this.listed.map((c) => c.key));
    const keys = ordered(
      this.#all.filter((key) => listed.has(key)),
      this.#order,
    );
    const before = this.#keysBefore;
    const same = keys.length === before.length && keys.every((key, i) => key === before[i]);
    return same ? before : (this.#keysBefore = keys);
  });
  #keysBefore: readonly string[] = [];

  /** One tile is large, the others stand in a strip. */
  focused = $derived.by(() => (this.view ?? this.#app).layout === "focus");

  /** One large tile and a strip, or all of one size. */
  toggleLayout(): void {
    this.#commands.layout(this.focused ? "" : "focus", this.view?.name ?? "");
  }

  /** Shows a view, or all cameras for "". */
  async show(name: string): Promise<void> {
    this.#order = null;
    this.#chosen = name;
    try {
      await this.#commands.showView(name);
    } finally {
      if (this.#chosen === name) this.#chosen = null;
    }
  }

  /** Makes a view ("" before), or changes one. */
  save(before: string, view: View): Promise<void> {
    return this.#commands.saveView(before, view);
  }

  remove(name: string): Promise<void> {
    return this.#commands.removeView(name);
  }

  /** Shows a camera at the place of another one while it is dragged. */
  try(key: string, place: string): void {
    this.#order = movedTo(this.keys, key, place);
  }

  /** Ends that as if nothing had been tried. */
  giveUp(): void {
    this.#order = null;
  }

  /** Keeps what was tried; null when nothing was. */
  keep(key: string): Promise<void> | null {
    return this.#order && this.#settle(key, this.#order);
  }

  /** Puts a camera at the place of another one. */
  move(key: string, place: string): Promise<void> {
    return this.#settle(key, movedTo(this.keys, key, place));
  }

  /** Shows an order at once, and until Go has it. */
  async #settle(key: string, order: readonly string[]): Promise<void> {
    this.#order = order;
    try {
      await this.#commands.move(key, after(order, key), this.view?.name ?? "");
    } finally {
      if (this.#order === order) this.#order = null;
    }
  }
}
