import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";

import type { Camera } from "../src/backend/types";
import { violations } from "./axe";
import { menuOf, picturesShown, shot, tile, useStage } from "./stage";

const stage = useStage();

const names = (page: Page) => page.locator("li.tile:not(.hidden) .name").allInnerTexts();
const wanted = () => stage.go.questions.at(-1)?.want.map(({ key }) => key) ?? [];

describe("hidden cameras", () => {
  it("ask nothing, and come back to their places", async () => {
    stage.go.state.cameras = stage.cameras(4);
    const page = await stage.open();
    await picturesShown(page, 4);
    const all = await names(page);
    await (await menuOf(page, "Garage")).getByRole("menuitem", { name: "Hide" }).click();
    await page.getByText("Garage is hidden").waitFor();
    await expect.poll(() => names(page)).toEqual(all.filter((name) => name !== "Garage"));
    await expect.poll(wanted).not.toContain("agent:2/cam");
    await page.getByRole("button", { name: "Undo" }).click();
    await expect.poll(() => names(page)).toEqual(all);

    await page.keyboard.press("h");
    await expect.poll(() => names(page)).toHaveLength(3);
    await page
      .getByRole("button", { name: /^\w+, live/ })
      .first()
      .focus();
    await page.keyboard.press("Home");
    await page.keyboard.press("h");
    await expect.poll(() => names(page)).toHaveLength(2);
    await shot(page, "hidden-header");
    await page.getByRole("button", { name: "2 hidden" }).click();
    const dialog = page.getByRole("dialog", { name: "Hidden cameras" });
    await dialog.waitFor();
    await shot(page, "hidden");
    await dialog
      .getByRole("button", { name: /^Show \w+$/ })
      .first()
      .click();
    await expect.poll(() => names(page)).toHaveLength(3);
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "1 hidden" }).click();
    await dialog.getByRole("button", { name: /^Show \w+$/ }).click();
    await dialog.getByText("No camera is hidden.").waitFor();
    await page.keyboard.press("Escape");
    await expect.poll(() => names(page)).toEqual(all);
    expect(await page.getByRole("button", { name: /hidden$/ }).count()).toBe(0);
    expect(stage.complaints).toEqual([]);
  });

  it.each(["dark", "light"] as const)("are found when all are hidden, in %s", async (scheme) => {
    stage.go.state.cameras = stage.cameras(3).map((c) => ({ ...c, hidden: true }));
    const page = await stage.open({ colorScheme: scheme });
    await page.getByText("All cameras are hidden.").waitFor();
    expect(await violations(page)).toEqual([]);
    await shot(page, `hidden-all-${scheme}`);
    await page.getByRole("button", { name: "Hidden cameras" }).click();
    await page.getByRole("dialog").waitFor();
    expect(await violations(page)).toEqual([]);
    await page.getByRole("button", { name: "Show all", exact: true }).click();
    await picturesShown(page, 3);
  });

  it("are seen in the settings, and shown from there", async () => {
    stage.go.state.cameras = stage.cameras(2).map((c, i) => ({ ...c, hidden: i === 1 }));
    const page = await stage.open();
    await picturesShown(page, 1);
    await page.keyboard.press("Control+,");
    await page.getByRole("tab", { name: "Cameras" }).click();
    await page.getByRole("button", { name: "Show Garage" }).click();
    await picturesShown(page, 2);
  });
});

describe("a picture that fills its tile", () => {
  it("is cut, also when it is turned", async () => {
    const cameras = stage.cameras(4) as [Camera, Camera, Camera, Camera];
    for (const { key } of cameras) await stage.quarters(key);
    cameras[1].rotation = 90;
    cameras[1].fill = true;
    cameras[2].rotation = 90;
    stage.go.state.cameras = cameras;
    const page = await stage.open();
    await picturesShown(page, 4);
    await shot(page, "fill");
    const fit = (name: string) =>
      tile(page, name)
        .locator("img.shown")
        .evaluate((img) => getComputedStyle(img).objectFit);
    expect([await fit("Garage"), await fit("Bench")]).toEqual(["cover", "contain"]);
    await (await menuOf(page, "Garage")).getByRole("menuitem", { name: "Fit into tile" }).click();
    await expect.poll(() => fit("Garage")).toBe("contain");
    await (await menuOf(page, "Bench")).getByRole("menuitem", { name: "Fill tile" }).click();
    await expect.poll(() => fit("Bench")).toBe("cover");
  });
});
