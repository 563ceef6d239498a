import { beforeEach, describe, expect, it, vi } from "vitest";

import type { Access } from "../backend/types";
import { accessResult, household, lock, NO_ACCESS, openAgent } from "../testing/access";
import { camera, cameras, state } from "../testing/camera";
import { AppState } from "./app-state.svelte";
import { Viewer } from "./viewer.svelte";

describe("Viewer", () => {
  let app: AppState;
  let viewer: Viewer;
  let retried: string[];
  let saved: string[];
  let filled: boolean[];
  let mounted: unknown[];
  let done: string[];

  beforeEach(() => {
    app = new AppState(() => Promise.resolve(true));
    retried = [];
    saved = [];
    filled = [];
    mounted = [];
    done = [];
    viewer = new Viewer(app, {
      retry: (key) => retried.push(key),
      save: (what, key) => saved.push(`${what} ${key}`),
      fullscreen: (full) => filled.push(full),
      browse: (c) => done.push(`browse ${c.key}`),
      copy: (text, said) => done.push(`copy ${text}: ${said}`),
      hide: (c, hidden) => done.push(`hide ${c.key} ${hidden}`),
      move: (key, before, view) => {
        done.push(`move ${key} ${before}${view && ` in ${view}`}`);
        return Promise.resolve();
      },
      layout: (layout, view) => done.push(`layout ${layout}${view && ` in ${view}`}`),
      showView: (view) => {
        done.push(`show ${view}`);
        return Promise.resolve();
      },
      saveView: (before, { name, cameras, layout }) => {
        done.push(`save ${before}: ${name} ${cameras.join(",")} ${layout}`);
        return Promise.resolve();
      },
      removeView: (view) => {
        done.push(`remove ${view}`);
        return Promise.resolve();
      },
      notify: (c, on) => done.push(`notify ${c.key} ${on}`),
      numbers: (always) => done.push(`numbers ${always}`),
      fill: (c, fill) => done.push(`fill ${c.key} ${fill}`),
      mount: (key, mounting) => mounted.push([key, mounting]),
      nameAgent: (_, name) => Promise.resolve(accessResult({ ok: name !== "" })),
    });
    viewer.stage = { width: 1920, height: 1040 };
  });

  const keys = () => [...viewer.rects.keys()];

  it("shows and wants nothing before the window is measured", () => {
    viewer.stage = { width: 0, height: 0 };
    app.receive(state(cameras(3)));
    expect(keys()).toEqual([]);
    expect(viewer.wanted.keys).toEqual([]);
  });

  it("wants every visible camera, whatever its state", () => {
    app.receive(state(cameras(3, { state: "offline" })));
    expect(viewer.wanted).toMatchObject({ keys: ["k1", "k2", "k3"], full: ["k1", "k2", "k3"] });
  });

  it.each([
    [4, 1920, 906, 4],
    [6, 1920, 632, 0],
    [16, 1920, 449, 0],
    [1, 1280, 1264, 1],
  ])("%i cameras in %i pixels are %i wide: %i are worth every frame", (n, width, tile, full) => {
    app.receive(state(cameras(n)));
    viewer.stage = { width, height: 1040 };
    expect(viewer.rects.get("k1")?.width).toBe(tile);
    expect(viewer.wanted.full).toHaveLength(full);
  });

  it.each([
    ["the shape of the tiles", { width: 640, height: 480 }, 1, 186],
    ["on a screen with two pixels for each", { width: 640, height: 480 }, 2, 372],
    ["wider than the tiles", { width: 1920, height: 1080 }, 1, 186],
    ["higher than the tiles", { width: 480, height: 640 }, 1, 104],
    ["on its side", { width: 640, height: 480, rotation: 90 }, 1, 139],
    [
      "on its side, in a tile of another shape",
      { width: 1920, height: 1080, rotation: 270 },
      1,
      139,
    ],
    ["of a size that nobody knows", { width: 0, height: 0 }, 1, 186],
  ])("wants as many pixels as a picture has on the screen: %s", (_, odd, density, width) => {
    const all = cameras(64, { width: 640, height: 480 });
    all[0] = camera({ ...odd, key: "k1" });
    app.receive(state(all));
    viewer.density = density;
    expect(viewer.tileSize).toEqual({ width: 186, height: 139 });
    expect(viewer.wanted.widths.get("k1")).toBe(width);
  });

  it("wants the same as long as only numbers are new", () => {
    app.receive(state(cameras(64)));
    const before = viewer.wanted.widths;
    app.receive(state(cameras(64, { fps: 3 })));
    expect(viewer.wanted.widths).toBe(before);
    viewer.stage = { width: 1000, height: 700 };
    expect(viewer.wanted.widths).not.toBe(before);
  });

  it("wants nothing while the window is hidden", () => {
    app.receive(state(cameras(3)));
    viewer.hidden = true;
    expect(viewer.wanted).toMatchObject({ keys: [], full: [] });
  });

  it("stops the picture of the active camera and lets it go on", async () => {
    app.receive(state(cameras(3)));
    viewer.activate("k2");
    viewer.toggleFreeze();
    expect(viewer.wanted).toMatchObject({ keys: ["k1", "k3"], full: ["k1", "k3"] });
    expect(viewer.cameras.map((c) => c.state)).toEqual(["live", "paused", "live"]);
    expect(viewer.cameras[1]?.frozen).toBe(true);
    expect(viewer.wanted.held).toEqual(["k2"]); // what is kept of it stays
    viewer.hidden = true;
    expect(viewer.wanted).toMatchObject({ keys: [], held: ["k2"] });
    viewer.hidden = false;
    expect([...viewer.rects.keys()]).toEqual(["k1", "k2", "k3"]);
    app.receive(state(cameras(3, { state: "offline" })));
    expect(viewer.cameras[1]?.state).toBe("offline");
    app.receive(state(cameras(3)));
    viewer.toggleFreeze();
    expect(viewer.wanted).toMatchObject({ keys: ["k1", "k2", "k3"], held: [] });
    await vi.waitUntil(() => viewer.cameras[1]?.state === "live"); // a few tiles at a time
  });

  it("shows a camera that was forgotten while it was stopped, and added again", () => {
    app.receive(state(cameras(3)));
    viewer.activate("k2");
    viewer.toggleFreeze();
    app.receive(state([camera({ key: "k1" }), camera({ key: "k3" })]));
    app.receive(state(cameras(3)));
    expect(viewer.cameras.map((c) => c.state)).toEqual(["live", "live", "live"]);
    expect(viewer.wanted.keys).toEqual(["k1", "k2", "k3"]);
  });

  it("calls a camera that sends what cannot be drawn by its name", () => {
    const nothing = {
      retry: () => {},
      save: () => {},
      fullscreen: () => {},
      browse: () => {},
      copy: () => {},
      hide: () => {},
      notify: () => {},
      numbers: () => {},
      fill: () => {},
      layout: () => {},
      move: () => Promise.resolve(),
      showView: () => Promise.resolve(),
      saveView: () => Promise.resolve(),
      removeView: () => Promise.resolve(),
      mount: () => {},
      nameAgent: () => Promise.resolve(accessResult()),
    };
    viewer = new Viewer(app, nothing, (key) => (key === "k2" ? 1234 : undefined));
    viewer.stage = { width: 1920, height: 1040 };
    app.receive(state(cameras(3)));
    expect(viewer.cameras.map((c) => c.state)).toEqual(["live", "camera-error", "live"]);
    expect(viewer.cameras[1]).toMatchObject({ reason: "bad-stream", since: 1234 });
    // It is asked on: it may send other pictures one day.
    expect(viewer.wanted.keys).toEqual(["k1", "k2", "k3"]);
    app.receive(state(cameras(3, { state: "offline" })));
    expect(viewer.cameras[1]?.state).toBe("offline");
  });

  it("wants only the camera that is shown alone, large", () => {
    app.receive(state(cameras(3)));
    viewer.soloNumber(2);
    expect(viewer.wanted).toMatchObject({ keys: ["k2"], full: ["k2"] });
    expect(viewer.rects.get("k2")?.width).toBe(1820);
    viewer.back();
    expect(viewer.wanted.keys).toHaveLength(3);
  });

  it("gives solo the camera's own shape", () => {
    app.receive(state([...cameras(3), camera({ key: "tall", width: 720, height: 1280 })]));
    viewer.soloNumber(4);
    expect(viewer.rects.get("tall")).toMatchObject({ width: 576, height: 1024 });
  });

  it("goes round in solo and stops at the ends of the grid", () => {
    app.receive(state(cameras(3)));
    viewer.move("left");
    expect(viewer.active?.key).toBe("k1");
    viewer.toggleSolo();
    viewer.move("left");
    expect(viewer.solo?.key).toBe("k3");
    viewer.move("right");
    expect(viewer.solo?.key).toBe("k1");
    viewer.move("down");
    expect(viewer.solo?.key).toBe("k1");
  });

  it("keeps solo and the active tile when the list changes order or grows", () => {
    const [a, b, c] = cameras(3);
    if (!a || !b || !c) throw new Error("three cameras");
    app.receive(state([a, b]));
    viewer.soloNumber(2);
    app.receive(state([c, b, a]));
    expect(viewer.solo?.key).toBe("k2");
    expect(viewer.activeIndex).toBe(1);
  });

  it("returns to the grid when the solo camera is forgotten", () => {
    app.receive(state(cameras(2)));
    viewer.soloNumber(2);
    app.receive(state(cameras(1)));
    expect(viewer.solo).toBeNull();
    expect(keys()).toEqual(["k1"]);
  });

  it("ignores a number without a camera", () => {
    app.receive(state(cameras(2)));
    viewer.soloNumber(7);
    expect(viewer.solo).toBeNull();
  });

  it("stays where it is when the active camera has gone", () => {
    const all = cameras(40);
    app.receive(state(all));
    viewer.stage = { width: 480, height: 800 };
    viewer.turnPage(1);
    const page = viewer.page;
    const gone = viewer.active?.key;
    expect(page).toBe(1);
    app.receive(state(all.filter((c) => c.key !== gone)));
    expect([viewer.page, viewer.active?.key === gone]).toEqual([page, false]);
    app.receive(state(all.slice(0, 2)));
    expect([viewer.page, viewer.active?.key]).toEqual([0, "k2"]);
    app.receive(state([]));
    expect([viewer.page, viewer.active]).toEqual([0, null]);
  });

  it("is not taken along by a camera that was gone and comes back", () => {
    const all = cameras(40);
    app.receive(state(all));
    viewer.stage = { width: 480, height: 800 };
    viewer.turnPage(1);
    app.receive(state(all.slice(0, 4)));
    expect(viewer.page).toBe(0);
    app.receive(state(all));
    expect(viewer.page).toBe(0);
    viewer.soloNumber(9);
    app.receive(state(all.slice(0, 4)));
    app.receive(state(all));
    expect(viewer.solo).toBeNull();
  });

  it("turns pages when tiles would be too small, and arrows cross them", () => {
    viewer.stage = { width: 480, height: 290 };
    app.receive(state(cameras(10)));
    expect(viewer.pages).toBe(3);
    expect(keys()).toEqual(["k1", "k2", "k3", "k4"]);
    expect(viewer.wanted.keys).toEqual(keys());
    viewer.turnPage(-1);
    expect(viewer.page).toBe(0);
    viewer.turnPage(1);
    expect(keys()).toEqual(["k5", "k6", "k7", "k8"]);
    viewer.move("left");
    expect([viewer.page, viewer.active?.key]).toEqual([0, "k4"]);
    viewer.move("right");
    expect([viewer.page, viewer.active?.key]).toEqual([1, "k5"]);
    viewer.turnPage(1);
    expect(keys()).toEqual(["k9", "k10"]);
    viewer.turnPage(1);
    expect(viewer.page).toBe(2);
    viewer.toggleSolo();
    viewer.turnPage(-1);
    expect(viewer.solo?.key).toBe("k9");
  });

  it("goes up and down within the page", () => {
    viewer.stage = { width: 480, height: 290 };
    app.receive(state(cameras(10)));
    viewer.turnPage(1);
    viewer.move("down");
    expect(viewer.active?.key).toBe("k7");
    viewer.move("up");
    expect(viewer.active?.key).toBe("k5");
    viewer.move("up");
    expect([viewer.page, viewer.active?.key]).toEqual([1, "k5"]);
  });

  it("shows a camera that was just added, also out of solo and before it is listed", () => {
    app.receive(state(cameras(2)));
    viewer.soloNumber(1);
    viewer.show("k3");
    expect(viewer.solo).toBeNull();
    app.receive(state(cameras(3)));
    expect(viewer.active?.key).toBe("k3");
  });

  it("comes back from solo by the key that went there", () => {
    app.receive(state(cameras(2)));
    viewer.toggleSolo();
    expect(viewer.solo?.key).toBe("k1");
    viewer.toggleSolo();
    expect(viewer.solo).toBeNull();
  });

  it("keeps its columns through small changes of the window", () => {
    app.receive(state(cameras(6)));
    const columns = () => new Set([...viewer.rects.values()].map((r) => r.left)).size;
    expect(columns()).toBe(3);
    viewer.stage = { width: 1780, height: 1040 };
    expect(columns()).toBe(3); // two columns would give 602 instead of 585
    viewer.stage = { width: 1700, height: 1040 };
    expect(columns()).toBe(2);
  });

  it("chooses its columns again when the number of cameras changes", () => {
    viewer.stage = { width: 1780, height: 1040 };
    const columns = () => new Set([...viewer.rects.values()].map((r) => r.left)).size;
    app.receive(state(cameras(9)));
    expect(columns()).toBe(3);
    app.receive(state(cameras(6)));
    expect(columns()).toBe(2);
  });

  it("retries the active camera or all", () => {
    app.receive(state(cameras(2)));
    viewer.activate("k2");
    viewer.retry();
    viewer.retryAll();
    expect(retried).toEqual(["k2", ""]);
  });

  it("saves the active camera's picture, all pictures, and the last seconds", () => {
    app.receive(state(cameras(2)));
    viewer.activate("k2");
    viewer.snapshot();
    viewer.snapshotAll();
    viewer.clip();
    viewer.snapshot("k1");
    expect(saved).toEqual(["snapshot k2", "snapshot ", "clip k2", "snapshot k1"]);
  });

  it("opens one dialog at a time and closes it", () => {
    viewer.openAdd();
    expect([viewer.dialogOpen(), viewer.dialog.kind]).toEqual([true, "add"]);
    viewer.openKeys();
    expect(viewer.dialog.kind).toBe("keys");
    viewer.closeDialog();
    expect(viewer.dialogOpen()).toBe(false);
  });

  it("lets the focus follow when the keyboard moved, and only then", () => {
    app.receive(state(cameras(4)));
    const moved = (act: () => void) => {
      const before = viewer.moves;
      act();
      return viewer.moves > before;
    };
    expect(moved(() => viewer.move("right"))).toBe(true);
    expect(moved(() => viewer.activate("k3"))).toBe(false);
    expect(moved(() => viewer.back())).toBe(false);
    expect(moved(() => viewer.toggleSolo())).toBe(true);
    expect(moved(() => viewer.back())).toBe(true);
    viewer.openKeys();
    expect(moved(() => viewer.closeDialog())).toBe(true);
  });

  it("asks for the whole screen and back, by what it is and not by what was asked", () => {
    viewer.toggleFullscreen();
    viewer.toggleFullscreen();
    expect([filled, viewer.fullscreen]).toEqual([[true, true], false]);
    viewer.fullscreen = true;
    viewer.toggleFullscreen();
    expect(filled).toEqual([true, true, false]);
  });

  it("goes back one step at a time: out of solo, then out of full screen", () => {
    app.receive(state(cameras(2)));
    viewer.escape();
    expect(filled).toEqual([]);
    viewer.fullscreen = true;
    viewer.soloNumber(1);
    viewer.escape();
    expect([viewer.solo, filled]).toEqual([null, []]);
    viewer.back();
    expect(filled).toEqual([]);
    viewer.escape();
    expect(filled).toEqual([false]);
  });

  it("opens details for the active camera only when there is one", () => {
    viewer.openDetails();
    expect(viewer.dialogOpen()).toBe(false);
    app.receive(state(cameras(2)));
    viewer.openDetails();
    expect(viewer.dialog).toEqual({ kind: "details", key: "k1", naming: false });
    viewer.openNaming();
    expect(viewer.dialog).toEqual({ kind: "details", key: "k1", naming: true });
  });

  it("lays out what is turned by its turned shape", () => {
    app.receive(state(cameras(1, { width: 1280, height: 720, rotation: 90 })));
    expect(viewer.rects.get("k1")).toMatchObject({ width: 576, height: 1024 });
    app.receive(state([...cameras(3, { rotation: 270 }), camera({ key: "wide" })]));
    const { width = 0, height = 0 } = viewer.rects.get("k1") ?? {};
    expect(width / height, "most are upright").toBeCloseTo(9 / 16, 2);
    viewer.soloNumber(4);
    expect(viewer.rects.get("wide")?.width).toBe(1820);
  });

  it("turns and mirrors the active camera, and keeps its name", () => {
    viewer.turn(90);
    expect(mounted).toEqual([]);
    app.receive(state(cameras(2, { rotation: 270 })));
    viewer.activate("k2");
    viewer.turn(90);
    viewer.turn(-90);
    viewer.mirror();
    const same = { name: "Camera 2", rotation: 270, mirror: false };
    expect(mounted).toEqual([
      ["k2", { ...same, rotation: 0 }],
      ["k2", { ...same, rotation: 180 }],
      ["k2", { ...same, mirror: true }],
    ]);
  });

  it("hides the active camera, goes on to the next one and wants it no longer", () => {
    app.receive(state(cameras(3)));
    viewer.soloNumber(2);
    viewer.zoom(2);
    viewer.hide();
    expect(done).toEqual(["hide k2 true"]);
    app.receive(state(cameras(3).map((c) => ({ ...c, hidden: c.key === "k2" }))));
    expect([viewer.solo, viewer.active?.key]).toEqual([null, "k3"]);
    expect([viewer.wanted.keys, keys()]).toEqual([
      ["k1", "k3"],
      ["k1", "k3"],
    ]);
    expect(viewer.cameras.map((c) => c.key)).toEqual(["k1", "k3"]);
    expect(viewer.hiddenOnes.map((c) => c.key)).toEqual(["k2"]);
    viewer.showAgain(camera({ key: "k2" }));
    app.receive(state(cameras(3)));
    expect([keys(), viewer.active?.key]).toEqual([["k1", "k2", "k3"], "k3"]);
    expect(viewer.zooms.has("k2")).toBe(false);
  });

  it("hides the last camera, and all of them", () => {
    const hide = (...gone: string[]) =>
      app.receive(state(cameras(2).map((c) => ({ ...c, hidden: gone.includes(c.key) }))));
    hide();
    viewer.activate("k2");
    viewer.hide();
    hide("k2");
    expect(viewer.active?.key).toBe("k1");
    viewer.hide();
    hide("k1", "k2");
    expect([viewer.active, keys(), viewer.pages]).toEqual([null, [], 1]);
    viewer.hide();
    expect(done).toEqual(["hide k2 true", "hide k1 true"]);
  });

  it("lets a picture fill its tile and fit again", () => {
    app.receive(state([camera(), camera({ key: "k2", fill: true })]));
    viewer.toggleFill();
    viewer.activate("k2");
    viewer.toggleFill();
    expect(done).toEqual(["fill agent:1/imx708 true", "fill k2 false"]);
  });

  it("turns notifications about the active camera on and off", () => {
    app.receive(state([camera(), camera({ key: "k2", notify: true })]));
    viewer.toggleNotify();
    viewer.activate("k2");
    viewer.toggleNotify();
    expect(done).toEqual(["notify agent:1/imx708 true", "notify k2 false"]);
  });

  it("shows the numbers of one picture, or of all", () => {
    app.receive(state(cameras(2)));
    const on = () => ["k1", "k2"].filter((key) => viewer.overlays.of(key));
    viewer.activate("k2");
    viewer.toggleNumbers();
    expect(on()).toEqual(["k2"]);
    viewer.toggleAllNumbers();
    expect(done).toEqual(["numbers true"]);
    const all = { scheme: "system", labels: "always", numbers: "always" };
    app.receive({ ...state(cameras(2)), appearance: all });
    expect(on()).toEqual(["k1", "k2"]);
    viewer.toggleNumbers();
    expect(on()).toEqual(["k1"]);
    viewer.toggleAllNumbers();
    expect(done).toEqual(["numbers true", "numbers false"]);
  });

  it("zooms the active picture, which is then worth every frame", () => {
    app.receive(state(cameras(16)));
    expect(viewer.wanted.full).toEqual([]);
    viewer.activate("k3");
    viewer.zoom(1);
    expect(viewer.zooms.of("k3")).toEqual({ scale: 1.25, x: 0, y: 0 });
    expect(viewer.wanted.full).toEqual(["k3"]);
    viewer.move("right");
    expect([viewer.active?.key, viewer.zooms.of("k3").x], "arrows select in the grid").toEqual([
      "k4",
      0,
    ]);
    viewer.zoom(-1);
    expect(viewer.zooms.has("k4")).toBe(false);
  });

  it("moves a zoomed picture that is alone, and goes back one step at a time", () => {
    app.receive(state(cameras(3)));
    viewer.soloNumber(2);
    viewer.zoom(4);
    viewer.move("right");
    expect([viewer.solo?.key, viewer.zooms.of("k2").x]).toEqual(["k2", -0.1]);
    viewer.move("up");
    expect(viewer.zooms.of("k2").y).toBeCloseTo(0.1);
    viewer.escape();
    expect([viewer.zooms.has("k2"), viewer.solo?.key]).toEqual([false, "k2"]);
    viewer.zoom(1);
    viewer.back();
    expect(viewer.solo?.key, "0 goes the same steps").toBe("k2");
    viewer.back();
    expect(viewer.solo).toBeNull();
  });

  it("forgets the zoom of a camera that is forgotten", () => {
    app.receive(state(cameras(2)));
    viewer.zoom(2);
    app.receive(state(cameras(2).slice(1)));
    expect(viewer.zooms.has("k1")).toBe(false);
  });

  it("opens the menu of a camera, which has the keyboard until it closes", () => {
    viewer.openMenu();
    expect(viewer.menu).toBeNull();
    app.receive(state(cameras(3)));
    viewer.openMenu("k2", { x: 10, y: 20 });
    expect([viewer.active?.key, viewer.dialogOpen()]).toEqual(["k2", true]);
    const opened = viewer.menu;
    viewer.openMenu("k2", { x: 11, y: 20 });
    expect(viewer.menu, "once").toBe(opened);
    const moves = viewer.moves;
    viewer.closeMenu();
    expect([viewer.dialogOpen(), viewer.moves]).toEqual([false, moves + 1]);
    viewer.openMenu();
    expect(viewer.menu).toEqual({ key: "k2", at: null });
    viewer.openForget();
    viewer.closeMenu();
    expect(viewer.dialog, "it has the keyboard now").toEqual({ kind: "forget", key: "k2" });
    expect(viewer.moves).toBe(moves + 1);
    viewer.closeDialog();
    viewer.openMenu();
    app.receive(state(cameras(1)));
    expect(viewer.menu, "its camera has gone").toBeNull();
  });

  it("opens and copies what the menu offers", () => {
    viewer.openInBrowser();
    app.receive(state(cameras(2)));
    viewer.activate("k2");
    viewer.openInBrowser();
    viewer.copy("http://pi/", "Copied.");
    expect(done).toEqual(["browse k2", "copy http://pi/: Copied."]);
  });

  it("moves the active tile to the place of its neighbour, across pages", async () => {
    app.receive(state(cameras(6)));
    viewer.moveTile("left");
    expect(done, "it is the first").toEqual([]);
    viewer.activate("k2");
    const moves = viewer.moves;
    viewer.moveTile("right");
    expect(keys().join(), "at once").toBe("k1,k3,k2,k4,k5,k6");
    await vi.waitUntil(() => viewer.moves > moves); // the focus follows
    expect(keys(), "as Go says").toEqual(["k1", "k2", "k3", "k4", "k5", "k6"]);
    viewer.moveTile("down");
    viewer.activate("k6");
    viewer.moveTile("right");
    viewer.moveTile("up");
    expect(done).toEqual(["move k2 k4", "move k2 k6", "move k6 k4"]);
    viewer.soloNumber(2);
    viewer.moveTile("right");
    expect(done).toHaveLength(3);
  });

  it("drags a tile to another place, and back", () => {
    app.receive(state(cameras(4)));
    const middle = (key: string) => {
      const { left = 0, top = 0, width = 0, height = 0 } = viewer.rects.get(key) ?? {};
      return { x: left + width / 2, y: top + height / 2 };
    };
    const grabbed = { x: 5, y: 6 };
    const [first, last] = [middle("k1"), middle("k4")];
    viewer.drag("k1", first, grabbed);
    expect(viewer.dragged).toEqual({ key: "k1", left: first.x - 5, top: first.y - 6 });
    viewer.drag("k1", last, grabbed);
    expect(keys()).toEqual(["k2", "k3", "k4", "k1"]);
    expect(viewer.active?.key).toBe("k1");
    viewer.drag("k1", { x: -50, y: -50 }, grabbed); // over none
    expect(keys()).toEqual(["k2", "k3", "k4", "k1"]);
    viewer.escape();
    expect([viewer.dragged, keys(), done]).toEqual([null, ["k1", "k2", "k3", "k4"], []]);
    viewer.drag("k1", last, grabbed);
    viewer.drop();
    expect(done).toEqual(["move k1 "]);
    expect([viewer.dragged, keys()]).toEqual([null, ["k2", "k3", "k4", "k1"]]);
    viewer.drop();
    expect(done).toHaveLength(1);
  });

  it("drags no tile that is alone, zoomed, the only one, or below a menu", () => {
    app.receive(state(cameras(2)));
    expect(viewer.canDrag("k1")).toBe(true);
    viewer.openMenu("k1");
    viewer.drag("k1", { x: 1, y: 1 }, { x: 0, y: 0 });
    expect(viewer.dragged).toBeNull();
    viewer.closeMenu();
    viewer.zoom(1);
    expect([viewer.canDrag("k1"), viewer.canDrag("k2")]).toEqual([false, true]);
    viewer.soloNumber(2);
    expect(viewer.canDrag("k2")).toBe(false);
    app.receive(state(cameras(1)));
    viewer.back();
    viewer.endZoom();
    expect(viewer.canDrag("k1")).toBe(false);
  });

  it("shows the active camera large and the others in a strip", () => {
    viewer.toggleLayout();
    app.receive({ ...state(cameras(5)), layout: "focus" });
    viewer.toggleLayout();
    expect(done).toEqual(["layout focus", "layout "]);
    expect(keys()).toEqual(["k1", "k2", "k3", "k4", "k5"]);
    expect(viewer.wanted.full).toEqual(["k1"]);
    viewer.move("down");
    viewer.move("right");
    expect([viewer.active?.key, keys()[0]]).toEqual(["k3", "k3"]);
    viewer.move("up");
    viewer.turnPage(1);
    viewer.turnPage(1);
    viewer.turnPage(1);
    viewer.turnPage(1);
    expect(viewer.active?.key, "the last one").toBe("k5");
    viewer.moveTile("up");
    expect(done.at(-1)).toBe("move k5 k4");
    expect([viewer.canDrag("k1"), viewer.canDrag("k5")]).toEqual([true, false]);
    expect([viewer.isInStrip("k1"), viewer.isInStrip("k5")]).toEqual([true, false]);
    viewer.toggleSolo();
    expect(keys()).toEqual(["k5"]);
    viewer.back();
    expect(keys()).toHaveLength(5);
    app.receive({ ...state(cameras(40)), layout: "focus" });
    expect([viewer.pages, viewer.page]).toEqual([1, 0]);
    expect(viewer.wanted.keys).toEqual(keys());
    expect(keys().length, "as many as there is room for").toBeLessThan(15);
    app.receive({ ...state([]), layout: "focus" });
    expect(keys()).toEqual([]);
  });

  it("asks once for the name of an agent, until a person does not want to give one", async () => {
    const pi = (key: string, agent: string) => camera({ key, agent, unnamed: true });
    app.receive(state([pi("k1", "a"), pi("k2", "a"), pi("k3", "b"), camera({ key: "k4" })]));
    expect([...viewer.asking]).toEqual(["k1", "k3"]);
    viewer.leaveUnnamed("a");
    expect([...viewer.asking]).toEqual(["k3"]);
    await viewer.nameAgent("b", "");
    expect([...viewer.asking], "it could not be named").toEqual(["k3"]);
    await viewer.nameAgent("b", "Shed");
    expect([...viewer.asking]).toEqual([]);
  });

  it("moves and names nothing where nobody sits", () => {
    const two = cameras(2).map((c) => ({ ...c, unnamed: true }));
    app.receive(state(two));
    expect([viewer.canDrag("k1"), viewer.asking.size > 0]).toEqual([true, true]);
    app.receive({ ...state(two), kiosk: true });
    expect([viewer.canDrag("k1"), viewer.asking.size > 0]).toEqual([false, false]);
  });

  it("shows the household, or how to make one", () => {
    const opens = (access: Partial<Access>) => {
      app.receive({ ...state([]), access: { ...NO_ACCESS, ...access } });
      viewer.openHousehold();
      return viewer.dialog.kind;
    };
    expect(opens({ open: [openAgent()] }), "nothing is locked").toBe("lock");
    expect(opens({}), "nothing to lock").toBe("household");
    expect(opens({ households: [household()], open: [openAgent()] })).toBe("household");
    expect(opens({ households: [household()], lock: lock([]) }), "it goes on").toBe("lock");
    viewer.openHousehold("h1", true);
    expect(viewer.dialog).toEqual({ kind: "household", household: "h1", sheet: true });
  });
});
