import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";

import { picturesShown, shot, shown, SIZES, tile, useStage } from "./stage";

const stage = useStage();
const visible = (page: Page) =>
  page
    .locator("li.tile:not(.hidden) [data-tile]")
    .evaluateAll((faces) => faces.map((e) => e.ariaLabel?.split(",")[0]));

describe("solo", () => {
  it("double-click shows one camera large, Esc brings all back", async () => {
    stage.go.state.cameras = stage.cameras(6);
    const page = await stage.open();
    await picturesShown(page, 6);
    await tile(page, "Bench").locator("button.face").dblclick();
    await expect.poll(() => visible(page)).toEqual(["Bench"]);
    await expect
      .poll(() => stage.go.questions.at(-1)?.want.map(({ key, fps }) => [key, fps]))
      .toEqual([["agent:3/cam", 0]]);
    const box = await tile(page, "Bench").boundingBox();
    expect(box?.width).toBeGreaterThan(1800);
    await tile(page, "Bench").hover();
    await shot(page, "solo-1920");
    // Its figures stand in the header, and nowhere else; in full screen on the tile.
    const figures = () => page.getByText("15 fps").filter({ visible: true });
    expect(await page.locator("header").innerText()).toContain("15 fps");
    expect(await figures().count()).toBe(1);
    await page.keyboard.press("F11");
    await page.locator("header.away").waitFor();
    await tile(page, "Bench").hover();
    await expect.poll(() => figures().count()).toBe(1);
    await page.keyboard.press("F11");
    await page.locator("header:not(.away)").waitFor();
    await page.keyboard.press("Escape");
    await expect.poll(() => visible(page)).toHaveLength(6);
  });

  it.each(SIZES)("fits $width x $height", async (viewport) => {
    stage.go.state.cameras = stage.cameras(3);
    const page = await stage.open({ viewport });
    await picturesShown(page, 3);
    await page.keyboard.press("1");
    await expect.poll(() => visible(page)).toEqual(["Porch"]);
    const main = await page.locator("main").boundingBox();
    const box = await tile(page, "Porch").boundingBox();
    if (!main || !box) throw new Error("nothing is shown");
    const slack = { right: main.width - box.width, below: main.height - box.height };
    expect(Math.min(slack.right, slack.below)).toBeGreaterThanOrEqual(16);
    expect(Math.min(slack.right, slack.below)).toBeLessThan(20);
    await page.mouse.move(viewport.width / 2, viewport.height / 2);
    await shot(page, `solo-${viewport.width}`);
  });

  it("keeps the grid's picture until the first large one: no black flash", async () => {
    stage.go.state.cameras = stage.cameras(2, 0); // no further frame ever comes
    const page = await stage.open();
    await picturesShown(page, 2);
    const picture = tile(page, "Porch").locator("img.shown");
    const before = await shown(tile(page, "Porch"));
    await tile(page, "Porch").locator("button.face").dblclick();
    await expect.poll(() => visible(page)).toEqual(["Porch"]);
    expect(await shown(tile(page, "Porch"))).toBe(before);
    const img = await picture.evaluate((i: HTMLImageElement) => ({
      width: i.clientWidth,
      natural: i.naturalWidth,
      visibility: getComputedStyle(i).visibility,
    }));
    expect(img).toMatchObject({ natural: 640, visibility: "visible" });
    expect(img.width).toBeGreaterThan(1800);
  });

  it("has buttons for everything the keys do", async () => {
    stage.go.state.cameras = stage.cameras(3);
    const page = await stage.open();
    await picturesShown(page, 3);
    await tile(page, "Garage").hover();
    await page.getByRole("button", { name: "Show alone: Garage" }).click();
    await expect.poll(() => visible(page)).toEqual(["Garage"]);
    await page.getByRole("button", { name: "Next camera" }).click();
    await expect.poll(() => visible(page)).toEqual(["Bench"]);
    await page.getByRole("button", { name: "Previous camera" }).click();
    await expect.poll(() => visible(page)).toEqual(["Garage"]);
    await page.locator("header").getByRole("button", { name: "Show all cameras" }).click();
    await expect.poll(() => visible(page)).toHaveLength(3);
  });
});
