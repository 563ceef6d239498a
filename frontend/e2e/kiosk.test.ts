import { describe, expect, it } from "vitest";

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
});
