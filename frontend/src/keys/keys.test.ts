import { describe, expect, it } from "vitest";

import { keyHandler, type Actions } from "./keys";

interface Press {
  key: string;
  composing?: boolean;
  code?: string;
  repeat?: boolean;
  modifiers?: string[];
  /** What a CSS selector must contain to match the focused element. */
  on?: string;
}

/** Presses one key and returns what it did. */
function press(
  { key, code = key, composing = false, repeat = false, modifiers = [], on }: Press,
  dialog = false,
  kiosk = false,
  readOnly = false,
) {
  const done: string[] = [];
  const act: Actions = {
    kiosk,
    readOnly,
    dialogOpen: () => dialog,
    move: (direction) => done.push(`move ${direction}`),
    toggleSolo: () => done.push("toggleSolo"),
    soloNumber: (n) => done.push(`solo ${n}`),
    showViewNumber: (n) => done.push(`view ${n}`),
    back: () => done.push("back"),
    escape: () => done.push("escape"),
    toggleLayout: () => done.push("layout"),
    toggleFullscreen: () => done.push("fullscreen"),
    turnPage: (by) => done.push(`page ${by}`),
    toggleFreeze: () => done.push("freeze"),
    toggleNumbers: () => done.push("numbers"),
    toggleAllNumbers: () => done.push("allNumbers"),
    snapshot: () => done.push("snapshot"),
    snapshotAll: () => done.push("snapshotAll"),
    clip: () => done.push("clip"),
    moveTile: (direction) => done.push(`moveTile ${direction}`),
    hide: () => done.push("hide"),
    toggleFill: () => done.push("fill"),
    toggleNotify: () => done.push("notify"),
    pan: (direction) => done.push(`pan ${direction}`),
    zoom: (steps) => done.push(`zoom ${steps}`),
    retry: () => done.push("retry"),
    retryAll: () => done.push("retryAll"),
    openAdd: () => done.push("add"),
    openMenu: () => done.push("menu"),
    openDetails: () => done.push("details"),
    openHistory: () => done.push("history"),
    openForget: () => done.push("forget"),
    openInBrowser: () => done.push("browser"),
    copy: (text) => done.push(`copy ${text}`),
    openFind: () => done.push("find"),
    openKeys: () => done.push("keys"),
    openNaming: () => done.push("name"),
    turn: (degrees) => done.push(`turn ${degrees}`),
    mirror: () => done.push("mirror"),
    openHousehold: () => done.push("household"),
    openSettings: () => done.push("settings"),
  };
  let prevented = false;
  const event = {
    key,
    code,
    repeat,
    isComposing: composing,
    target: on
      ? { closest: (selector: string) => (selector.includes(on) ? {} : null) }
      : { closest: () => null },
    getModifierState: (name: string) => modifiers.includes(name),
    preventDefault: () => (prevented = true),
  };
  keyHandler(act)(event as unknown as KeyboardEvent);
  return { done, prevented };
}

describe("keys", () => {
  it.each<[Press, string[]]>([
    [{ key: "ArrowLeft" }, ["move left"]],
    [{ key: "Enter" }, ["toggleSolo"]],
    [{ key: "3" }, ["solo 3"]],
    [{ key: "3", modifiers: ["Control"] }, ["view 3"]],
    [{ key: "0" }, ["back"]],
    [{ key: "PageDown" }, ["page 1"]],
    [{ key: "ArrowUp", modifiers: ["Shift"] }, ["pan up"]],
    [{ key: "R", modifiers: ["Shift"] }, ["retryAll"]],
    [{ key: "Escape" }, []],
    [{ key: "F11" }, []],
    [{ key: " ", code: "Space" }, []],
    [{ key: "F2" }, []],
    [{ key: "x" }, []],
    [{ key: "[" }, []],
    [{ key: "l" }, []],
    [{ key: "i" }, []],
    [{ key: "I", modifiers: ["Shift"] }, []],
    [{ key: "d" }, []],
    [{ key: "n", modifiers: ["Control"] }, []],
    [{ key: "k", modifiers: ["Control"] }, []],
    [{ key: ",", modifiers: ["Control"] }, []],
    [{ key: "?", modifiers: ["Shift"] }, []],
  ])("%j does %j where nobody sits", (pressed, want) => {
    expect(press(pressed, false, true).done).toEqual(want);
  });

  it.each<[Press, string[]]>([
    [{ key: "ArrowLeft" }, ["move left"]],
    [{ key: "Enter" }, ["toggleSolo"]],
    [{ key: "s" }, ["snapshot"]],
    [{ key: " ", code: "Space" }, ["freeze"]],
    [{ key: "F11" }, ["fullscreen"]],
    [{ key: "r" }, ["retry"]],
    [{ key: "d" }, ["details"]],
    [{ key: "i" }, ["numbers"]],
    [{ key: "I", modifiers: ["Shift"] }, ["allNumbers"]],
    [{ key: "?", modifiers: ["Shift"] }, ["keys"]],
    [{ key: "S", modifiers: ["Shift"] }, []],
    [{ key: "ArrowLeft", modifiers: ["Alt"] }, []],
    [{ key: "F2" }, []],
    [{ key: "x" }, []],
    [{ key: "[" }, []],
    [{ key: "h" }, []],
    [{ key: "g" }, ["layout"]],
    [{ key: "l" }, []],
    [{ key: "n", modifiers: ["Control"] }, []],
    [{ key: ",", modifiers: ["Control"] }, []],
  ])("%j does %j on a page that may change nothing", (pressed, want) => {
    expect(press(pressed, false, false, true).done).toEqual(want);
  });

  it.each<[Press, string]>([
    [{ key: "ArrowLeft" }, "move left"],
    [{ key: "ArrowRight" }, "move right"],
    [{ key: "ArrowUp" }, "move up"],
    [{ key: "ArrowDown" }, "move down"],
    [{ key: "Enter" }, "toggleSolo"],
    [{ key: " ", code: "Space" }, "freeze"],
    [{ key: "f" }, "toggleSolo"],
    [{ key: "F" }, "toggleSolo"], // Caps Lock
    [{ key: "Escape" }, "escape"],
    [{ key: "g" }, "layout"],
    [{ key: "F11" }, "fullscreen"],
    [{ key: "0" }, "back"],
    ...[1, 2, 3, 4, 5, 6, 7, 8, 9].map((n): [Press, string] => [{ key: String(n) }, `solo ${n}`]),
    [{ key: "1", modifiers: ["Control"] }, "view 1"],
    [{ key: "9", modifiers: ["Control"] }, "view 9"],
    [{ key: "k", modifiers: ["Control"] }, "find"],
    [{ key: "PageUp" }, "page -1"],
    [{ key: "PageDown" }, "page 1"],
    [{ key: "r" }, "retry"],
    [{ key: "R", modifiers: ["Shift"] }, "retryAll"],
    [{ key: "s" }, "snapshot"],
    [{ key: "S", modifiers: ["Shift"] }, "snapshotAll"],
    [{ key: "i" }, "numbers"],
    [{ key: "I", modifiers: ["Shift"] }, "allNumbers"],
    [{ key: "d" }, "details"],
    [{ key: "h" }, "hide"],
    [{ key: "ArrowLeft", modifiers: ["Alt"] }, "moveTile left"],
    [{ key: "ArrowDown", modifiers: ["Alt"] }, "moveTile down"],
    [{ key: "+", modifiers: ["Shift"] }, "zoom 1"],
    [{ key: "+" }, "zoom 1"],
    [{ key: "=" }, "zoom 1"],
    [{ key: "-" }, "zoom -1"],
    [{ key: "F10", modifiers: ["Shift"] }, "menu"],
    [{ key: "ContextMenu" }, "menu"],
    [{ key: "F2" }, "name"],
    [{ key: "[" }, "turn -90"],
    [{ key: "]" }, "turn 90"],
    ...["[", "]"].flatMap((key): [Press, string][] => {
      const turn = key === "[" ? "turn -90" : "turn 90";
      return [
        [{ key, modifiers: ["AltGraph"] }, turn], // German keyboards on Linux,
        [{ key, modifiers: ["AltGraph", "Control", "Alt"] }, turn], // and on Windows
        [{ key, modifiers: ["Alt"] }, turn], // Option on a Mac
      ];
    }),
    [{ key: "3", modifiers: ["Shift"] }, "solo 3"], // French keyboards
    [{ key: "0", modifiers: ["Shift"] }, "back"],
    [{ key: "2", modifiers: ["Control", "Shift"] }, "view 2"],
    [{ key: "=", modifiers: ["Shift"] }, "zoom 1"], // German ones
    [{ key: "ArrowLeft", modifiers: ["Shift"] }, "pan left"],
    [{ key: "ArrowDown", modifiers: ["Shift"], repeat: true }, "pan down"],
    [{ key: "x" }, "mirror"],
    [{ key: "l" }, "household"],
    [{ key: "n", modifiers: ["Control"] }, "add"],
    [{ key: "?", modifiers: ["Shift"] }, "keys"],
    [{ key: "?" }, "keys"],
  ])("%o", (event, action) => {
    expect(press(event)).toEqual({ done: [action], prevented: true });
  });

  it.each<[string, Press]>([
    ["other modifiers belong to the system", { key: "f", modifiers: ["Alt"] }],
    ["letters without their modifier", { key: "n" }],
    ["unknown keys", { key: "q" }],
    ["brackets of the browser", { key: "[", modifiers: ["Control"] }],
    ["brackets of the browser on a Mac", { key: "]", modifiers: ["Meta"] }],
    ["a word that is still being composed", { key: "Enter", composing: true }],
    ["text in a field", { key: "r", on: "input" }],
    ["Enter on a button that is not a tile", { key: "Enter", on: "button" }],
    ["Space on a button that is not a tile", { key: " ", code: "Space", on: "button" }],
    ["a held key does its thing once", { key: "Enter", repeat: true }],
  ])("leaves alone: %s", (_, event) => {
    expect(press(event)).toEqual({ done: [], prevented: false });
  });

  it("leaves the browser its keys where nothing may be changed", () => {
    const back: Press = { key: "ArrowLeft", modifiers: ["Alt"] };
    expect(press(back, false, false, true)).toEqual({ done: [], prevented: false });
    expect(press(back)).toEqual({ done: ["moveTile left"], prevented: true });
  });

  it("lets held arrows run", () => {
    expect(press({ key: "ArrowRight", repeat: true }).done).toEqual(["move right"]);
  });

  it("does nothing behind a dialog", () => {
    for (const key of ["Escape", "ArrowLeft", "1", "r"]) {
      expect(press({ key }, true).done).toEqual([]);
    }
  });
});
