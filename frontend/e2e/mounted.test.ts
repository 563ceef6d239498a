import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";

import type { Camera } from "../src/backend/types";
import { accessResult } from "../src/testing/access";
import { QUARTERS } from "./pictures";
import { picturesShown, settled, shot, tile, useStage } from "./stage";

const stage = useStage();

/** What is painted in the four quarters of each tile that is seen, from the upper left. */
async function quarters(page: Page): Promise<string[][]> {
  await settled(page);
  const png = (await page.screenshot()).toString("base64");
  return page.evaluate(async (base64) => {
    const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
    const picture = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [picture.width, picture.height];
    const g = canvas.getContext("2d");
    if (!g) throw new Error("no canvas");
    g.drawImage(picture, 0, 0);
    const colour = (x: number, y: number) => {
      const bright = [...g.getImageData(x, y, 1, 1).data].slice(0, 3).map((c) => c > 128);
      const names: Record<string, string> = {
        "100": "red",
        "010": "lime",
        "001": "blue",
        "111": "white",
      };
      return names[bright.map(Number).join("")] ?? "dark";
    };
    return [...document.querySelectorAll("li.tile:not(.hidden)")].map((tile) => {
      const { left, top, width, height } = tile.getBoundingClientRect();
      // Near the middle: a picture of another shape has bars beside it.
      const off = Math.min(width, height) * 0.12;
      return [-off, off].flatMap((down) =>
        [-off, off].map((across) => colour(left + width / 2 + across, top + height / 2 + down)),
      );
    });
  }, png);
}

/** The quarters after turning clockwise and then swapping left and right. */
function expected(rotation: number, mirror: boolean): string[] {
  let [a, b, c, d] = QUARTERS as readonly [string, string, string, string];
  for (let turns = rotation / 90; turns > 0; turns--) [a, b, c, d] = [c, a, d, b];
  return mirror ? [b, a, d, c] : [a, b, c, d];
}

const WAYS = [0, 90, 180, 270].flatMap((rotation) =>
  [false, true].map((mirror) => ({ rotation, mirror })),
);

/** One camera mounted in every way. */
async function everyWay(): Promise<Camera[]> {
  const all = stage.cameras(8).map((c, i) => ({ ...c, ...WAYS[i] }));
  for (const { key } of all) await stage.quarters(key);
  return all;
}

describe("a picture of a camera that hangs on its side", () => {
  it("is turned on tiles and alone", async () => {
    stage.go.state.cameras = await everyWay();
    const page = await stage.open();
    await picturesShown(page, 8);
    const all = WAYS.map(({ rotation, mirror }) => expected(rotation, mirror));
    expect(await quarters(page)).toEqual(all);
    for (const [i, { rotation }] of WAYS.entries()) {
      await page.keyboard.press(String(i + 1));
      await page.locator("li.tile.solo").waitFor();
      expect(await quarters(page), `alone, ${i}`).toEqual([all[i]]);
      const box = await page.locator("li.tile.solo").boundingBox();
      const upright = rotation % 180 !== 0;
      expect(box && box.width / box.height).toBeCloseTo(upright ? 9 / 16 : 16 / 9, 1);
    }
  });

  it("makes tiles upright where most are", async () => {
    stage.go.state.cameras = stage.cameras(4).map((c, i) => ({ ...c, rotation: i < 3 ? 90 : 0 }));
    const page = await stage.open();
    await picturesShown(page, 4);
    const box = await page.locator("li.tile").first().boundingBox();
    expect(box && box.width / box.height).toBeCloseTo(9 / 16, 1);
    await shot(page, "mounted-upright");
  });

  it("is set with keys and in Details, where it is named, too", async () => {
    const [porch, garage] = stage.cameras(2) as [Camera, Camera];
    stage.go.state.cameras = [porch, garage];
    stage.go.access = (_, { rotation = 0, mirror = false, name = "" }) => {
      const changed = { ...garage, rotation, mirror, name: name || garage.name };
      stage.go.change({ cameras: [porch, changed] });
      return accessResult();
    };
    const page = await stage.open();
    await picturesShown(page, 2);
    const last = () => stage.go.asked.at(-1);
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("]");
    const pictures = tile(page, "Garage").locator(".pictures");
    const transform = () => pictures.evaluate((e: HTMLElement) => e.style.transform);
    await expect.poll(transform).toBe("rotate(90deg)");
    expect(last()).toEqual({
      command: "mount",
      call: { key: garage.key, name: "", rotation: 90, mirror: false },
    });
    await page.keyboard.press("x");
    await expect.poll(transform).toBe("scaleX(-1) rotate(90deg)");
    await page.keyboard.press("F2");
    const dialog = page.getByRole("dialog");
    const field = dialog.getByRole("textbox", { name: "Name" });
    await expect.poll(() => field.evaluate((e) => e === document.activeElement)).toBe(true);
    await dialog.getByText("On this computer only").waitFor();
    await stage.go.emit(page, [porch, { ...garage, household: "home" }]);
    await dialog.getByText("For everyone who watches").waitFor();
    await stage.go.emit(page, [porch, { ...garage, rotation: 90, mirror: true }]);
    await field.fill("Car");
    await page.keyboard.press("Enter");
    await tile(page, "Car").waitFor();
    expect(last()?.call).toEqual({ key: garage.key, name: "Car", rotation: 90, mirror: true });
    await dialog.getByRole("button", { name: "Rotate" }).click();
    // In a mirror, the other way round is clockwise.
    await expect.poll(() => last()?.call.rotation).toBe(0);
    await shot(page, "details-mounted");
    await dialog.getByRole("button", { name: "Flip" }).click();
    await expect.poll(() => last()?.call.mirror).toBe(false);
  });

  it("says when a camera could not be turned", async () => {
    stage.go.state.cameras = stage.cameras(1);
    stage.go.access = () => accessResult({ ok: false, code: "no-answer" });
    const page = await stage.open();
    await picturesShown(page, 1);
    await page.keyboard.press("]");
    await page.getByText("It does not answer. Is the Pi on?").waitFor();
  });
});
