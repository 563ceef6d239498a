import type { Browser, Request } from "playwright-core";
import { describe, expect, it } from "vitest";

import type { Camera } from "../src/backend/types";
import { picturesShown, setHidden, shown, tile, useStage } from "./stage";

const stage = useStage();

/** Of Chromium's trace: what made it lay out elements again. */
const LAYOUT_REASONS = "disabled-by-default-devtools.timeline.invalidationTracking";

interface LayoutReason {
  name: string;
  args: { data: { nodeName: string; reason: string } };
}

describe("frames", () => {
  it("loads one picture of a camera at a time and every time a new one, by few URLs", async () => {
    stage.go.state.cameras = stage.cameras(4, 25);
    const page = await stage.open();
    await picturesShown(page, 4);
    const urls = new Set<string>();
    const open = new Map<string, number>();
    let most = 0;
    const count = (r: Request, by: number) => {
      const url = new URL(r.url());
      urls.add(url.pathname + url.search);
      if (url.pathname !== "/frame") return;
      const key = url.searchParams.get("key") ?? "";
      open.set(key, Math.max(0, (open.get(key) ?? 0) + by)); // what was under way before is not known
      most = Math.max(most, open.get(key) ?? 0);
    };
    page.on("request", (r) => count(r, 1));
    page.on("requestfinished", (r) => count(r, -1));
    page.on("requestfailed", (r) => count(r, -1));
    const before = stage.go.loads;
    const pictures = new Set<string>();
    await expect
      .poll(
        async () => {
          pictures.add(await shown(page));
          // On a busy machine a look takes as long as many loads.
          return stage.go.loads - before > 150 && pictures.size > 5;
        },
        { timeout: 20_000, interval: 20 },
      )
      .toBe(true);
    expect(most).toBe(1);
    // WebKit keeps every URL: a new one for each picture would fill the memory.
    expect([...urls].sort()).toEqual([
      "/frame?key=agent%3A1%2Fcam",
      "/frame?key=agent%3A2%2Fcam",
      "/frame?key=agent%3A3%2Fcam",
      "/frame?key=agent%3A4%2Fcam",
      "/frames",
    ]);
    expect(await page.locator("li.tile img").count()).toBe(8);
    expect(await page.locator("li.tile img.shown").count()).toBe(4);
  });

  it("keeps nothing of the tiles of cameras that are gone", async () => {
    const good = stage.cameras(4);
    stage.go.state.cameras = good;
    const page = await stage.open();
    const cdp = await page.context().newCDPSession(page);
    await cdp.send("Performance.enable");
    const nodes = async () => {
      await cdp.send("HeapProfiler.collectGarbage");
      const { metrics } = await cdp.send("Performance.getMetrics");
      return metrics.find(({ name }) => name === "Nodes")?.value ?? 0;
    };
    const film = stage.go.films.get("agent:1/cam") ?? { loop: [], fps: 0 };
    const counts: number[] = [];
    for (let round = 0; round < 5; round++) {
      const others = Array.from({ length: 20 }, (_, i) => {
        const key = `agent:other/c${round}-${i}`;
        stage.go.films.set(key, film);
        return { ...(good[0] as Camera), key, name: `Other ${i}` };
      });
      await stage.go.emit(page, [...good, ...others]);
      await picturesShown(page, 24);
      await stage.go.emit(page, good);
      await picturesShown(page, 4);
      counts.push(await nodes());
    }
    // A tile has about a hundred.
    expect((counts[4] as number) - (counts[1] as number)).toBeLessThan(20 * 100);
  });

  it("shows nothing of the camera that a tile had before", async () => {
    const [good, gone] = stage.cameras(2) as [Camera, Camera];
    stage.go.state.cameras = [good, gone];
    const page = await stage.open();
    await picturesShown(page, 2);
    const tiles = page.locator("li.tile");
    await tiles.nth(1).evaluate((li) => (li.id = "same"));
    const comes = { ...gone, key: "agent:other/cam", name: "Other" };
    await stage.go.emit(page, [good, comes]);
    await expect.poll(() => tile(page, "Other").getAttribute("id")).toBe("same");
    expect(await tile(page, "Other").locator("img.shown").count()).toBe(0);
    await picturesShown(page, 1);
    stage.go.films.set(comes.key, stage.go.films.get(gone.key) ?? { loop: [], fps: 0 });
    await picturesShown(page, 2);
  });

  it("loads outside of the tile, so that nothing is painted for it", async () => {
    stage.go.state.cameras = stage.cameras(2, 20);
    const page = await stage.open();
    await picturesShown(page, 2);
    const overlaps = await page.evaluate(() =>
      [...document.querySelectorAll<HTMLImageElement>("li.tile img:not(.shown)")].map((img) => {
        const tile = img.closest("li")?.getBoundingClientRect();
        return tile && img.getBoundingClientRect().top < tile.bottom;
      }),
    );
    expect(overlaps).toEqual([false, false]);
  });

  it("lays out no tile for a new picture", async () => {
    stage.go.state.cameras = stage.cameras(4, 20);
    const page = await stage.open();
    await picturesShown(page, 4);
    // The box of an element is created again for its very first picture.
    const drawn = () =>
      page
        .locator("li.tile img")
        .evaluateAll(
          (all) => all.filter((img) => (img as HTMLImageElement).naturalWidth > 0).length,
        );
    await expect.poll(drawn).toBe(8);
    const browser = page.context().browser() as Browser;
    const loads = stage.go.loads;
    await browser.startTracing(page, { categories: [LAYOUT_REASONS] });
    await expect.poll(() => stage.go.loads - loads).toBeGreaterThan(40);
    // What is laid out on purpose shows that it is noticed.
    await page
      .locator("li.tile .name")
      .first()
      .evaluate((name: HTMLElement) => {
        name.style.width = "90px";
        return name.offsetWidth; // lays out now
      });
    const trace = (await browser.stopTracing()).toString();
    const { traceEvents } = JSON.parse(trace) as { traceEvents: LayoutReason[] };
    const reasons = traceEvents
      .filter((event) => event.name === "LayoutInvalidationTracking")
      .map(({ args: { data } }) => `${data.nodeName.split(" ")[0]}: ${data.reason}`)
      .filter((reason) => /^(IMG|SPAN|BUTTON|LI):/.test(reason)); // not what a trace begins with
    expect(reasons).toEqual(["SPAN: Style changed"]);
  });

  it.each([
    ["asks for the state only while the window is hidden", true],
    ["asks nothing while a browser's tab is hidden", false],
  ])("%s, and goes on when it is back", async (_, inWindow) => {
    stage.go.state.cameras = stage.cameras(2);
    const page = await stage.open();
    if (!inWindow) await page.evaluate("delete window.runtime");
    await picturesShown(page, 2);
    await setHidden(page, true);
    await page.waitForTimeout(700); // the request under way ends
    const before = stage.go.questions.length;
    const loads = stage.go.loads;
    expect(before).toBeGreaterThan(0);
    await page.waitForTimeout(2500);
    const hidden = stage.go.questions.slice(before);
    expect(stage.go.loads).toBe(loads);
    expect(hidden.every(({ want }) => want.length === 0)).toBe(true);
    if (inWindow) expect([1, 2, 3]).toContain(hidden.length);
    else expect(hidden).toEqual([]);
    await setHidden(page, false);
    await expect.poll(() => stage.go.questions.length).toBeGreaterThan(before + 2);
  });

  it("veils old pictures in a browser's tab that is back, until there is an answer", async () => {
    stage.go.state.cameras = stage.cameras(2);
    const page = await stage.open();
    await page.evaluate("delete window.runtime");
    await picturesShown(page, 2);
    const veiled = page.locator("ul.veiled");
    expect(await veiled.count()).toBe(0);
    await setHidden(page, true);
    stage.go.broken = true;
    await expect.poll(() => stage.go.unanswered).toBe(0); // that answer would lift the veil
    await setHidden(page, false);
    await expect.poll(() => veiled.count()).toBe(1);
    expect(
      await page
        .locator(".pictures")
        .first()
        .evaluate((e) => getComputedStyle(e).filter),
    ).toBe("grayscale(1)");
    const dot = () =>
      page
        .locator(".plate.well")
        .first()
        .evaluate((e) => getComputedStyle(e, "::before").backgroundColor);
    expect(await dot()).toBe("rgba(0, 0, 0, 0)");
    stage.go.broken = false;
    await expect.poll(() => veiled.count()).toBe(0);
    expect(await dot()).toBe("rgb(63, 178, 127)");
  });

  it("keeps the good picture while broken ones come", async () => {
    stage.go.state.cameras = stage.cameras(1, 10);
    const page = await stage.open();
    await picturesShown(page, 1);
    stage.go.films.set("agent:1/cam", { loop: [Buffer.from("no picture")], fps: 10 });
    await page.waitForTimeout(300); // what was on its way arrives
    const [before, loads] = [await shown(page), stage.go.loads];
    await expect.poll(() => stage.go.loads).toBeGreaterThan(loads + 4);
    expect(await shown(page)).toBe(before);
    const picture = page.locator("li.tile img.shown");
    expect(await picture.evaluate((i: HTMLImageElement) => i.complete && i.naturalWidth)).toBe(640);
  });

  it("shows nothing of a picture before all of it is there", async () => {
    stage.go.state.cameras = stage.cameras(1, 20);
    const page = await stage.open();
    await picturesShown(page, 1);
    const empty = await page.evaluate(async () => {
      let times = 0;
      for (let frame = 0; frame < 60; frame++) {
        await new Promise((resolve) => requestAnimationFrame(resolve));
        const seen = [...document.querySelectorAll<HTMLImageElement>("li.tile img")].filter(
          (i) => getComputedStyle(i).visibility === "visible",
        );
        if (seen.length !== 1 || !seen[0]?.complete || seen[0].naturalWidth !== 640) times++;
      }
      return times;
    });
    expect(empty).toBe(0);
  });

  it("shows a camera again that was forgotten and found again, even without a new frame", async () => {
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
    const before = await shown(page); // the other one's: the broken one shows none
    await expect.poll(() => shown(page), { timeout: 1500 }).not.toBe(before);
  });

  it("never asks what is new a second time beside the first", async () => {
    stage.go.state.cameras = stage.cameras(9, 20);
    const page = await stage.open();
    // A set, not a count: what was under way before is not known here.
    const open = new Set<Request>();
    let most = 0;
    page.on("request", (r) => {
      if (r.url().endsWith("/frames")) most = Math.max(most, open.add(r).size);
    });
    page.on("requestfinished", (r) => open.delete(r));
    page.on("requestfailed", (r) => open.delete(r));
    await picturesShown(page, 9);
    await page.waitForTimeout(1000);
    expect(most).toBe(1);
  });
});
