import { expect, it } from "vitest";

import { notifySaid } from "./notices";

const result = { ok: true, code: "", detail: "", text: "", added: 0 };

it.each([
  [true, {}, "You will be notified when Garage goes."],
  [false, {}, "No more notices of Garage."],
  [true, { ok: false }, "PiGrid did not answer. Try again."],
  [
    true,
    { ok: false, code: "no-notices", detail: "no such service" },
    "This system shows no notices of PiGrid: no such service",
  ],
])("says whether it notifies: %s, %j", (on, differences, want) => {
  expect(notifySaid("Garage", on, { ...result, ...differences })).toBe(want);
});
