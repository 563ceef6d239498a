import { describe, expect, it } from "vitest";

import type { Camera } from "../src/backend/types";
import { picturesShown, shot, useStage } from "./stage";

const stage = useStage();
const LONG_NAME = "Behind the greenhouse, next to the shed.";

const WRONG_CLOCK = { lastFrameAt: 1, takenAt: 86_400_001, clockAheadMs: 86_400_000 };

/** The longest words of every state. */
function longWinded(aspect: number): Camera[] {
  const now = Date.now();
  const retryAt = now + 28_000;
  const day = 86_400_000;
  const differences: Partial<Camera>[] = [
    { state: "live", fps: 0.2, ...WRONG_CLOCK },
    { state: "slow", fps: 0.2, ...WRONG_CLOCK },
    { state: "stalled", ...WRONG_CLOCK, lastFrameAt: now - 59_000 },
    { state: "stalled", lastFrameAt: now - 11 * day },
    { state: "connecting", since: now - 2000 },
    { state: "offline", reason: "refused", since: now, retryAt },
    { state: "offline", reason: "refused", since: now - day, retryAt },
    { state: "offline", reason: "unreachable", since: now - 11 * day, retryAt },
    { state: "refused", reason: "forbidden", retryAt },
    { state: "camera-error", reason: "camera", message: "The camera is used.", retryAt },
    { state: "camera-error", reason: "busy", status: 503, retryAt },
    { state: "incompatible", reason: "too-old", agentVersion: "0.3.0", retryAt },
  ];
  return stage.cameras(12).map((c, i) => ({
    ...c,
    ...differences[i],
    width: 640,
    height: Math.round(640 / aspect),
    name: LONG_NAME,
  }));
}

/** What is cut off or in the way on every tile. */
function misfits(tiles: Element[]) {
  return tiles.map((tile) => {
    const seen = (q: string) =>
      [...tile.querySelectorAll<HTMLElement>(q)].filter((e) => e.offsetHeight > 0);
    const top = (e: Element) => e.getBoundingClientRect().top;
    const bar = tile.querySelector(".bar") as HTMLElement;
    const notice = seen(".notice > *");
    const overlay = seen(".overlay");
    return {
      cut: seen(".text:not(.visually-hidden), .next")
        .filter((e) => e.scrollWidth > e.clientWidth)
        .map((e) => e.innerText),
      below: [...notice, ...overlay].filter((e) => e.getBoundingClientRect().bottom > top(bar))
        .length,
      above: [...notice, ...overlay].filter((e) => top(e) < top(tile)).length,
      hidden: bar.offsetHeight > tile.clientHeight * 0.6,
    };
  });
}

describe("no word is cut off, nor in the way of others", () => {
  const shapes = [
    ["16:9", "dark", "hover", 16 / 9],
    ["4:3", "light", "hover", 4 / 3],
    ["16:9", "light", "always", 16 / 9],
  ] as const;
  it.each(shapes)("on tiles of every width, %s, %s, numbers %s", async (...shape) => {
    const [, colorScheme, numbers, aspect] = shape;
    stage.go.state.cameras = longWinded(aspect);
    stage.go.state.appearance = { ...stage.go.state.appearance, numbers };
    const page = await stage.open({ colorScheme });
    await picturesShown(page, 12);
    for (const width of [160, 172, 220, 240, 300, 316, 340, 420]) {
      const height = Math.floor(width / aspect);
      await page.setViewportSize({ width: 4 * width + 28, height: 3 * height + 80 });
      const tiles = page.locator("li.tile");
      await expect.poll(async () => (await tiles.first().boundingBox())?.width).toBe(width);
      await page.mouse.move(0, 0);
      await shot(page, `words-${width}-${colorScheme}-${numbers}`);
      const fit = { cut: [], below: 0, above: 0, hidden: false };
      expect(await tiles.evaluateAll(misfits), `${width} wide`).toEqual(Array(12).fill(fit));
    }
  });
});
