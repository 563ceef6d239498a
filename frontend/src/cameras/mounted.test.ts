import { describe, expect, it } from "vitest";

import { camera } from "../testing/camera";
import { mirrored, mounting, shownSize, turnedBy, turning } from "./mounted";

describe("a mounted camera", () => {
  it.each([
    [0, false, "none", 1280, 720],
    [90, false, "rotate(90deg)", 720, 1280],
    [180, false, "rotate(180deg)", 1280, 720],
    [270, true, "scaleX(-1) rotate(270deg)", 720, 1280],
    [0, true, "scaleX(-1)", 1280, 720],
  ])("turned by %i, mirrored %s", (rotation, mirror, transform, width, height) => {
    const c = camera({ rotation, mirror });
    expect(turning(c)).toBe(transform);
    expect(shownSize(c)).toEqual({ width, height });
  });

  it.each([
    [0, false, 90, 90],
    [270, false, 90, 0],
    [0, false, -90, 270],
    // Seen in the mirror, the other way round is clockwise.
    [0, true, 90, 270],
    [90, true, 90, 0],
  ])("at %i, mirrored %s, turned by %i is at %i", (rotation, mirror, by, then) => {
    expect(turnedBy(camera({ rotation, mirror }), by)).toMatchObject({ rotation: then, mirror });
  });

  it("swaps left and right and back", () => {
    expect(mirrored(camera({ rotation: 90 }))).toMatchObject({ rotation: 90, mirror: true });
    expect(mirrored(camera({ mirror: true }))).toMatchObject({ mirror: false });
  });

  it.each([
    ["Porch", "Porch", ""],
    ["Porch · imx708", "Porch", ""],
    ["Front door", "Porch", "Front door"],
    ["Porch 2", "Porch", "Porch 2"],
    ["Axis", "", "Axis"],
  ])("called %s of agent %s keeps the name %s", (name, agentName, own) => {
    expect(mounting(camera({ name, agentName })).name).toBe(own);
  });
});
