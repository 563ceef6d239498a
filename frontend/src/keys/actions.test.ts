import { describe, expect, it } from "vitest";

import type { Shown } from "../cameras/shown";
import { camera } from "../testing/camera";
import { CAMERA_WORDS } from "../words/actions";
import { CAMERA_ACTIONS } from "./actions";

const inMenu = CAMERA_ACTIONS.filter(({ part }) => part !== "");
const can = (c: Shown) =>
  CAMERA_ACTIONS.filter((action) => action.can?.(c) === false).map(({ words }) => words.does);

describe("what can be done with a camera", () => {
  it("is one table with all of its words", () => {
    expect(new Set(CAMERA_ACTIONS.map(({ words }) => words))).toEqual(
      new Set(Object.values(CAMERA_WORDS)),
    );
  });

  it("stands in the menu in its parts, one after another", () => {
    const parts = inMenu.map(({ part }) => part);
    const order = ["look", "mount", "here", "elsewhere", "state"];
    expect(parts).toEqual([...parts].sort((a, b) => order.indexOf(a) - order.indexOf(b)));
    for (const { run, choices } of inMenu) expect(run ?? choices).toBeDefined();
  });

  it("has a key of its own, or none", () => {
    const presses = CAMERA_ACTIONS.flatMap(({ keys = {} }) => Object.keys(keys));
    expect(new Set(presses).size).toBe(presses.length);
    for (const { words, keys } of CAMERA_ACTIONS) {
      expect(words.caps.length > 0, words.does).toBe(keys !== undefined);
      expect(words.help !== "", words.does).toBe(keys !== undefined);
    }
  });

  it.each<[string, Partial<Shown>, string[]]>([
    ["live", {}, ["Retry"]],
    ["offline", { state: "offline" }, []],
    ["nowhere", { address: "", state: "offline" }, ["Open in browser", "Copy address"]],
  ])("does not offer what makes no sense: %s", (_, differences, not) => {
    expect(can(camera(differences))).toEqual(not);
  });

  it("is undone when it is done", () => {
    const done = (c: Shown, on = false) =>
      CAMERA_ACTIONS.filter((action) => action.done?.(c, { alone: on, numbers: on })).map(
        ({ words }) => words.undoes,
      );
    expect(done(camera())).toEqual([]);
    expect(done({ ...camera({ fill: true }), frozen: true }, true)).toEqual([
      "Show all cameras",
      "Resume",
      "Hide numbers",
      "Fit into tile",
    ]);
  });
});
