import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";

import { violations } from "./axe";
import { picturesShown, shot, useStage } from "./stage";

const stage = useStage();

const dialog = (page: Page) => page.getByRole("dialog", { name: "Find a camera" });
const results = (page: Page) => dialog(page).getByRole("option");
const names = (page: Page) => results(page).locator(".name").allInnerTexts();
const selected = (page: Page) =>
  dialog(page).locator("[role=option][aria-selected=true] .name").allInnerTexts();
/** The names of all visible tiles. */
const alone = (page: Page) =>
  page
    .locator("li.tile:not(.hidden) [data-tile]")
    .evaluateAll((tiles) => tiles.map((t) => t.getAttribute("aria-label")?.split(",")[0]));

async function open(options = {}, count = 12): Promise<Page> {
  stage.go.state.cameras = stage.cameras(count);
  const [, second, third] = stage.go.state.cameras;
  Object.assign(second ?? {}, { state: "offline", since: Date.now() - 60_000, host: "pi-shed" });
  Object.assign(third ?? {}, { hidden: true });
  const page = await stage.open({ viewport: { width: 1280, height: 720 }, ...options });
  await page.locator("li.tile.present:not(.hidden)").first().waitFor();
  return page;
}

describe("find", () => {
  it("shows a camera alone, with the keyboard", async () => {
    const page = await open();
    await page.keyboard.press("Control+k");
    await dialog(page).waitFor();
    expect(await results(page).count()).toBe(12);
    await page.keyboard.type("Hall");
    await expect.poll(() => names(page)).toEqual(["Hall"]);
    await page.keyboard.press("Enter");
    await dialog(page).waitFor({ state: "detached" });
    await expect.poll(() => alone(page)).toEqual(["Hall"]);
    await expect
      .poll(() => page.evaluate(() => document.activeElement?.getAttribute("aria-label")))
      .toMatch(/^Hall, live/);
    await page.keyboard.press("Escape");
    await picturesShown(page, 11);
    expect(stage.complaints).toEqual([]);
  });

  it("goes through what it found with the arrows, and closes with Esc", async () => {
    const page = await open();
    await page.keyboard.press("Control+k");
    await page.keyboard.type("porch");
    await expect.poll(() => names(page)).toEqual(["Porch", "Porch 2"]);
    await expect.poll(() => selected(page)).toEqual(["Porch"]);
    await page.keyboard.press("ArrowDown");
    await expect.poll(() => selected(page)).toEqual(["Porch 2"]);
    await page.keyboard.press("ArrowDown");
    await expect.poll(() => selected(page)).toEqual(["Porch"]);
    await page.keyboard.press("ArrowUp");
    await expect.poll(() => selected(page)).toEqual(["Porch 2"]);
    await page.keyboard.press("Escape");
    await dialog(page).waitFor({ state: "detached" });
    expect((await alone(page)).length).toBe(11);
    await page.keyboard.press("Control+k");
    expect(await dialog(page).getByRole("combobox").inputValue()).toBe("");
    await page.keyboard.type("porch");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await expect.poll(() => alone(page)).toEqual(["Porch 2"]);
  });

  it.each([
    ["pi-shed", ["Garage"]],
    ["192.168.1.44", ["Hall"]],
    ["offline", ["Garage"]],
    ["hidden", ["Bench"]],
    ["nothing at all", []],
  ])("%s is found: %j", async (typed, want) => {
    const page = await open();
    await page.getByRole("button", { name: "Find a camera" }).click();
    await page.keyboard.type(typed);
    await expect.poll(() => names(page)).toEqual(want);
    if (want.length === 0) await dialog(page).getByText("No camera is like this.").waitFor();
  });

  it("leaves a view for a camera that is not in it, and hidden ones hidden", async () => {
    stage.go.state.views = [{ name: "Door", cameras: ["agent:1/cam", "agent:6/cam"], layout: "" }];
    stage.go.state.view = "Door";
    const page = await open();
    await picturesShown(page, 2);
    await page.keyboard.press("Control+k");
    await page.keyboard.type("porch");
    await results(page).first().click();
    await expect.poll(() => alone(page)).toEqual(["Porch"]);
    expect(stage.go.state.view).toBe("Door");
    await page.keyboard.press("Control+k");
    await page.keyboard.type("hall");
    await page.keyboard.press("Enter");
    await expect.poll(() => alone(page)).toEqual(["Hall"]);
    await expect.poll(() => stage.go.state.view).toBe("");
    await page.keyboard.press("Control+k");
    await page.keyboard.type("bench");
    await expect.poll(() => names(page)).toEqual(["Bench", "Bench 2"]);
    await page.keyboard.press("Enter");
    await page.getByRole("dialog", { name: "Hidden cameras" }).waitFor();
    expect(stage.go.state.cameras[2]?.hidden).toBe(true);
  });

  it("is reached and used with a finger on a phone", async () => {
    const page = await open({ viewport: { width: 390, height: 844 }, hasTouch: true });
    await page.getByRole("button", { name: /^View: / }).tap();
    await page.getByRole("menuitem", { name: "Find a camera" }).tap();
    await dialog(page).getByRole("combobox").fill("hall");
    await results(page).first().tap();
    await expect.poll(() => alone(page)).toEqual(["Hall"]);
  });

  it("lists no more than fifty of very many, and scrolls to what is selected", async () => {
    const page = await open({}, 64);
    await page.keyboard.press("Control+k");
    await page.keyboard.press("ArrowUp");
    const last = results(page).last();
    await expect.poll(() => last.getAttribute("aria-selected")).toBe("true");
    const [row, list] = [await last.boundingBox(), await page.getByRole("listbox").boundingBox()];
    expect(row && list && row.y + row.height <= list.y + list.height + 1).toBe(true);
    await dialog(page).getByText("14 more. Type more to find fewer.").waitFor();
    expect(await results(page).count()).toBe(50);
  });

  it("is in the list of keys", async () => {
    const page = await open();
    await page.keyboard.press("?");
    await page.getByText("Find a camera by name, host, address or state").waitFor();
  });
});

describe.each(["dark", "light"] as const)("axe finds nothing serious in %s", (colorScheme) => {
  it.each([
    [1280, 720],
    [390, 844],
  ])("at %i x %i", async (width, height) => {
    const page = await open({ viewport: { width, height }, colorScheme });
    await page.keyboard.press("Control+k");
    await dialog(page).waitFor();
    expect(await violations(page)).toEqual([]);
    await shot(page, `find-all-${width}-${colorScheme}`);
    await page.keyboard.type("po");
    await expect.poll(() => names(page)).toEqual(["Porch", "Porch 2"]);
    expect(await violations(page)).toEqual([]);
    await shot(page, `find-${width}-${colorScheme}`);
    await page.keyboard.type("...");
    await dialog(page).getByText("No camera is like this.").waitFor();
    expect(await violations(page)).toEqual([]);
    await shot(page, `find-none-${width}-${colorScheme}`);
  });
});
