import { expect, it } from "vitest";

import { Overlays } from "./overlays.svelte";

it("knows whose picture is not as all are", () => {
  let all = false;
  const overlays = new Overlays(() => all);
  const on = () => ["a", "b"].filter((key) => overlays.of(key));
  expect(on()).toEqual([]);
  overlays.toggle("a");
  expect(on()).toEqual(["a"]);
  overlays.settle();
  all = true;
  expect(on()).toEqual(["a", "b"]);
  overlays.toggle("b");
  expect(on()).toEqual(["a"]);
  overlays.toggle("b");
  expect(on()).toEqual(["a", "b"]);
});
