import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";

import { violations } from "./axe";
import { menuOf, picturesShown, shot, tile, useStage } from "./stage";

const stage = useStage();

const THREE_MINUTES = 180_000;

/** Four cameras: one whose clock is right, one whose clock is wrong, two without one. */
async function open(count = 4): Promise<Page> {
  const now = Date.now();
  const cameras = stage.cameras(count);
  Object.assign(cameras[0] ?? {}, { lastFrameAt: now, takenAt: now - 50, clockAheadMs: -50 });
  const wrong = { lastFrameAt: now, takenAt: now + THREE_MINUTES, clockAheadMs: THREE_MINUTES };
  Object.assign(cameras[1] ?? {}, wrong);
  stage.go.state.cameras = cameras;
  stage.go.settings = (_, { scheme = "", labels = "", numbers = "" }) => {
    stage.go.change({ appearance: { scheme, labels, numbers } });
    return {};
  };
  const page = await stage.open({ viewport: { width: 1280, height: 720 } });
  await picturesShown(page, count);
  return page;
}

const overlays = (page: Page) => page.locator(".overlay").filter({ visible: true });
const count = (page: Page) => overlays(page).count();

describe("the numbers on pictures", () => {
  it("come and go by key: of one, and of all, which is kept", async () => {
    const page = await open();
    expect(await count(page)).toBe(0);
    await page.keyboard.press("i");
    const porch = tile(page, "Porch").locator(".overlay");
    await expect
      .poll(() => porch.innerText())
      .toMatch(/^\d\d:\d\d:\d\d\s+15\s+fps\s+4.1\s+Mb\/s\s+\d+\s+ms$/);
    expect(await count(page)).toBe(1);
    await page.keyboard.press("Shift+I");
    await expect.poll(() => count(page)).toBe(4);
    expect(stage.go.asked.at(-1)?.call).toMatchObject({ numbers: "always", labels: "always" });
    await page.keyboard.press("i");
    await expect.poll(() => count(page)).toBe(3);
    await page.keyboard.press("Shift+I");
    await expect.poll(() => count(page)).toBe(0);
  });

  it("say when a picture was taken, and that a clock is wrong", async () => {
    const page = await open();
    await page.keyboard.press("Shift+I");
    await expect.poll(() => count(page)).toBe(4);
    const off = overlays(page).locator(".off");
    expect(await off.allInnerTexts()).toEqual(["3 min ahead"]);
    expect(await off.getAttribute("title")).toBe(
      "The camera's clock is 3 min ahead of this computer's",
    );
    expect(await tile(page, "Bench").locator(".overlay").innerText()).not.toContain(":");
    const said = await tile(page, "Garage").locator(".overlay > span").first().innerText();
    const now = new Date(Date.now() + THREE_MINUTES);
    const [h = 0, m = 0, s = 0] = said.split(":").map(Number);
    const at = new Date(now).setHours(h, m, s);
    // Its film goes on, and so does its clock.
    expect(Math.abs(at - now.getTime()) % 86_400_000).toBeLessThan(3000);
    await shot(page, "overlay");
    expect(await violations(page)).toEqual([]);
  });

  it("come and go by the menu", async () => {
    const page = await open();
    await (await menuOf(page, "Garage")).getByRole("menuitem", { name: "Show numbers" }).click();
    await tile(page, "Garage").locator(".overlay").waitFor();
    await (await menuOf(page, "Garage")).getByRole("menuitem", { name: "Hide numbers" }).click();
    await expect.poll(() => count(page)).toBe(0);
  });

  it("come with the name where that stands nowhere else on the picture", async () => {
    const page = await open();
    await page.keyboard.press("i");
    await page.keyboard.press("Enter");
    await expect.poll(() => overlays(page).innerText()).toMatch(/^Porch\s/);
    expect(await count(page)).toBe(1);
    await shot(page, "overlay-solo");
  });

  it("stay where they are when they change", async () => {
    const page = await open();
    await page.keyboard.press("i");
    const places = () =>
      tile(page, "Porch")
        .locator(".overlay > span")
        .evaluateAll((all) => all.map((e) => Math.round(e.getBoundingClientRect().right)));
    await expect.poll(async () => (await places()).length).toBe(4);
    const before = await places();
    for (const [fps, bytesPerSecond] of [
      [2.5, 1_250_000],
      [120, 12_500_000],
    ] as const) {
      const cameras = stage.go.state.cameras.map((c, i) => (i ? c : { ...c, fps, bytesPerSecond }));
      await stage.go.emit(page, cameras);
      await expect
        .poll(() => tile(page, "Porch").locator(".overlay").innerText())
        .toContain(`${fps}`);
      expect(await places()).toEqual(before);
    }
  });

  it("never show the time of a wrong clock without its mark", async () => {
    const page = await open();
    await page.setViewportSize({ width: 480, height: 320 });
    await page.keyboard.press("Shift+I");
    await expect.poll(() => count(page)).toBe(4);
    const off = tile(page, "Garage").locator(".off svg");
    const place = await off.boundingBox();
    const within = await tile(page, "Garage").locator(".overlay").boundingBox();
    if (!place || !within) throw new Error("there is no mark");
    expect(place.y + place.height).toBeLessThanOrEqual(within.y + within.height);
    await shot(page, "overlay-small");
  });

  it("give way to words of trouble", async () => {
    const page = await open();
    await page.keyboard.press("Shift+I");
    await expect.poll(() => count(page)).toBe(4);
    const since = Date.now();
    const lost = { state: "offline", reason: "unreachable", since, retryAt: since + 9000 } as const;
    const { appearance } = stage.go.state;
    const cameras = stage.go.state.cameras.map((c, i) => (i ? c : { ...c, ...lost }));
    await stage.go.emit(page, cameras, { appearance });
    await tile(page, "Porch").locator(".notice").waitFor();
    expect(await count(page)).toBe(3);
  });
});
