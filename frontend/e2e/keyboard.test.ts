import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";

import { picturesShown, shot, shown, tile, useStage } from "./stage";

const stage = useStage();
const focused = (page: Page) =>
  page.evaluate(() => document.activeElement?.getAttribute("aria-label") ?? "");

describe("keyboard only", () => {
  it("moves, enlarges, goes on and comes back", async () => {
    stage.go.state.cameras = stage.cameras(6);
    const page = await stage.open();
    await picturesShown(page, 6);
    const goes = async (key: string, to: RegExp) => {
      await page.keyboard.press(key);
      await expect.poll(() => focused(page)).toMatch(to);
    };
    await goes("ArrowRight", /^Garage, live, 15 frames per second$/);
    await goes("ArrowDown", /^Hall/);
    await goes("ArrowLeft", /^Garden/);
    await goes("ArrowUp", /^Porch/);
    await shot(page, "focus");
    await goes("Enter", /^Porch/);
    const visible = page.locator("li.tile:not(.hidden)");
    await expect.poll(() => visible.count()).toBe(1);
    await goes("ArrowRight", /^Garage/);
    await goes("Escape", /^Garage/);
    await expect.poll(() => visible.count()).toBe(6);
    await goes("f", /^Garage/);
    await expect.poll(() => visible.count()).toBe(1);
    await goes("4", /^Garden/);
    await goes("0", /^Garden/);
    await expect.poll(() => visible.count()).toBe(6);
  });

  it("tabs through one tile and its buttons, not through all tiles", async () => {
    stage.go.state.cameras = stage.cameras(9);
    const page = await stage.open();
    await picturesShown(page, 9);
    const stops: string[] = [];
    for (let i = 0; i < 13; i++) {
      await page.keyboard.press("Tab");
      stops.push(await focused(page));
    }
    expect(stops.slice(0, 12)).toEqual([
      "View: All cameras",
      "Household",
      "One large picture",
      "Find a camera",
      "Add a camera by address",
      "Full screen",
      "Settings",
      "Keyboard shortcuts",
      "Porch, live, 15 frames per second",
      "Show alone: Porch",
      "Snapshot: Porch",
      "Menu: Porch",
    ]);
    expect(stops[12]).not.toMatch(/Garage/);
  });

  it("retries, adds, explains and shows its keys", async () => {
    stage.go.state.cameras = stage.cameras(2);
    const page = await stage.open();
    await picturesShown(page, 2);
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("r");
    await page.keyboard.press("Shift+R");
    await expect.poll(() => stage.go.calls).toEqual(["retry agent:2/cam", "retry"]);

    await page.keyboard.press("Control+n");
    await page.getByRole("dialog", { name: "Add a camera by address" }).waitFor();
    await page.keyboard.type("1r?0"); // text, not commands
    expect(await page.getByRole("textbox").inputValue()).toBe("1r?0");
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });

    await page.keyboard.press("d");
    const details = page.getByRole("dialog", { name: "Garage" });
    await details.waitFor();
    expect(await details.getByRole("button").allInnerTexts()).not.toContain("Retry");
    await expect.poll(() => details.evaluate((e) => e === document.activeElement)).toBe(true);
    await page.keyboard.press("Enter"); // presses nothing: the first button forgets the camera
    await details.waitFor();
    await shot(page, "details-live");
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await expect.poll(() => focused(page)).toMatch(/^Garage/);

    await page.keyboard.press("?");
    const keys = page.getByRole("dialog", { name: "Keyboard shortcuts" });
    await keys.waitFor();
    await page.waitForTimeout(250);
    await shot(page, "keys");
    await page.keyboard.press("Escape");
    await keys.waitFor({ state: "detached" });
  });

  it("a dialog opened in solo closes without leaving solo", async () => {
    stage.go.state.cameras = stage.cameras(2);
    const page = await stage.open();
    await picturesShown(page, 2);
    await page.keyboard.press("1");
    await page.keyboard.press("?");
    await page.getByRole("dialog").waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    expect(await page.locator("li.tile:not(.hidden)").count()).toBe(1);
  });

  it("fills the screen with F11: the header leaves, and comes back at the edge and by Tab", async () => {
    stage.go.state.cameras = stage.cameras(2);
    const page = await stage.open();
    await picturesShown(page, 2);
    const header = page.locator("header");
    const shown = async () => {
      const box = await header.boundingBox();
      const opacity = await header.evaluate((e) => getComputedStyle(e).opacity);
      return opacity === "1" && (box?.y ?? -1) === 0;
    };
    const top = async () => (await page.locator("main").boundingBox())?.y;
    expect([await shown(), await top()]).toEqual([true, 40]);
    await page.mouse.move(900, 600);
    await page.keyboard.press("F11");
    await expect.poll(top).toBe(0);
    await expect.poll(shown).toBe(false);
    await page.waitForTimeout(200);
    await shot(page, "fullscreen");
    await page.mouse.move(900, 1);
    await expect.poll(shown).toBe(true);
    await shot(page, "fullscreen-header");
    await page.mouse.move(900, 600);
    await expect.poll(shown).toBe(false);
    await header.getByRole("button", { name: "Leave full screen" }).focus();
    await expect.poll(shown).toBe(true);
    await page.keyboard.press("1"); // alone, then all, then the window again
    await expect.poll(() => page.locator("li.tile.solo").count()).toBe(1);
    await page.keyboard.press("Escape");
    await expect.poll(() => page.locator("li.tile.solo").count()).toBe(0);
    expect(await top()).toBe(0);
    await page.keyboard.press("Escape");
    await expect.poll(top).toBe(40);
    await page.getByRole("button", { name: "Full screen" }).click();
    await expect.poll(top).toBe(0);
    expect(stage.complaints).toEqual([]);
  });

  it("stops a picture with Space and lets it go on", async () => {
    stage.go.state.cameras = stage.cameras(4);
    const page = await stage.open();
    await picturesShown(page, 4);
    await page.keyboard.press("Tab");
    await page.keyboard.press("ArrowRight");
    await page.getByRole("button", { name: /^Garage, live/ }).waitFor();
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowLeft");
    const garage = tile(page, "Garage");
    await garage.locator("button[data-tile]").focus();
    await page.keyboard.press("Space");
    await garage.getByText("Paused by you").waitFor();
    expect(await page.locator("li.tile.solo").count()).toBe(0);
    await page.waitForTimeout(300); // what was on its way arrives
    const before = await shown(garage);
    const asked = stage.go.questions.length;
    await expect.poll(() => stage.go.questions.length).toBeGreaterThan(asked + 3);
    expect(await shown(garage)).toBe(before);
    expect(stage.go.questions.at(-1)?.want.map(({ key }) => key)).not.toContain("agent:2/cam");
    expect(stage.go.questions.at(-1)?.held).toEqual(["agent:2/cam"]);
    await shot(page, "frozen");
    await page.keyboard.press("Space");
    await expect.poll(() => shown(garage)).not.toBe(before);
    await garage.getByText("Paused by you").waitFor({ state: "detached" });
  });

  it("are those of a Mac on a Mac, in menus, tooltips and the list", async () => {
    stage.go.state.cameras = stage.cameras(4);
    const page = await stage.open();
    await page.addInitScript(() =>
      Object.defineProperty(navigator, "platform", { get: () => "MacIntel" }),
    );
    await page.reload();
    await picturesShown(page, 4);
    expect(await page.getByRole("button", { name: "Settings" }).getAttribute("title")).toBe(
      "Settings (⌘,)",
    );
    await page.keyboard.press("Meta+k");
    await page.getByRole("dialog", { name: "Find a camera" }).waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await page.keyboard.press("?");
    const keys = page.getByRole("dialog", { name: "Keyboard shortcuts" });
    await keys.waitFor();
    const caps = await keys.locator("kbd").allInnerTexts();
    expect(caps).toContain("⌘");
    expect(caps.filter((cap) => /Ctrl|Shift|Alt/.test(cap))).toEqual([]);
    await shot(page, "keys-mac");
  });
});
