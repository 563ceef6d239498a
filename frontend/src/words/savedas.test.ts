import { describe, expect, it } from "vitest";

import { savedAsWords } from "./savedas";

describe("a file that was to be saved", () => {
  it.each([
    [true, "", "/home/ada/sheet.html", "", "Saved: /home/ada/sheet.html"],
    [true, "", "", "", ""],
    [false, "cancelled", "", "", ""],
    [false, "busy", "", "", "Choose first where the other file is to be."],
    [
      false,
      "failed",
      "",
      "no space left on device",
      "The file was not saved: no space left on device. Try another folder.",
    ],
    [false, "bad-file", "", "", "The file was not saved. Try another folder."],
  ])("ok %s, %s", (ok, code, path, detail, words) => {
    expect(savedAsWords({ ok, code, path, detail })).toBe(words);
  });
});
