import { describe, expect, it } from "vitest";

import { violations } from "./axe";
import { everyState } from "./every-state";
import { useStage } from "./stage";

const stage = useStage();

describe("a page that nobody sits at", () => {
  it("shows pictures alone, and changes nothing", async () => {
    stage.go.state.cameras = stage.cameras(4);
    stage.go.state.kiosk = true;
    const page = await stage.open({ viewport: { width: 1280, height: 800 } });
    const tile = page.locator("li.tile").first();
    await tile.waitFor();
    expect(await page.locator("header").count()).toBe(0);
    const hidden = () => tile.locator(".face").evaluate((face) => getComputedStyle(face).cursor);
    expect(await hidden()).toBe("none");
    await tile.hover();
    expect(await page.locator(".tools").filter({ visible: true }).count()).toBe(0);
    const asked = stage.go.asked.length;
    await tile.click({ button: "right" });
    for (const key of [
      "F2",
      "l",
      "i",
      "Shift+I",
      "d",
      "x",
      "Escape",
      "Shift+?",
      "Control+n",
      "Control+,",
      "s",
    ]) {
      await page.keyboard.press(key);
    }
    expect(await page.getByRole("dialog").count()).toBe(0);
    expect(await page.getByRole("menu").count()).toBe(0);
    expect(stage.go.asked.length).toBe(asked);
    await page.keyboard.press("2");
    await expect.poll(() => page.locator("li.tile:not(.hidden)").count()).toBe(1);
    await page.keyboard.press("0");
    await expect.poll(() => page.locator("li.tile:not(.hidden)").count()).toBe(4);
  });

  it.each(["dark", "light"] as const)("hinders nobody, in %s", async (colorScheme) => {
    stage.go.state.cameras = everyState(stage);
    stage.go.state.kiosk = true;
    const page = await stage.open({ colorScheme });
    await page.locator("li.tile").first().waitFor();
    expect(await violations(page)).toEqual([]);
    await page.keyboard.press("1");
    await page.locator("li.tile.solo").waitFor();
    expect(await violations(page)).toEqual([]);
  });
});

describe("a browser whose address says kiosk", () => {
  const SIZE = { viewport: { width: 1280, height: 800 } };

  it("shows one view without controls, and says when there is no such view", async () => {
    stage.go.state.cameras = stage.cameras(4);
    stage.go.state.readOnly = true;
    const cameras = stage.go.state.cameras.slice(1, 3).map((c) => c.key);
    stage.go.state.views = [{ name: "Hall TV", cameras, layout: "" }];
    const page = await stage.open(SIZE, true, "?kiosk&view=hall%20tv");
    await expect.poll(() => page.locator("li.tile:not(.hidden)").count()).toBe(2);
    expect(await page.locator("header").count()).toBe(0);
    const face = page.locator("li.tile:not(.hidden) .face").first();
    expect(await face.evaluate((element) => getComputedStyle(element).cursor)).toBe("none");

    const other = await stage.open(SIZE, true, "?kiosk&view=Attic");
    await expect.poll(() => other.locator("li.tile:not(.hidden)").count()).toBe(4);
    await other.getByText("There is no view called “Attic”").waitFor();
    await other.screenshot({ path: "test-results/kiosk-missing-view.png" });
  });

  it("comes back by itself, and loads the page of a new version", async () => {
    stage.go.state.cameras = stage.cameras(2);
    stage.go.state.version = "1.0.0";
    const page = await stage.open(SIZE, false, "?kiosk"); // in a browser, not in the window
    stage.go.absent = false;
    await page.locator("li.tile").first().waitFor();
    await page.evaluate(() => Object.assign(window, { old: true }));
    const old = () => page.evaluate(() => "old" in window).catch(() => true);
    stage.go.absent = true;
    await page.getByText("The window receives ").waitFor({ timeout: 20_000 });
    stage.go.absent = false;
    await expect.poll(() => page.locator("li.tile.present").count(), { timeout: 20_000 }).toBe(2);
    expect(await old()).toBe(true);
    stage.go.change({ version: "1.0.1" });
    await expect.poll(old, { timeout: 10_000 }).toBe(false);
    await expect.poll(() => page.locator("li.tile").count(), { timeout: 10_000 }).toBe(2);
  });
});
