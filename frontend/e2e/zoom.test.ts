import type { Page } from "playwright-core";
import { describe, expect, it, vi } from "vitest";

import { violations } from "./axe";
import { menuOf, picturesShown, shot, tile, useStage } from "./stage";

const stage = useStage();

const transform = (page: Page, name: string) =>
  tile(page, name)
    .locator(".pictures")
    .evaluate((e) => {
      const { a, b, c, d, e: x, f: y } = new DOMMatrix(getComputedStyle(e).transform);
      return [a, b, c, d, x, y].map((n) => Math.round(n * 100) / 100);
    });
const want = (key: string) => stage.go.questions.at(-1)?.want.find((w) => w.key === key);

async function open(count = 4, options = {}): Promise<Page> {
  stage.go.state.cameras = stage.cameras(count);
  const page = await stage.open(options);
  await picturesShown(page, count);
  return page;
}

async function middleOf(page: Page, name: string, x = 0.5, y = 0.5) {
  const box = await tile(page, name).boundingBox();
  if (!box) throw new Error("no tile");
  return { x: box.x + box.width * x, y: box.y + box.height * y };
}

describe("zoom", () => {
  it("follows the wheel at the pointer, and a drag", async () => {
    const page = await open(16);
    const { x, y } = await middleOf(page, "Garage", 0.75, 0.5);
    await page.mouse.move(x, y);
    expect(want("agent:2/cam")?.fps).toBe(10);
    expect(want("agent:2/cam")?.width).toBeGreaterThan(0);
    for (let i = 0; i < 3; i++) await page.mouse.wheel(0, -100);
    const badge = tile(page, "Garage").getByRole("button", { name: /show all of the picture/ });
    await badge.waitFor();
    expect(await badge.innerText()).toBe("1.9×");
    expect(await badge.getAttribute("title")).toContain("(Esc, or double-click)");
    const [scale = 0, , , , left = 0] = await transform(page, "Garage");
    const box = await tile(page, "Garage").boundingBox();
    // What was at three quarters still is.
    expect(left / (box?.width ?? 1)).toBeCloseTo(-0.25 * (scale - 1), 2);
    await expect.poll(() => want("agent:2/cam")?.fps).toBe(0);
    expect(want("agent:2/cam")?.width, "whole pictures").toBe(0);
    await shot(page, "zoomed");
    await page.mouse.down();
    await page.mouse.move(x + 40, y, { steps: 4 });
    await page.mouse.up();
    await expect.poll(async () => (await transform(page, "Garage"))[4]).toBeCloseTo(left + 40, 0);
    expect(await page.locator("li.tile.solo").count()).toBe(0);
    await badge.click();
    await expect.poll(() => transform(page, "Garage")).toEqual([1, 0, 0, 1, 0, 0]);
    await expect.poll(() => want("agent:2/cam")?.fps).toBe(10);
    expect(stage.complaints).toEqual([]);
  });

  it("stays when a camera is shown alone, and ends with Esc or a double-click", async () => {
    const page = await open();
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("+");
    await page.keyboard.press("+");
    await page.keyboard.press("Enter");
    await expect.poll(() => page.locator("li.tile.solo").count()).toBe(1);
    expect((await transform(page, "Garage"))[0]).toBe(1.56);
    await page.keyboard.press("ArrowRight");
    const { width = 0 } = (await tile(page, "Garage").boundingBox()) ?? {};
    await expect.poll(async () => (await transform(page, "Garage"))[4]).toBeCloseTo(-width / 10, 0);
    await shot(page, "zoomed-alone");
    await page.keyboard.press("Escape");
    await expect.poll(() => transform(page, "Garage")).toEqual([1, 0, 0, 1, 0, 0]);
    expect(await page.locator("li.tile.solo").count()).toBe(1);
    await page.keyboard.press("=");
    const { x, y } = await middleOf(page, "Garage");
    await page.mouse.dblclick(x, y);
    await expect.poll(() => transform(page, "Garage")).toEqual([1, 0, 0, 1, 0, 0]);
    expect(await page.locator("li.tile.solo").count()).toBe(1);
    await page.mouse.dblclick(x, y);
    await expect.poll(() => page.locator("li.tile.solo").count()).toBe(0);
  });

  it("is moved in the grid with Shift and the arrows, which else go to other tiles", async () => {
    const page = await open();
    await page.keyboard.press("+");
    await page.keyboard.press("+");
    const { width = 0 } = (await tile(page, "Porch").boundingBox()) ?? {};
    await page.keyboard.press("Shift+ArrowLeft");
    await expect.poll(async () => (await transform(page, "Porch"))[4]).toBeCloseTo(width / 10, 0);
    await page.keyboard.press("ArrowRight");
    await expect
      .poll(() => page.evaluate(() => document.activeElement?.getAttribute("aria-label")))
      .toMatch(/^Garage/);
    expect((await transform(page, "Porch"))[4]).toBeCloseTo(width / 10, 0);
  });

  it("zooms a picture that is turned as it is seen", async () => {
    const cameras = stage.cameras(4);
    Object.assign(cameras[1] ?? {}, { rotation: 90, mirror: true });
    stage.go.state.cameras = cameras;
    const page = await stage.open();
    await picturesShown(page, 4);
    const { x, y } = await middleOf(page, "Garage", 0.5, 0.25);
    await page.mouse.move(x, y);
    await page.mouse.wheel(0, -315);
    const box = await tile(page, "Garage").boundingBox();
    // Down, by a quarter of the tile: the point under the pointer stays.
    await expect
      .poll(() => transform(page, "Garage"))
      .toEqual([0, 2, 2, 0, 0, expect.closeTo((box?.height ?? 0) / 4, 0)]);
    await shot(page, "zoomed-turned");
  });

  it("follows two fingers, and one that drags", async () => {
    const page = await open(2, { hasTouch: true, viewport: { width: 390, height: 844 } });
    const client = await page.context().newCDPSession(page);
    const touch = (type: "touchStart" | "touchMove" | "touchEnd", ...points: number[][]) =>
      client.send("Input.dispatchTouchEvent", {
        type,
        touchPoints: points.map(([x = 0, y = 0], id) => ({ x, y, id })),
      });
    const { x, y } = await middleOf(page, "Porch");
    await touch("touchStart", [x - 30, y], [x + 30, y]);
    for (const d of [40, 50, 60]) await touch("touchMove", [x - d, y], [x + d, y]);
    await touch("touchEnd");
    await expect.poll(async () => (await transform(page, "Porch"))[0]).toBeCloseTo(2, 1);
    expect(await page.evaluate(() => visualViewport?.scale), "not the page").toBe(1);
    await touch("touchStart", [x, y]);
    await touch("touchMove", [x + 10, y]);
    await touch("touchMove", [x + 30, y]);
    await touch("touchEnd");
    await expect.poll(async () => (await transform(page, "Porch"))[4]).toBeCloseTo(30, 0);
    const whole = tile(page, "Porch").getByRole("button", { name: /show all of the picture/ });
    // Chromium makes no click of a tap that comes within a third of a second of a drag.
    await vi.waitFor(async () => {
      if (await whole.isVisible()) await whole.tap();
      expect((await transform(page, "Porch"))[0]).toBe(1);
    }, 5000);
    expect(await page.getByRole("menu").count()).toBe(0);
    expect(stage.complaints).toEqual([]);
  });

  it.each(["dark", "light"] as const)("hinders nobody, in %s", async (colorScheme) => {
    const page = await open(4, { colorScheme });
    await page.keyboard.press("+");
    await tile(page, "Porch")
      .getByRole("button", { name: /show all of the picture/ })
      .waitFor();
    expect(await violations(page)).toEqual([]);
    await (await menuOf(page, "Porch")).getByRole("menuitem", { name: "Show alone" }).click();
    await page.locator("li.tile.solo").waitFor();
    expect(await violations(page)).toEqual([]);
  });
});
