import { describe, expect, it } from "vitest";

import { imported, savingProblem, SETTINGS } from "./settings";

const result = { ok: true, code: "", detail: "", text: "", added: 0 };

describe("taking in a file of settings", () => {
  it.each([
    [{ added: 0 }, "The settings are in use. All of their cameras were known."],
    [{ added: 1 }, "The settings are in use. 1 camera is new."],
    [{ added: 12 }, "The settings are in use. 12 cameras are new."],
    [
      { ok: false, code: "newer" },
      "A newer PiGrid wrote this file. Update PiGrid on this computer, then open it again.",
    ],
    [
      { ok: false, code: "not-settings" },
      "This is not a file of PiGrid's settings. Choose the file that PiGrid saved.",
    ],
    [
      { ok: false, code: "too-large" },
      "This file is too large to be PiGrid's settings. Choose the file that PiGrid saved.",
    ],
    [{ ok: false, code: "" }, "PiGrid did not answer. Try again."],
  ])("%o", (differences, words) => {
    expect(imported({ ...result, ...differences })).toBe(words);
  });
});

it("names what belongs to one camera", () => {
  expect(SETTINGS.detailsOf("Porch")).toBe("Details of Porch");
  expect(SETTINGS.forgetOf("Porch")).toBe("Forget Porch");
});

describe("how pictures cannot be saved", () => {
  it.each([
    [{}, ""],
    [{ ok: false, code: "cancelled" }, ""],
    [
      { ok: false, code: "unknown-part", detail: "{room}" },
      "PiGrid does not know {room}. A name may have {camera}, {date} and {time}.",
    ],
    [{ ok: false, code: "separator" }, "A name cannot have / or \\. All files are in one folder."],
    [
      { ok: false, code: "no-folder", detail: "stat /x" },
      "There is no such folder. Make it first, or choose another one.",
    ],
    [{ ok: false, code: "failed", detail: "no portal" }, "This does not work: no portal"],
    [{ ok: false, code: "" }, "PiGrid did not answer. Try again."],
  ])("%j", (differences, want) => {
    expect(savingProblem({ ...result, ...differences })).toBe(want);
  });
});
