import { describe, expect, it } from "vitest";

import { violations } from "./axe";
import { menuOf, picturesShown, shot, tile, useStage } from "./stage";

const stage = useStage();
const wide = 900;

describe("one large picture", () => {
  it.each([
    [1920, 1080],
    [390, 844],
  ])("with the others in a strip, at %i x %i", async (width, height) => {
    stage.go.state.cameras = stage.cameras(6);
    const page = await stage.open({ viewport: { width, height } });
    await picturesShown(page, 6);
    await page.keyboard.press("g");
    const large = (name: string) => tile(page, name).evaluate((e) => e.clientWidth);
    await expect.poll(() => large("Porch")).toBeGreaterThan(width * 0.7);
    expect(stage.go.calls).toEqual(["layout"]);
    await shot(page, `focus-layout-${width}`);
    const { scrolls, inside } = await page.evaluate(() => {
      const root = document.documentElement;
      const tiles = [...document.querySelectorAll("li.tile:not(.hidden)")];
      return {
        scrolls: root.scrollHeight > innerHeight || root.scrollWidth > innerWidth,
        inside: tiles.every((e) => {
          const { left, top, right, bottom } = e.getBoundingClientRect();
          return left >= 0 && top >= 40 && right <= innerWidth && bottom <= innerHeight;
        }),
      };
    });
    expect([scrolls, inside]).toEqual([false, true]);
    expect(await violations(page)).toEqual([]);
    await tile(page, "Garage").locator("[data-tile]").click();
    await expect.poll(() => large("Garage")).toBeGreaterThan(width * 0.7);
    await page.keyboard.press("ArrowDown");
    await expect.poll(() => large("Bench")).toBeGreaterThan(width * 0.7);
    await (await menuOf(page, "Bench")).getByRole("menuitem", { name: "Show alone" }).click();
    await expect.poll(() => page.locator("li.tile:not(.hidden)").count()).toBe(1);
    await page.keyboard.press("Escape");
    await expect.poll(() => page.locator("li.tile:not(.hidden)").count()).toBeGreaterThan(1);
    if (width > wide) await page.getByRole("button", { name: "All of one size" }).click();
    else await page.keyboard.press("g");
    await picturesShown(page, 6);
    const sizes = () =>
      page.locator("li.tile").evaluateAll((all) => new Set(all.map((e) => e.clientWidth)).size);
    await expect.poll(sizes).toBe(1);
    expect(stage.complaints).toEqual([]);
  });
});
