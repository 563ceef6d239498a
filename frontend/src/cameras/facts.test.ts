import { expect, it } from "vitest";

import { camera } from "../testing/camera";
import { ofSameAgent } from "./facts";

it("counts the cameras of an agent", () => {
  const all = ["agent:a/x", "agent:a/y", "agent:ab/x", "url:0123"].map((key) => camera({ key }));
  expect(all.map((c) => ofSameAgent(c, all))).toEqual([2, 2, 1, 1]);
});
