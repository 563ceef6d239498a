import { describe, expect, it } from "vitest";

import { FITS, layout } from "./layout";
import { picturesShown, settled, shot, shown, SIZES, useStage } from "./stage";

const stage = useStage();

describe("the grid", () => {
  it.each([1, 2, 4, 9, 16, 36])(
    "fills the window without scrolling for %i cameras",
    async (count) => {
      stage.go.state.cameras = stage.cameras(count);
      const page = await stage.open();
      await picturesShown(page, count);
      expect(await layout(page)).toMatchObject(FITS);
      expect(stage.complaints).toEqual([]);
      await shot(page, `grid-${count}`);
    },
  );

  it("is what README shows", async () => {
    stage.go.state.cameras = stage.cameras(4);
    const page = await stage.open({ viewport: { width: 1280, height: 800 } });
    await picturesShown(page, 4);
    expect(await layout(page)).toMatchObject(FITS);
    await shot(page, "readme", "jpeg"); // copied to docs/images/grid.jpeg
  });

  it("fits every window", async () => {
    stage.go.state.cameras = stage.cameras(9);
    for (const viewport of SIZES) {
      const page = await stage.open({ viewport });
      await picturesShown(page, 9);
      expect(await layout(page)).toMatchObject(FITS);
      await shot(page, `grid-9-${viewport.width}`);
    }
  });

  it("turns pages when tiles would be too small and wants only the page on screen", async () => {
    stage.go.state.cameras = stage.cameras(36);
    const page = await stage.open({ viewport: { width: 480, height: 800 } });
    const visible = page.locator("li.tile:not(.hidden)");
    await expect.poll(() => visible.count()).toBe(12);
    await picturesShown(page, 12);
    await page.getByText("Page 1 of 3").waitFor();
    await page.keyboard.press("PageDown");
    await page.getByText("Page 2 of 3").waitFor();
    await picturesShown(page, 12);
    const last = stage.go.questions.at(-1)?.want.map(({ key }) => key);
    expect(last).toContain("agent:13/cam");
    expect(last).not.toContain("agent:12/cam");
    await shot(page, "pages-480");
    await page.setViewportSize({ width: 320, height: 568 });
    await page.getByText(/^Page \d of \d+$/).waitFor();
    await settled(page);
    expect(await layout(page)).toMatchObject({ ...FITS, filled: expect.any(Boolean) as boolean });
    await shot(page, "pages-320");
  });

  it("reserves the box of a tile before its first picture", async () => {
    stage.go.state.cameras = stage.cameras(2).map((c) => ({ ...c, state: "connecting", since: 1 }));
    stage.go.films.clear();
    const page = await stage.open();
    const box = await page.locator("li.tile").first().boundingBox();
    expect(box && box.width / box.height).toBeCloseTo(16 / 9, 1);
    await page.getByText("Connecting…").first().waitFor();
    await shot(page, "connecting-first");
  });

  it("keeps every picture when the list changes", async () => {
    const cameras = stage.cameras(4, 0); // one frame each, never a second one
    stage.go.state.cameras = cameras;
    const page = await stage.open();
    await picturesShown(page, 4);
    const all = () => Promise.all([0, 1, 2, 3].map((i) => shown(page, i)));
    const before = await all();
    await stage.go.emit(
      page,
      [...cameras].reverse().map((c) => ({ ...c, fps: 3, state: "slow" })),
    );
    await page.getByText("Slow · 3 fps").first().waitFor();
    expect((await all()).sort()).toEqual(before.sort());
    expect(stage.go.loads).toBe(4);
    await picturesShown(page, 4);
  });
});
