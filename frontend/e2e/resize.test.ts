import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";

import { tint } from "./pictures";
import { picturesShown, useStage } from "./stage";

const stage = useStage();

/** What a look at the tiles found, all looks together. */
interface Seen {
  looks: number;
  /** How many tiles were looked at. */
  tiles: number;
  /** What must not be. */
  wrong: string[];
}

/** Runs in the page: looks at every tile with each paint, and at the colours of some. */
function watch(tints: [number, number, number][]): void {
  const seen: Seen = { looks: 0, tiles: 0, wrong: [] };
  (window as unknown as { seen: Seen }).seen = seen;
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [1, 1];
  const g = canvas.getContext("2d", { willReadFrequently: true });
  if (!g) throw new Error("no canvas");
  const nearest = (r: number, green: number, b: number) => {
    const far = tints.map((t) => Math.hypot(t[0] - r, t[1] - green, t[2] - b));
    return far.indexOf(Math.min(...far));
  };
  const look = (tile: HTMLElement, i: number) => {
    seen.tiles++;
    const [img, another] = tile.querySelectorAll<HTMLImageElement>("img.shown");
    const what = `${tile.dataset["key"]} of ${tile.clientWidth} pixels`;
    const wrong = !img
      ? "none"
      : another
        ? "two pictures"
        : !img.complete || img.naturalWidth === 0
          ? "black"
          : getComputedStyle(img).visibility !== "visible"
            ? "hidden"
            : "";
    if (wrong) seen.wrong.push(`${what}: ${wrong}`);
    if (!img || wrong) return;
    if ((seen.looks + i) % 8 > 0) return;
    g.drawImage(img, 0, 0, 1, 1);
    const [r = 0, green = 0, b = 0] = g.getImageData(0, 0, 1, 1).data;
    const camera = Number(/\d+/.exec(tile.dataset["key"] ?? "")?.[0]) - 1;
    const is = nearest(r, green, b);
    if (is !== camera) seen.wrong.push(`${what}: the picture of agent:${is + 1}/cam`);
  };
  const again = () => {
    seen.looks++;
    document.querySelectorAll<HTMLElement>("li.tile:not(.hidden)").forEach(look);
    requestAnimationFrame(again);
  };
  requestAnimationFrame(again);
}

const seen = (page: Page) => page.evaluate(() => (window as unknown as { seen: Seen }).seen);

/** How wide the pictures on screen are, the tiles, and how many tiles there are. */
const widths = (page: Page) =>
  page.evaluate(() => {
    const tiles = [...document.querySelectorAll<HTMLElement>("li.tile:not(.hidden)")];
    const pictures = tiles.map(
      (tile) => tile.querySelector<HTMLImageElement>("img.shown")?.naturalWidth ?? 0,
    );
    return {
      tiles: tiles.length,
      tile: tiles[0]?.clientWidth ?? 0,
      least: Math.min(...pictures),
      most: Math.max(...pictures),
    };
  });

describe("resizing", () => {
  it("shows 64 live pictures in every size, never a black or a wrong one", async () => {
    stage.go.state.cameras = await stage.tinted(5);
    const page = await stage.open({ viewport: { width: 1330, height: 830 } });
    await picturesShown(page, 64);
    await page.evaluate(
      watch,
      Array.from({ length: 64 }, (_, i) => tint(i)),
    );
    const tiles: number[] = [];
    for (const width of [1330, 1500, 1900, 2600, 3800, 5200, 7400, 4000, 2000, 1330]) {
      await page.setViewportSize({ width, height: Math.round(width * 0.62) });
      // Until the pictures are those that the tile needs: with a pixel of each for one of the screen.
      await expect
        .poll(
          async () => {
            const { tile, least, most } = await widths(page);
            if (tile === tiles.at(-1)) return "the tiles are not laid out yet";
            const wide =
              tile >= 900 ? 640 : Math.min(640, 160 * 2 ** Math.ceil(Math.log2(tile / 160)));
            return least === wide && most === wide
              ? ""
              : `${tile}: ${least} to ${most}, not ${wide}`;
          },
          { timeout: 30_000 },
        )
        .toBe("");
      const now = await widths(page);
      expect(now.tiles).toBe(64);
      tiles.push(now.tile);
    }
    expect(Math.min(...tiles)).toBeLessThan(175);
    expect(Math.max(...tiles)).toBeGreaterThan(895);
    const { looks, tiles: looked, wrong } = await seen(page);
    expect(wrong).toEqual([]);
    expect(looked).toBe(64 * looks);
    expect(looks).toBeGreaterThan(tiles.length); // a slow computer paints seldom
    expect(stage.complaints).toEqual([]);
  }, 240_000);
});
