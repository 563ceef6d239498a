import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";

import type { Camera } from "../src/backend/types";
import { setHidden, shot, useStage } from "./stage";

const stage = useStage();

interface Watched {
  /** Milliseconds of every main-thread task of more than 50 ms. */
  long: number[];
  /** Keys of the tiles whose nodes changed since the last look. */
  tiles: Set<string>;
}

/** Notes long tasks, and which tiles change. */
async function watch(page: Page): Promise<void> {
  await page.evaluate(() => {
    const seen: Watched = { long: [], tiles: new Set() };
    (window as unknown as { seen: Watched }).seen = seen;
    new PerformanceObserver((list) =>
      list.getEntries().forEach((entry) => seen.long.push(Math.round(entry.duration))),
    ).observe({ type: "longtask" });
    new MutationObserver((records) => {
      for (const { target } of records) {
        const node = target instanceof Element ? target : target.parentElement;
        const key = node?.closest("li.tile")?.getAttribute("data-key");
        if (key) seen.tiles.add(key);
      }
    }).observe(document.body, {
      subtree: true,
      childList: true,
      characterData: true,
      attributes: true,
    });
  });
}

/** Keys of the tiles that changed since the last call. */
const changed = (page: Page) =>
  page.evaluate(() => {
    const { seen } = window as unknown as { seen: Watched };
    const keys = [...seen.tiles];
    seen.tiles.clear();
    return keys;
  });

const longTasks = (page: Page) =>
  page.evaluate(() => (window as unknown as { seen: Watched }).seen.long);

/** Returns how to ask for the CPU seconds of the page's main thread, whoever else is busy. */
async function cpuClock(page: Page): Promise<() => Promise<number>> {
  const session = await page.context().newCDPSession(page);
  await session.send("Performance.enable", { timeDomain: "threadTicks" });
  return async () => {
    const { metrics } = await session.send("Performance.getMetrics");
    return metrics.find((m) => m.name === "TaskDuration")?.value ?? 0;
  };
}

function failing(cameras: Camera[], at: number): Camera[] {
  const states = ["offline", "stalled", "refused", "camera-error"] as const;
  const reasons = ["refused", "no-frames", "forbidden", "camera"] as const;
  return cameras.map((c, i) => ({
    ...c,
    state: states[i % 4] ?? "offline",
    reason: reasons[i % 4] ?? "",
    since: at,
    fps: 0,
  }));
}

describe("64 failing cameras", () => {
  it("changes only the tile of the camera that changed", async () => {
    const cameras = failing(stage.cameras(64), Date.now() - 60_000).map((c) => ({
      ...c,
      state: "offline" as const, // no words that count seconds
      reason: "refused" as const,
    }));
    stage.go.films.clear(); // pictures are changes, too
    stage.go.state.cameras = cameras;
    const page = await stage.open();
    await page.getByText("64 offline").first().waitFor();
    await watch(page);
    await stage.go.emit(page, structuredClone(cameras));
    await page.waitForTimeout(600);
    expect(await changed(page)).toEqual([]);
    await stage.go.emit(
      page,
      cameras.map((c, i) => (i === 7 ? { ...c, state: "refused", reason: "forbidden" } : c)),
    );
    await expect.poll(() => changed(page)).toEqual([cameras[7]?.key]);
  });

  it("changes no other tile when one banner begins or ends to speak for half of them", async () => {
    const since = Date.now() - 60_000;
    const cameras = stage.cameras(64);
    const down = (n: number): Camera[] =>
      cameras.map((c, i) => {
        const state = i < n ? "offline" : "refused";
        return { ...c, state, reason: i < n ? "unreachable" : "forbidden", since };
      });
    stage.go.films.clear(); // pictures are changes, too
    stage.go.state.cameras = down(31);
    const page = await stage.open({ viewport: { width: 3840, height: 2160 } });
    const banner = page.getByText(/^32 of 64 cameras went offline at/);
    const notices = page.getByText("is not answering");
    const visible = () => notices.filter({ visible: true }).count();
    await expect.poll(visible).toBe(31);
    await watch(page);
    await stage.go.emit(page, down(32));
    await banner.waitFor();
    expect([await visible(), await changed(page)]).toEqual([0, [cameras[31]?.key]]);
    await stage.go.emit(page, down(31));
    await banner.waitFor({ state: "detached" });
    expect([await visible(), await changed(page)]).toEqual([31, [cameras[31]?.key]]);
  });

  it("makes notices only on tiles that have room for them", async () => {
    stage.go.films.clear();
    stage.go.state.cameras = failing(stage.cameras(64), Date.now() - 60_000);
    const page = await stage.open();
    const notices = page.locator("li.tile .notice");
    await page.getByText("16 offline").first().waitFor();
    expect(await notices.count()).toBe(0);
    await page.locator("li.tile").first().dblclick();
    await expect.poll(() => notices.count(), { message: "alone" }).toBe(1);
    await page.keyboard.press("Escape");
    await page.setViewportSize({ width: 3840, height: 2160 });
    await expect.poll(() => notices.count(), { message: "a large screen" }).toBe(48); // a stalled one has none
    await page.locator("li.tile").first().dblclick();
    await page.locator("li.tile.solo").waitFor();
    expect(await notices.count(), "those that are hidden keep theirs").toBe(48);
  });

  it("reports its long tasks while everything fails, ten times a second", async () => {
    const cameras = stage.cameras(64);
    stage.go.films.clear();
    stage.go.state.cameras = failing(cameras, Date.now());
    const page = await stage.open();
    await page.getByText("16 offline").first().waitFor();
    await watch(page);
    const cpuSeconds = await cpuClock(page);
    const before = await cpuSeconds();
    for (let i = 0; i < 50; i++) {
      const at = Date.now();
      const shifted = [...cameras.slice(i % 4), ...cameras.slice(0, i % 4)];
      const states = new Map(failing(shifted, at - 9000).map((c) => [c.key, c]));
      const next = cameras.map((c) => ({ ...(states.get(c.key) ?? c), retryAt: at + 8000 }));
      await stage.go.emit(page, next);
      await page.waitForTimeout(100);
    }
    const perState = ((await cpuSeconds()) - before) / 50;
    const long = await longTasks(page);
    await shot(page, "failing-64");
    // Figures, not bounds: how long a task takes depends on who else is busy.
    console.info(
      `64 failing cameras, 50 states in 5 s: ${(perState * 1000).toFixed(1)} ms of CPU per state`,
      `(clock and drawing included); tasks that took over 50 ms: [${long.join(", ")}] ms`,
    );
    expect(await page.locator("li.tile").count()).toBe(64);
  });
});

describe("64 cameras of a window that is minimised", () => {
  /** How many tiles are dimmed, and how many say so. */
  const told = (page: Page) =>
    page
      .locator("li.tile")
      .evaluateAll((tiles) => [
        tiles.filter((t) => t.classList.contains("offline")).length,
        tiles.filter((t) => t.querySelector(".words")?.textContent.includes("Offline")).length,
      ]);

  it.each(["before", "while"])(
    "all say that they are offline, hidden %s they fail",
    async (when) => {
      const cameras = stage.cameras(64);
      const offline = cameras.map((c): Camera => ({ ...c, state: "offline", since: Date.now() }));
      stage.go.films.clear();
      stage.go.state.cameras = cameras;
      const page = await stage.open();
      await page.getByText("64 live").first().waitFor();
      if (when === "before") await setHidden(page, true);
      await Promise.all([stage.go.emit(page, offline), setHidden(page, true)]);
      expect(await told(page), "hidden").toEqual([64, 64]);
      await setHidden(page, false);
      expect(await told(page), "back").toEqual([64, 64]);
      await stage.go.emit(page, cameras);
      expect((await told(page))[0], "little by little again").toBeGreaterThan(0);
      await expect.poll(() => told(page)).toEqual([0, 0]);
    },
  );
});

describe("live cameras", () => {
  it("have other numbers written into the elements that are there", async () => {
    const cameras = stage.cameras(4);
    stage.go.films.clear(); // pictures are changes, too
    stage.go.state.cameras = cameras;
    const page = await stage.open();
    const rates = page.locator("li.tile .numbers.rate");
    await expect.poll(() => rates.allTextContents()).toEqual(Array(4).fill("15 fps"));
    await page.evaluate(() => {
      const made: string[] = [];
      (window as unknown as { made: string[] }).made = made;
      new MutationObserver((records) =>
        records.forEach(({ target }) => made.push(target.nodeName)),
      ).observe(document.querySelector("main") as Element, { subtree: true, childList: true });
    });
    await stage.go.emit(
      page,
      cameras.map((c) => ({ ...c, fps: 9, bytesPerSecond: 700_000 })),
    );
    await expect.poll(() => rates.allTextContents()).toEqual(Array(4).fill("9 fps"));
    expect(await page.evaluate(() => (window as unknown as { made: string[] }).made)).toEqual([]);
  });
});
