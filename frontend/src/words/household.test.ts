import { describe, expect, it } from "vitest";

import { homeAgent, household, KEY, openAgent, PASSWORD, sheet } from "../testing/access";
import {
  agentWords,
  endWords,
  freeName,
  isKey,
  keptWords,
  keyWords,
  opened,
  strangers,
} from "./household";
import { sheetFile, sheetText } from "./sheet";

const now = Date.UTC(2026, 10, 22, 14, 10);
const day = 86_400_000;

describe("a household", () => {
  it.each([
    ["", ""],
    [KEY, ""],
    [KEY.toLowerCase().replaceAll("-", " "), ""],
    ["7k3qw 9xb2m", "10 of 20 letters and digits"],
    // O, I and L are read as digits.
    ["OIL", "3 of 20 letters and digits"],
    ["7K3QU", "No household key has the character U."],
    ["7K3Q!", "No household key has the character !."],
    [`${KEY}7`, "A household key has only 20 letters and digits."],
  ])("reads the key %j: %j", (typed, words) => {
    expect(keyWords(typed)).toBe(words);
    expect(isKey(typed)).toBe(words === "" && typed !== "");
  });

  it("says what a key opened", () => {
    expect(opened([])).toBe("This computer has that key. No further camera opened.");
    const garage = openAgent({ name: "Garage", cameras: 2 });
    expect(opened([garage, openAgent()])).toBe("Opened: Garage (2 cameras) and Porch (1 camera).");
  });

  it("is called what no other is", () => {
    const named = (...names: string[]) => names.map((name) => household({ name }));
    expect(freeName([], "Home")).toBe("Home");
    expect(freeName(named("Home", "Home 2"), "Home")).toBe("Home 3");
  });

  it("says when a view password ends", () => {
    expect(endWords({ until: 0 }, now)).toBe("");
    expect(endWords({ until: now + 2 * day }, now)).toBe("until 24 Nov");
    expect(endWords({ until: now - 2 * day }, now)).toBe("ended 20 Nov");
  });

  it("says where its key is only when that matters", () => {
    expect(keptWords(household())).toBe("");
    expect(keptWords(household({ kept: "loading" }))).toContain("keychain");
    expect(keptWords(household({ kept: "unreadable" }))).toContain("Unlock the keychain");
  });

  it("says how each Pi is", () => {
    const words = (differences: Parameters<typeof homeAgent>[0]) =>
      agentWords(homeAgent(differences));
    expect(words({})).toBe("Locked");
    expect(words({ online: false })).toBe("Off or out of reach");
    expect(words({ online: false, waits: true })).toBe("Off. Gets what is new when it is back.");
    expect(words({ waits: true })).toBe("Getting what is new…");
    expect(words({ code: "not-stored" })).toContain("card may be full");
    expect(words({ access: "changed-key" })).toBe("It has another key than before.");
    expect([strangers(1), strangers(3)]).toEqual([
      "1 locked Pi here is not in your household.",
      "3 locked Pis here are not in your household.",
    ]);
  });
});

describe("the household sheet", () => {
  it("has all that opens the cameras", () => {
    const words = sheetText(
      sheet({
        passwords: [
          { name: "Phones", until: 0, text: PASSWORD },
          { name: "Guests", until: now + day, text: "" },
        ],
      }),
      now,
    );
    expect(words.split("\n")).toEqual(
      expect.arrayContaining([
        "Household sheet: Home",
        `Household key: ${KEY}`,
        `Phones: ${PASSWORD}`,
        "Guests (until 23 Nov): Another computer made this password and shows it there.",
        "Garage: http://garage.local:8080/",
      ]),
    );
  });

  it.each([
    ["Home", "pigrid-household-home.html"],
    ["../../Müllers Haus", "pigrid-household-mu-llers-haus.html"],
    ["家", "pigrid-household-sheet.html"],
  ])("of %s is saved as %s", (name, file) => {
    expect(sheetFile(name)).toBe(file);
  });
});
