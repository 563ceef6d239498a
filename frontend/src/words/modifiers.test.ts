import { describe, expect, it } from "vitest";

import { modifiers, withMod, withShift } from "./modifiers";

describe("modifier keys", () => {
  it.each([
    ["MacIntel", "⌘", ""],
    ["iPad", "⌘", ""],
    ["Win32", "Ctrl", "+"],
    ["Linux x86_64", "Ctrl", "+"],
    ["", "Ctrl", "+"],
  ])("on %s is %s", (platform, mod, plus) => {
    expect(modifiers(platform)).toMatchObject({ mod, plus });
  });

  it("are written before a key", () => {
    expect([withMod("N"), withShift("R")]).toEqual(["Ctrl+N", "Shift+R"]);
  });
});
