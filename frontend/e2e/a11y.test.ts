import { describe, expect, it } from "vitest";

import type { Camera } from "../src/backend/types";
import { search } from "../src/testing/camera";
import { violations } from "./axe";
import { everyState } from "./every-state";
import { menuOf, picturesShown, shot, tile, useStage } from "./stage";

const stage = useStage();

/** Runs in the page: how far the colour of each stands out from what is below it, over white. */
function contrasts(elements: Element[]): [string, number][] {
  const numbers = (colour: string) => (colour.match(/[\d.]+/g) ?? []).map(Number);
  const luminance = (rgb: number[]) => {
    const [r = 0, g = 0, b = 0] = rgb.map((c) =>
      c <= 10 ? c / 3294 : ((c / 255 + 0.055) / 1.055) ** 2.4,
    );
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const below = (e: Element | null): number[] => {
    if (!e || e.matches("li.tile")) return [255, 255, 255];
    const [r = 0, g = 0, b = 0, alpha = 1] = numbers(getComputedStyle(e).backgroundColor);
    const base = below(e.parentElement);
    return [r, g, b].map((c, i) => c * alpha + (base[i] ?? 0) * (1 - alpha));
  };
  return elements.map((e) => {
    const on = luminance(below(e));
    const of = luminance(numbers(getComputedStyle(e).color).slice(0, 3));
    return [e.textContent.trim(), (Math.max(on, of) + 0.05) / (Math.min(on, of) + 0.05)];
  });
}

it("words and buttons can be read on a white picture", async () => {
  const cameras = stage.cameras(4);
  for (const { key } of cameras) await stage.white(key);
  const now = Date.now();
  Object.assign(cameras[1] ?? {}, { state: "offline", since: now, retryAt: now + 9000 });
  Object.assign(cameras[2] ?? {}, { state: "stalled", lastFrameAt: now - 9000 });
  const wrong = { lastFrameAt: now, takenAt: now + 180_000, clockAheadMs: 180_000 };
  Object.assign(cameras[3] ?? {}, wrong);
  stage.go.state.cameras = cameras;
  stage.go.state.appearance = { ...stage.go.state.appearance, numbers: "always" };
  const page = await stage.open();
  await picturesShown(page, 4);
  await page.getByText("3 min ahead").waitFor();
  await tile(page, "Porch").hover();
  const words = page.locator(
    "li.tile :is(.name, .text:not(.visually-hidden), .next, .tools button, .notice p, .notice button, .overlay > span)",
  );
  const all = await words.evaluateAll(contrasts);
  await shot(page, "white");
  expect(all.length).toBeGreaterThan(20);
  expect(all.filter(([, contrast]) => contrast < 4.5)).toEqual([]);
});

describe.each(["dark", "light"] as const)("axe finds nothing serious in %s", (colorScheme) => {
  it("on the empty page and in the Add dialog", async () => {
    stage.go.state.discovery.problem = "port 5353 is taken";
    const page = await stage.open({ colorScheme });
    await page.getByText("No cameras found yet").waitFor();
    expect(await violations(page)).toEqual([]);
    await page.keyboard.press("Control+n");
    await page.getByRole("textbox").fill("nowhere");
    await page.keyboard.press("Enter");
    await page.getByText("Nothing called nowhere answered.").waitFor();
    expect(await violations(page)).toEqual([]);
  });

  it("on the grid, alone, and in the dialogs", async () => {
    const now = Date.now();
    stage.go.state.cameras = stage.cameras(4);
    Object.assign(stage.go.state.cameras[1] ?? {}, {
      state: "offline",
      since: now,
      retryAt: now + 9000,
      detail: "dial tcp: no route to host",
    });
    Object.assign(stage.go.state.cameras[2] ?? {}, { state: "stalled", lastFrameAt: now - 9000 });
    const page = await stage.open({ colorScheme });
    await picturesShown(page, 4);
    expect(await violations(page)).toEqual([]);
    await page.setViewportSize({ width: 480, height: 320 });
    await page.getByTitle("Garage is not answering").waitFor(); // a tooltip for a notice
    expect(await violations(page)).toEqual([]);
    await page.setViewportSize({ width: 1920, height: 1080 });
    await page.keyboard.press("?");
    await page.getByRole("dialog").waitFor();
    expect(await violations(page)).toEqual([]);
    await page.keyboard.press("Escape");
    await page.keyboard.press("2");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await page.keyboard.press("2");
    expect(await violations(page)).toEqual([]);
    await page.keyboard.press("d");
    await page.getByRole("dialog").waitFor();
    expect(await violations(page)).toEqual([]);
  });

  it("in every state, its Details, and under every banner", async () => {
    const cameras = everyState(stage);
    for (const c of cameras) c.warning = "The picture comes without imx500_posenet.";
    stage.go.state.cameras = cameras;
    const page = await stage.open({ colorScheme });
    await picturesShown(page, cameras.length);
    expect(await violations(page), "all").toEqual([]);
    const dialog = page.getByRole("dialog");
    for (const { name } of cameras) {
      const menu = await menuOf(page, name);
      await menu.getByRole("menuitem", { name: "Details" }).click();
      await dialog.waitFor();
      expect(await violations(page), `Details of ${name}`).toEqual([]);
      await page.keyboard.press("Escape");
      await dialog.waitFor({ state: "detached" });
    }
    const banners = page.locator(".banner");
    const offline = stage.cameras(9).map((c, i): Camera => {
      return i < 3 ? c : { ...c, state: "offline", since: Date.now() - 3000, retryAt: 1 };
    });
    await stage.go.emit(page, offline, { notice: "The list of cameras was damaged." });
    await expect.poll(() => banners.count()).toBe(2);
    expect(await violations(page), "an outage").toEqual([]);
    await stage.go.emit(page, offline, { away: ["192.168.1.0/24"] });
    await page.getByText("You seem to be away").waitFor();
    expect(await violations(page), "away").toEqual([]);
    await page.keyboard.press("F11");
    await page.locator("header.away").waitFor();
    expect(await violations(page), "full screen").toEqual([]);
  });

  it("while it searches, and without the app", async () => {
    const searching = search({ running: true, total: 254, done: 31, networks: ["192.168.1.0/24"] });
    stage.go.state.search = searching;
    const page = await stage.open({ colorScheme, viewport: { width: 320, height: 568 } });
    await page.getByText("Searching 192.168.1.0/24").waitFor();
    expect(await violations(page), "searching").toEqual([]);
    await shot(page, `empty-320-${colorScheme}`);
    await page.keyboard.press("Control+n");
    await page.getByRole("dialog").waitFor();
    expect(await violations(page), "searching, in the dialog").toEqual([]);
    const without = await stage.open({ colorScheme }, false);
    await without.getByText("This page works only with PiGrid behind it.").waitFor();
    expect(await violations(without), "no app").toEqual([]);
  });
});
