import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";

import { picturesShown, shot, tile, useStage } from "./stage";

const stage = useStage();

/** The names of the tiles as they stand, row by row. */
function order(page: Page): Promise<string[]> {
  return page.locator("li.tile:not(.hidden)").evaluateAll((tiles) =>
    tiles
      .map((tile) => {
        const { left, top } = tile.getBoundingClientRect();
        return { left, top, name: tile.querySelector(".name")?.textContent ?? "" };
      })
      .sort((a, b) => a.top - b.top || a.left - b.left)
      .map(({ name }) => name),
  );
}

const focused = (page: Page) =>
  page.evaluate(() => document.activeElement?.getAttribute("aria-label") ?? "");

async function middleOf(page: Page, name: string) {
  const box = await tile(page, name).boundingBox();
  if (!box) throw new Error("no tile");
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

/** Drags the tile of one camera onto that of another. */
async function dragger(page: Page, by: "mouse" | "finger") {
  const client = await page.context().newCDPSession(page);
  const touch = (type: "touchStart" | "touchMove" | "touchEnd", ...touchPoints: object[]) =>
    client.send("Input.dispatchTouchEvent", { type, touchPoints: touchPoints as never[] });
  return async (name: string, onto: string) => {
    const [from, to] = [await middleOf(page, name), await middleOf(page, onto)];
    const at = (part: number) => ({
      x: from.x + (to.x - from.x) * part,
      y: from.y + (to.y - from.y) * part,
    });
    if (by === "mouse") await page.mouse.move(from.x, from.y);
    await (by === "mouse" ? page.mouse.down() : touch("touchStart", from));
    for (const part of [0.1, 0.3, 0.5, 0.7, 0.9, 1]) {
      const { x, y } = at(part);
      await (by === "mouse" ? page.mouse.move(x, y) : touch("touchMove", { x, y }));
    }
    await (by === "mouse" ? page.mouse.up() : touch("touchEnd"));
  };
}

async function open(options = {}): Promise<Page> {
  stage.go.state.cameras = stage.cameras(6);
  const page = await stage.open(options);
  await picturesShown(page, 6);
  return page;
}

const MOVED = ["Garage", "Bench", "Garden", "Hall", "Porch", "3D printer"];

describe("the order of the tiles", () => {
  it("changes with a drag, at once and for good, and no picture is lost", async () => {
    const page = await open();
    const first = await order(page);
    const from = await middleOf(page, "Porch");
    const to = await middleOf(page, "Hall");
    await page.mouse.move(from.x, from.y);
    await page.mouse.down();
    await page.mouse.move(to.x, to.y, { steps: 6 });
    await expect.poll(() => page.locator("li.tile.dragged").count()).toBe(1);
    await shot(page, "dragged");
    await page.keyboard.press("Escape");
    await expect.poll(() => order(page)).toEqual(first);
    await page.mouse.up();
    expect(stage.go.calls).toEqual([]);

    await page.mouse.move(from.x, from.y);
    await page.mouse.down();
    await page.mouse.move(to.x, to.y, { steps: 6 });
    await page.mouse.up();
    await expect.poll(() => stage.go.calls).toEqual(["move agent:1/cam"]);
    await expect.poll(() => order(page)).toEqual(MOVED);
    expect(await page.locator("li.tile.dragged").count()).toBe(0);
    expect(await page.locator("li.tile.present:not(.hidden)").count()).toBe(6);
    expect(await page.locator("li.tile.solo").count()).toBe(0);
    expect(stage.complaints).toEqual([]);
  });

  it("changes with a finger", async () => {
    const page = await open({ hasTouch: true, viewport: { width: 390, height: 844 } });
    await (
      await dragger(page, "finger")
    )("Porch", "Hall");
    await expect.poll(() => order(page)).toEqual(MOVED);
    expect(await page.getByRole("menu").count()).toBe(0);
  });

  it.each(["mouse", "finger"] as const)(
    "changes in the strip beside a large picture, with a %s",
    async (by) => {
      const page = await open({ hasTouch: by === "finger" });
      await page.keyboard.press("g");
      const width = (name: string) => tile(page, name).evaluate((e) => e.clientWidth);
      await expect.poll(() => width("Porch")).toBeGreaterThan(1300);
      const strip = async () => (await order(page)).filter((name) => name !== "Porch");
      expect(await strip()).toEqual(["Garage", "Bench", "Garden", "Hall", "3D printer"]);
      const drag = await dragger(page, by);
      await drag("Garage", "Garden");
      await expect.poll(strip).toEqual(["Bench", "Garden", "Garage", "Hall", "3D printer"]);
      expect(await width("Porch"), "the large one stays").toBeGreaterThan(1300);
      expect(stage.go.calls.at(-1)).toBe("move agent:2/cam");
      const { length } = stage.go.calls;
      await drag("Porch", "Hall"); // it has no place there
      await drag("Hall", "Porch");
      await expect.poll(() => width("Hall")).toBeGreaterThan(1300);
      expect(stage.go.calls).toHaveLength(length);
      await expect.poll(() => focused(page)).toMatch(/^Hall/);
      expect(stage.complaints).toEqual([]);
    },
  );

  it("changes with Alt and arrows, and the focus follows", async () => {
    const page = await open();
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Alt+ArrowLeft");
    await expect
      .poll(() => order(page).then((all) => all.slice(0, 2)))
      .toEqual(["Garage", "Porch"]);
    await expect.poll(() => focused(page)).toMatch(/^Garage/);
    await page.keyboard.press("Alt+ArrowDown");
    await expect
      .poll(() => order(page))
      .toEqual(["Porch", "Bench", "Garden", "Garage", "Hall", "3D printer"]);
    await expect.poll(() => focused(page)).toMatch(/^Garage/);
    await page.keyboard.press("ArrowLeft");
    await expect.poll(() => focused(page)).toMatch(/^Garden/);
    expect(stage.complaints).toEqual([]);
  });
});
