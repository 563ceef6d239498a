import { describe, expect, it } from "vitest";

import { chosenOf, MOST_VIEWS, nameProblem, VIEWS } from "./views";

const view = (name: string) => ({ name, cameras: [], layout: "" });

describe("nameProblem", () => {
  const views = [view("Door"), view("Hall")];
  it.each([
    ["Garden", "", ""],
    [" door ", "", "There is a view called Door already."],
    ["Hall", "Hall", ""],
    ["hall", "Hall", ""],
    ["Door", "Hall", "There is a view called Door already."],
    ["all cameras", "", "This is what all cameras are called."],
    ["All", "Hall", "This is what all cameras are called."],
  ])("%j for %j: %j", (typed, own, want) => {
    expect(nameProblem(typed, own, views)).toBe(want);
  });

  it("says when there are as many as the app keeps", () => {
    const many = Array.from({ length: MOST_VIEWS }, (_, i) => view(`View ${i}`));
    expect(nameProblem("Door", "", many)).toBe("There are 32 views already. Delete one first.");
    expect(nameProblem("Door", "View 1", many)).toBe("");
  });
});

it("has keys for nine", () => {
  expect([1, 9, 10].map(VIEWS.key)).toEqual(["Ctrl+1", "Ctrl+9", ""]);
  expect([chosenOf(1, 1), chosenOf(0, 3)]).toEqual(["1 of 1 camera", "0 of 3 cameras"]);
});
