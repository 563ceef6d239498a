// Which cameras stand in the grid, in which order, and how they stand together.
import type { Camera } from "../backend/types";
import { after, movedTo, ordered } from "../layout/order";
import type { AppState } from "./app-state.svelte";

export interface ArrangeCommands {
  /** Puts a camera before another one, or last; resolves when it is so, or failed. */
  move(key: string, before: string): Promise<void>;
  /** How all cameras stand together: "focus", or "". */
  layout(layout: string): void;
}

export class Arrange {
  #app: AppState;
  #commands: ArrangeCommands;
  /** The order while a tile is dragged, and until Go says it; null otherwise. */
  #order = $state.raw<readonly string[] | null>(null);

  constructor(app: AppState, commands: ArrangeCommands) {
    this.#app = app;
    this.#commands = commands;
  }

  /** The cameras that a person wants to see. */
  listed = $derived.by((): readonly Camera[] => this.#app.cameras.filter((c) => !c.hidden));
  /** Those that a person has hidden. */
  hiddenOnes = $derived.by((): readonly Camera[] => this.#app.cameras.filter((c) => c.hidden));

  /**
   * The cameras of the grid in display order: the same list as long as the cameras are the
   * same, so that no tile moves.
   */
  keys = $derived.by((): readonly string[] => {
    const keys = ordered(
      this.listed.map((c) => c.key),
      this.#order,
    );
    const before = this.#keysBefore;
    const same = keys.length === before.length && keys.every((key, i) => key === before[i]);
    return same ? before : (this.#keysBefore = keys);
  });
  #keysBefore: readonly string[] = [];

  /** One tile is large, the others stand in a strip. */
  focused = $derived.by(() => this.#app.layout === "focus");

  /** One large tile and a strip, or all of one size. */
  toggleLayout(): void {
    this.#commands.layout(this.focused ? "" : "focus");
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
      await this.#commands.move(key, after(order, key));
    } finally {
      if (this.#order === order) this.#order = null;
    }
  }
}
