import { expect, it } from "vitest";

import { cameras, state } from "../testing/camera";
import { NOTHING_OWN, ownFrom, withOwn } from "./own";

const garden = { name: "Garden", cameras: ["k1"], layout: "" };

it.each([
  [null],
  [""],
  ["{"],
  ["7"],
  ["null"],
  ['{"view": 3, "layouts": [], "numbers": "yes"}'],
  [`{"view": "${"x".repeat(201)}", "layouts": {"Garden": "spiral"}}`],
])("makes nothing of %j", (text) => {
  expect(ownFrom(text)).toEqual(NOTHING_OWN);
});

it("reads what it wrote", () => {
  const own = { view: "Garden", layouts: { "": "focus", Garden: "" }, numbers: true };
  expect(ownFrom(JSON.stringify(own))).toEqual(own);
  const many = Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`v${i}`, "focus"]));
  expect(Object.keys(ownFrom(JSON.stringify({ layouts: many })).layouts)).toHaveLength(33);
});

it("shows a browser what a person chose in it", () => {
  const said = { ...state(cameras(2)), readOnly: true, views: [garden] };
  const own = { view: "Garden", layouts: { Garden: "focus" }, numbers: true };
  const shown = withOwn(said, own);
  expect(shown).toMatchObject({ view: "Garden", layout: "", views: [{ layout: "focus" }] });
  expect(shown.appearance.numbers).toBe("always");
  expect(withOwn({ ...said, views: [] }, own).view, "that has gone").toBe("");
});

it("leaves the app's own page to the app", () => {
  const said = { ...state(cameras(2)), views: [garden], view: "" };
  expect(withOwn(said, { ...NOTHING_OWN, view: "Garden" })).toBe(said);
});
