import { describe, expect, it } from "vitest";

import { camera, state } from "../testing/camera";
import { AppState } from "./app-state.svelte";
import { askedBy } from "./asked";

describe("what the address asks for", () => {
  it.each([
    ["", false, null],
    ["?kiosk", true, null],
    ["?kiosk=0&view=", false, null],
    ["?kiosk&view=Front%20door", true, "Front door"],
    ["?view=%E0%A4%A", false, "\uFFFD%A"],
  ])("%s", (search, kiosk, view) => expect(askedBy(search)).toEqual({ kiosk, view }));
});

describe("a page whose address asks for something", () => {
  const views = [{ name: "Front", cameras: [], layout: "" }];
  const one = [camera({ key: "agent:1/cam" })];

  it("is a kiosk and shows that view, whatever is shown elsewhere", () => {
    const app = new AppState(() => Promise.resolve(true), { kiosk: true, view: "front" });
    app.receive({ ...state(one), views, view: "" });
    expect([app.kiosk, app.view, app.missingView]).toEqual([true, "Front", ""]);
  });

  it("says which view is missing, and shows all cameras until it is there", () => {
    const app = new AppState(() => Promise.resolve(true), { kiosk: false, view: "Attic" });
    app.receive({ ...state(one), views, view: "Front" });
    expect([app.kiosk, app.view, app.missingView]).toEqual([false, "", "Attic"]);
    app.receive({ ...state(one), views: [{ name: "Attic", cameras: [], layout: "" }] });
    expect([app.view, app.missingView]).toEqual(["Attic", ""]);
  });
});
