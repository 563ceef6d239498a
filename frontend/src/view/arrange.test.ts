import { beforeEach, describe, expect, it } from "vitest";

import type { State, View } from "../backend/types";
import { accessResult } from "../testing/access";
import { camera, cameras, state } from "../testing/camera";
import { AppState } from "./app-state.svelte";
import { Viewer } from "./viewer.svelte";

const DOOR: View = { name: "Door", cameras: ["k4", "away", "k2", "k3"], layout: "" };
const HALL: View = { name: "Hall", cameras: ["k1", "k5"], layout: "focus" };

describe("views", () => {
  let app: AppState;
  let viewer: Viewer;
  let done: string[];
  /** Go has done what it was asked. */
  let answer: () => void;

  beforeEach(() => {
    app = new AppState(() => Promise.resolve(true));
    done = [];
    const ask = (what: string) => {
      done.push(what);
      return new Promise<void>((resolve) => (answer = resolve));
    };
    const not = () => {};
    viewer = new Viewer(app, {
      retry: not,
      save: not,
      fullscreen: not,
      browse: not,
      copy: not,
      hide: not,
      notify: not,
      numbers: not,
      fill: not,
      mount: not,
      nameAgent: () => Promise.resolve(accessResult()),
      move: (key, before, view) => ask(`move ${key} before ${before} in ${view}`),
      layout: (layout, view) => done.push(`layout ${layout} of ${view}`),
      showView: (view) => ask(`show ${view}`),
      saveView: (before, { name, cameras, layout }) =>
        ask(`save ${before}: ${name} ${cameras.join(",")} ${layout}`),
      removeView: (view) => ask(`remove ${view}`),
    });
    viewer.stage = { width: 1920, height: 1040 };
  });

  const receive = (view = "", differences: Partial<State> = {}) =>
    app.receive({ ...state(cameras(5)), views: [DOOR, HALL], view, ...differences });
  const keys = () => [...viewer.rects.keys()];

  it("show their cameras in their order, and ask for no others", () => {
    receive("Door");
    expect(keys()).toEqual(["k4", "k2", "k3"]);
    expect(viewer.wanted.keys).toEqual(["k4", "k2", "k3"]);
    expect(viewer.viewed).toHaveLength(3);
    expect(viewer.cameras, "their tiles stay").toHaveLength(5);
    receive("");
    expect(keys()).toEqual(["k1", "k2", "k3", "k4", "k5"]);
  });

  it("keep the places of cameras that are offline, away or hidden", () => {
    const list = cameras(5, { state: "offline" });
    Object.assign(list[1] ?? {}, { hidden: true });
    receive("Door", { cameras: list });
    expect(keys()).toEqual(["k4", "k3"]);
    expect(viewer.hiddenOnes.map((c) => c.key)).toEqual(["k2"]);
    app.receive({
      ...state([...cameras(5), camera({ key: "away" })]),
      views: [DOOR],
      view: "Door",
    });
    expect(keys()).toEqual(["k4", "away", "k2", "k3"]);
  });

  it("have an order and a layout of their own", async () => {
    receive("Door");
    viewer.activate("k2");
    viewer.moveTile("left");
    expect(keys()).toEqual(["k2", "k4", "k3"]);
    viewer.toggleLayout();
    expect(done).toEqual(["move k2 before k4 in Door", "layout focus of Door"]);
    answer();
    await Promise.resolve();
    receive("Hall");
    expect(viewer.focused).toBe(true);
    viewer.toggleLayout();
    expect(done.at(-1)).toBe("layout  of Hall");
    receive("");
    expect(viewer.focused).toBe(false);
  });

  it.each([
    [1, null],
    [2, "Door"],
    [3, "Hall"],
  ])("number %i is %s", (n, want) => {
    receive("Door");
    viewer.showViewNumber(n);
    expect(viewer.arranged.view?.name ?? null).toBe(want);
  });

  it("are shown at once, and as Go says in the end", async () => {
    receive("");
    viewer.soloNumber(3);
    viewer.showViewNumber(2);
    expect(keys(), "no camera is alone").toEqual(["k4", "k2", "k3"]);
    expect(viewer.active?.key, "it is there, too").toBe("k3");
    viewer.showViewNumber(3);
    expect(viewer.active?.key, "it is not").toBe("k1");
    viewer.showViewNumber(4);
    expect(done).toEqual(["show Door", "show Hall"]);
    answer();
    await Promise.resolve();
    await Promise.resolve();
    expect(viewer.arranged.view, "Go showed none").toBeNull();
  });

  it("are not left for a camera that is in them", () => {
    receive("Door");
    viewer.show("k2");
    expect(done).toEqual([]);
    viewer.show("k5");
    expect([done, viewer.arranged.view, viewer.active?.key]).toEqual([["show "], null, "k5"]);
  });

  it("are shown once they are made, and go on when they are changed", async () => {
    receive("Door");
    viewer.openNewView();
    const made = viewer.saveView("", { name: "Two", cameras: ["k1"], layout: "" });
    expect([viewer.dialog.kind, ...done]).toEqual(["none", "save : Two k1 "]);
    answer();
    await made;
    expect(done.splice(0)).toEqual(["save : Two k1 ", "show Two"]);
    answer();
    receive("Door");
    await Promise.resolve();
    viewer.openView();
    expect(viewer.dialog).toEqual({ kind: "view", name: "Door" });
    const before = viewer.moves;
    const changed = viewer.saveView("Door", { name: "Gate", cameras: ["k1"], layout: "focus" });
    answer();
    await changed;
    const removed = viewer.removeView("Hall");
    answer();
    await removed;
    expect(done).toEqual(["save Door: Gate k1 focus", "remove Hall"]);
    expect(viewer.moves, "the keyboard is where a tile is by then").toBe(before + 4);
  });

  it("that are gone show all", () => {
    receive("Attic");
    expect(keys()).toHaveLength(5);
    viewer.openView();
    expect(viewer.dialog.kind).toBe("none");
  });
});
