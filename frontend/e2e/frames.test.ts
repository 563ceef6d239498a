import type { Page, Request } from "playwright-core";
import { describe, expect, it } from "vitest";

import { picturesShown, useStage } from "./stage";

const stage = useStage();

const blobs = (page: Page) =>
  page.evaluate(() => (window as unknown as { blobs: { created: number; revoked: number } }).blobs);

const alive = (b: { created: number; revoked: number }) => b.created - b.revoked;

/** What the page would see if its window were minimised. */
async function setHidden(page: Page, hidden: boolean): Promise<void> {
  await page.evaluate((value) => {
    Object.defineProperty(document, "hidden", { configurable: true, get: () => value });
    document.dispatchEvent(new Event("visibilitychange"));
  }, hidden);
}

describe("frames", () => {
  it("shows many pictures and keeps the memory of only those on screen", async () => {
    const cameras = stage.cameras(4, 25);
    stage.go.state.cameras = cameras;
    const page = await stage.open();
    await expect
      .poll(async () => (await blobs(page)).created, { timeout: 20_000 })
      .toBeGreaterThan(150);
    const many = await blobs(page);
    // One on screen per tile and at most one more each on its way.
    expect(alive(many)).toBeLessThanOrEqual(8);
    stage.go.films.clear();
    await expect.poll(async () => alive(await blobs(page))).toBe(4);
    await stage.go.emit(page, cameras.slice(0, 1));
    await expect.poll(async () => alive(await blobs(page))).toBe(1);
  });

  it("makes no request while the window is hidden and goes on when it is back", async () => {
    stage.go.state.cameras = stage.cameras(2);
    const page = await stage.open();
    await picturesShown(page, 2);
    await setHidden(page, true);
    await page.waitForTimeout(700); // the request under way ends
    const before = stage.go.frameRequests.length;
    expect(before).toBeGreaterThan(0);
    await page.waitForTimeout(2000);
    expect(stage.go.frameRequests.length).toBe(before);
    await setHidden(page, false);
    await expect.poll(() => stage.go.frameRequests.length).toBeGreaterThan(before + 2);
  });

  it("is back at the good picture after broken ones", async () => {
    stage.go.state.cameras = stage.cameras(1, 10);
    const page = await stage.open();
    await picturesShown(page, 1);
    const requests = stage.go.frameRequests.length;
    stage.go.films.set("agent:1/cam", { loop: [Buffer.from("no picture")], fps: 10 });
    await expect.poll(() => stage.go.frameRequests.length).toBeGreaterThan(requests + 4);
    stage.go.films.clear();
    const picture = page.locator("li.tile img");
    await expect
      .poll(() => picture.evaluate((i: HTMLImageElement) => i.complete && i.naturalWidth))
      .toBe(640);
    await expect.poll(async () => alive(await blobs(page))).toBe(1);
  });

  it("shows a camera again that was forgotten and found anew, even without a new frame", async () => {
    const cameras = stage.cameras(1, 0);
    stage.go.state.cameras = cameras;
    const page = await stage.open();
    await picturesShown(page, 1);
    await stage.go.emit(page, []);
    await page.getByText("No cameras found yet").waitFor();
    await stage.go.emit(page, cameras);
    await picturesShown(page, 1);
  });

  it("does not let one broken camera hold the others up", async () => {
    stage.go.state.cameras = stage.cameras(2, 10);
    stage.go.films.set("agent:1/cam", { loop: [Buffer.from("no picture")], fps: 10 });
    const page = await stage.open();
    await picturesShown(page, 1);
    const source = () => page.locator("li.tile img").nth(1).getAttribute("src");
    const before = await source();
    await expect.poll(source, { timeout: 1500 }).not.toBe(before);
  });

  it("never makes a second request beside the first", async () => {
    stage.go.state.cameras = stage.cameras(9, 20);
    const page = await stage.open();
    // A set, not a count: what was under way before is not known here.
    const open = new Set<Request>();
    let most = 0;
    page.on("request", (r) => {
      if (r.url().includes("/frames")) most = Math.max(most, open.add(r).size);
    });
    page.on("requestfinished", (r) => open.delete(r));
    page.on("requestfailed", (r) => open.delete(r));
    await picturesShown(page, 9);
    await page.waitForTimeout(1000);
    expect(most).toBe(1);
  });
});
