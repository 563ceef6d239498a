// What a finger does; dragging, zooming and the menu are in their own tests.
import { describe, expect, it } from "vitest";

import { picturesShown, shot, tile, useStage } from "./stage";

const stage = useStage();
const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true };

const face = "[data-tile]";

describe("a finger", () => {
  it("shows a camera alone with a tap, and a second tap does not take it back", async () => {
    stage.go.state.cameras = stage.cameras(3);
    const page = await stage.open(PHONE);
    await picturesShown(page, 3);
    const solo = page.locator("li.tile.solo");
    await tile(page, "Garage").locator(face).tap();
    await expect.poll(() => solo.getAttribute("data-key")).toBe("agent:2/cam");
    await solo.locator(face).tap();
    await solo.locator(face).tap();
    expect(await solo.count()).toBe(1);
    await solo.getByRole("button", { name: "Show all cameras" }).tap();
    await expect.poll(() => solo.count()).toBe(0);
    await tile(page, "Porch").locator(face).click(); // a mouse only selects
    expect(await solo.count()).toBe(0);
    expect(stage.complaints).toEqual([]);
  });

  it("makes one of the strip large first", async () => {
    stage.go.state.cameras = stage.cameras(3);
    const page = await stage.open(PHONE);
    await picturesShown(page, 3);
    await page.keyboard.press("g");
    const width = (name: string) => tile(page, name).evaluate((e) => e.clientWidth);
    await expect.poll(() => width("Porch")).toBeGreaterThan(300);
    await expect.poll(() => width("Garage")).toBeLessThan(300);
    await tile(page, "Garage").locator(face).tap();
    await expect.poll(() => width("Garage")).toBeGreaterThan(300);
    expect(await page.locator("li.tile.solo").count()).toBe(0);
    await tile(page, "Garage").locator(face).tap();
    await expect.poll(() => page.locator("li.tile.solo").count()).toBe(1);
  });

  it("leaves the full screen with a button that a mouse does not see", async () => {
    stage.go.state.cameras = stage.cameras(4);
    const page = await stage.open({ hasTouch: true });
    await picturesShown(page, 4);
    const leave = page.locator("button.leave");
    expect(await leave.count()).toBe(0);
    await page.keyboard.press("F11");
    await page.locator("header.away").waitFor();
    await page.mouse.click(400, 500);
    const seen = await leave.isVisible();
    const hovers = await page.evaluate(() => matchMedia("(hover: hover)").matches);
    expect(seen).toBe(!hovers);
    await page.touchscreen.tap(400, 500);
    await leave.waitFor();
    await shot(page, "fullscreen-touch");
    const box = await leave.boundingBox();
    expect(Math.min(box?.width ?? 0, box?.height ?? 0)).toBeGreaterThanOrEqual(40);
    await leave.tap();
    await page.locator("header:not(.away)").waitFor();
    expect(await leave.count()).toBe(0);
  });
});
