import { describe, expect, it } from "vitest";

import { cameras } from "../testing/camera";
import { chosenKeys, offered } from "./choice";

const keys = (list: string) => list.split(" ").filter(Boolean);

describe("offered", () => {
  it.each([
    ["", "k1 k2 k3 k4"],
    ["k3 k1", "k3 k1 k2 k4"],
    ["gone k4", "k4 k1 k2 k3"],
  ])("%s first", (order, want) => {
    expect(offered(keys(order), cameras(4)).map((c) => c.key)).toEqual(keys(want));
  });
});

describe("chosenKeys", () => {
  it.each([
    ["those that it had keep their places", "k3 k1", "k1 k3", "k3 k1"],
    ["one goes", "k3 k1", "k1", "k1"],
    ["others follow, as they are offered", "k3", "k4 k3 k2", "k3 k2 k4"],
    ["one that nobody knows now stays where it is", "k3 away k1", "k1 k2", "away k1 k2"],
    ["none", "k3 k1", "", ""],
  ])("%s", (_, before, chosen, want) => {
    const from = offered(keys(before), cameras(4));
    expect(chosenKeys(keys(before), from, new Set(keys(chosen)))).toEqual(keys(want));
  });
});
