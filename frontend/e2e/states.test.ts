import { describe, expect, it } from "vitest";

import type { Camera } from "../src/backend/types";
import { everyState } from "./every-state";
import { FITS, layout } from "./layout";
import { menuOf, picturesShown, settled, shot, SIZES, tile, useStage } from "./stage";

const stage = useStage();

/** Runs in the page. */
const onDark = (e: Element) => getComputedStyle(e).backgroundColor === "rgba(8, 10, 13, 0.72)";

describe("words for every state", () => {
  it.each(SIZES)("at $width x $height", async (viewport) => {
    stage.go.state.cameras = everyState(stage);
    const page = await stage.open({ viewport });
    await picturesShown(page, 9);
    const narrow = viewport.width < 1000;
    const words: [string, RegExp][] = [
      ["Porch", /^Live/], // for screen readers
      ["Garage", narrow ? /^Offline · \d\d:\d\d/ : /^Offline since \d\d:\d\d/],
      ["Bench", narrow ? /^No picture · \d+ s$/ : /^No new picture for \d+ s$/],
      ["Garden", /Connecting…/],
      ["Hall", /Slow · 3 fps/],
      ["3D printer", /Access denied/],
      ["Nursery", /Camera problem/],
      ["Attic", /Agent too old/],
      ["Porch 2", /Paused/],
    ];
    for (const [name, expected] of words) {
      expect(await tile(page, name).locator(".status").innerText()).toMatch(expected);
    }
    expect(await page.locator(".summary").innerText()).toBe(
      "2 live · 1 connecting · 1 stalled · 1 offline · 3 with a problem · 1 paused",
    );
    await shot(page, `states-${viewport.width}`);
  });

  it("in light", async () => {
    stage.go.state.cameras = everyState(stage);
    const page = await stage.open({ colorScheme: "light" });
    await picturesShown(page, 9);
    const colour = (selector: string) =>
      page.locator(selector).evaluate((e) => getComputedStyle(e).backgroundColor);
    expect(await colour("body")).toBe("rgb(247, 248, 250)");
    // Words over pictures are on dark in both schemes.
    expect(await tile(page, "Garage").locator(".status").evaluate(onDark)).toBe(true);
    await shot(page, "states-light");
  });

  it("without any picture from before", async () => {
    stage.go.state.cameras = everyState(stage).slice(1);
    stage.go.films.clear();
    const page = await stage.open();
    await page.getByText("Access denied").waitFor();
    // A camera stands for the picture, unless words do.
    const drawn = (name: string) =>
      tile(page, name)
        .locator(".skeleton svg")
        .evaluate((e) => getComputedStyle(e).visibility);
    expect([await drawn("Hall"), await drawn("Garage")]).toEqual(["visible", "hidden"]);
    await shot(page, "states-no-pictures");
  });

  it("counts down and up while nothing else happens", async () => {
    const [a, b] = stage.cameras(2);
    const now = Date.now();
    stage.go.state.cameras = [
      { ...(a as Camera), state: "offline", since: now, retryAt: now + 20_000 },
      { ...(b as Camera), state: "stalled", lastFrameAt: now - 5000 },
    ];
    const page = await stage.open();
    const seconds = async (name: string, words: RegExp) =>
      Number(words.exec(await tile(page, name).locator(".status").innerText())?.[1]);
    const left = () => seconds("Porch", /retrying in (\d+) s/);
    const old = () => seconds("Garage", /No new picture for (\d+) s/);
    const [first, second] = [await left(), await old()];
    expect(first).toBeLessThanOrEqual(20);
    expect(second).toBeGreaterThanOrEqual(5);
    await expect.poll(left).toBeLessThan(first - 1);
    await expect.poll(old).toBeGreaterThan(second + 1);
  });

  it("greys an old picture and clears it when the camera is live again", async () => {
    const [c] = stage.cameras(1) as [Camera];
    stage.go.state.cameras = [c];
    const page = await stage.open();
    await picturesShown(page, 1);
    const filter = () =>
      page.locator("li.tile .pictures").evaluate((i) => getComputedStyle(i).filter);
    expect(await filter()).toBe("none");
    await stage.go.emit(page, [{ ...c, state: "stalled", lastFrameAt: Date.now() - 4000 }]);
    await expect.poll(filter).toBe("grayscale(1)");
    await stage.go.emit(page, [c]);
    await expect.poll(filter).toBe("none");
  });

  it("says how old the picture is of a camera that gives one now and then", async () => {
    const [c] = stage.cameras(1) as [Camera];
    stage.go.state.cameras = [{ ...c, fps: 0.1, lastFrameAt: Date.now() }];
    const page = await stage.open();
    const words = () => tile(page, "Porch").locator(".status .text").innerText();
    const look = () =>
      tile(page, "Porch")
        .locator(".status")
        .evaluate((e) => e.className);
    expect(await words()).toBe("Live");
    expect(await look()).toMatch(/\bok\b/);
    await expect.poll(words, { timeout: 6000 }).toMatch(/^Picture \d s old$/);
    expect(await look()).toMatch(/\bquiet\b/);
    await stage.go.emit(page, [{ ...c, fps: 0.1, lastFrameAt: Date.now() }]);
    await expect.poll(words).toBe("Live");
  });

  it("shows in Details what a live camera does differently than asked", async () => {
    const warning =
      "The picture comes without imx500_posenet: rpicam-vid does not have it. Install it with: sudo apt install imx500-all.";
    const all = stage.cameras(1);
    for (const c of all) c.warning = warning;
    stage.go.state.cameras = all;
    const page = await stage.open();
    await picturesShown(page, 1);
    expect(await page.getByText(warning).count()).toBe(0);
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("d");
    await page.getByRole("dialog").getByText(warning).waitFor({ timeout: 5000 });
    await shot(page, "details-warning");
  });

  it("shows the reason in a tooltip where the tile has no room for it", async () => {
    const cameras = everyState(stage);
    stage.go.state.cameras = cameras;
    const page = await stage.open({ viewport: { width: 880, height: 600 } });
    await picturesShown(page, 9);
    // The name stays what it is without a reason.
    const face = page.getByRole("button", { name: "Nursery, camera problem", exact: true });
    const described = () => face.getAttribute("title");
    expect(await described()).toBe(
      "Nursery: the camera is used by another program. Close it or restart the agent.",
    );
    const titles = () =>
      page.locator("button.face").evaluateAll((all) => all.map((e) => e.hasAttribute("title")));
    const [no, yes] = [false, true];
    expect(await titles()).toEqual([no, yes, no, no, no, yes, yes, yes, no]);
    await page.setViewportSize({ width: 1920, height: 1080 });
    await page.getByText("Nursery: the camera is used by another program.").waitFor();
    expect(await titles(), "there is room").toEqual(Array(9).fill(no));
    await page.setViewportSize({ width: 880, height: 600 });
    await expect.poll(described).not.toBeNull();
    await stage.go.emit(page, stage.cameras(9));
    await expect.poll(titles, { message: "all are well" }).toEqual(Array(9).fill(no));
  });

  it("puts the technical details into Details, where it can be copied and the camera forgotten", async () => {
    stage.go.state.cameras = everyState(stage);
    const page = await stage.open();
    const garage = tile(page, "Garage");
    expect(await garage.innerText()).toContain("Garage is not answering (192.168.1.41:8080).");
    expect(await garage.innerText()).not.toContain("no route to host");
    await garage.getByRole("button", { name: "Details", exact: true }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByText("no route to host").waitFor();
    await shot(page, "details");
    await dialog.getByRole("button", { name: "Copy the technical details" }).click();
    const copied = await page.evaluate(
      () => (window as unknown as { fakeClipboard: string }).fakeClipboard,
    );
    expect(copied).toBe("dial tcp 192.168.1.41:8080: connect: no route to host");
    await dialog.getByRole("button", { name: "Forget…" }).click();
    const asked = page.getByRole("dialog", { name: "Forget Garage?" });
    await asked.waitFor();
    expect(stage.go.calls).toEqual([]);
    await asked.getByRole("button", { name: "Forget this camera" }).click();
    await asked.waitFor({ state: "detached" });
    expect(stage.go.calls).toEqual(["forget agent:2/cam"]);
  });

  it("forgets all cameras of an agent at once, where it has several", async () => {
    const [first, ...others] = stage.cameras(4);
    stage.go.state.cameras = [
      { ...first, key: "agent:9/a", name: "Liar" } as Camera,
      ...others.map((c, i) => ({ ...c, key: i < 2 ? `agent:9/b${i}` : "agent:8/a" })),
    ];
    const page = await stage.open();
    await menuOf(page, "Liar");
    await page.getByRole("menuitem", { name: "Details" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Forget…" }).click();
    await page.getByRole("button", { name: "Forget all 3 cameras of this agent" }).click();
    await page.getByRole("dialog").waitFor({ state: "detached" });
    expect(stage.go.calls).toEqual(["forgetAgent agent:9/a"]);
  });

  it("says once that many cameras failed together, and neither covers nor moves a tile", async () => {
    const cameras = stage.cameras(12);
    stage.go.state.cameras = cameras;
    const page = await stage.open();
    await picturesShown(page, 12);
    const resize = async (width: number) => {
      await page.setViewportSize({ width, height: 800 });
      await settled(page);
      return layout(page);
    };
    const wide = async () => [await resize(1000), await resize(1280), await resize(1920)];
    const before = await wide();
    const since = Date.now() - 3000;
    const failed = (c: Camera): Camera => ({
      ...c,
      state: "offline",
      since,
      retryAt: since + 12_000,
      reason: "unreachable",
    });
    await stage.go.emit(
      page,
      cameras.map((c, i) => (i % 4 ? failed(c) : c)),
    );
    const banner = page.locator(".banner");
    await expect
      .poll(() => banner.allInnerTexts())
      .toEqual([
        expect.stringMatching(
          /^9 of 12 cameras went offline at \d\d:\d\d\. A switch or access point may be off\./,
        ),
      ]);
    expect(await page.getByText("is not answering").filter({ visible: true }).count()).toBe(0);
    const during = await wide();
    for (const layout of during) expect(layout).toMatchObject(FITS);
    expect(during.map((l) => l.tiles)).toEqual(before.map((l) => l.tiles));
    await shot(page, "outage");
    await page.getByRole("button", { name: "Retry all" }).click();
    await expect.poll(() => stage.go.calls).toEqual(["retry"]);
    for (const width of [1000, 999, 480, 320]) {
      expect(await resize(width), `${width} wide`).toMatchObject(FITS);
      await shot(page, `outage-${width}`);
    }
    await page.setViewportSize({ width: 1920, height: 1080 });
    await stage.go.emit(page, cameras.map(failed));
    await page.getByText(/^All 12 cameras .* This computer or the router may have lost/).waitFor();
    await shot(page, "outage-all");
    await stage.go.emit(page, cameras);
    await banner.waitFor({ state: "detached" });
    expect(await wide(), "as before").toEqual(before);
  });

  it("says that the person is away, in place of a wall of red", async () => {
    const cameras = stage.cameras(4);
    stage.go.state.cameras = cameras;
    const page = await stage.open();
    await picturesShown(page, 4);
    const offline = cameras.map((c): Camera => ({
      ...c,
      state: "offline",
      since: Date.now() - 3000,
      reason: "unreachable",
    }));
    const red = () =>
      page.evaluate(
        () =>
          [...document.querySelectorAll("li.tile .status svg")].filter(
            (icon) => getComputedStyle(icon).color === "rgb(229, 100, 92)",
          ).length,
      );
    const discovery = { running: true, interfaces: ["wlan0 10.1.2.3/16"], problem: "" };
    await stage.go.emit(page, offline, { discovery });
    await expect.poll(red).toBe(4);
    await stage.go.emit(page, offline, { discovery, away: ["192.168.1.0/24"] });
    await page.getByText("You seem to be away from your cameras.").waitFor();
    await expect.poll(red).toBe(0);
    expect(await page.locator(".banner").count()).toBe(1);
    expect(await page.locator(".notice").filter({ visible: true }).count()).toBe(0);
    await shot(page, "away");
    await page.getByRole("button", { name: "Retry all" }).click();
    expect(stage.go.calls).toEqual(["retry"]);
    await stage.go.emit(page, cameras);
    await page.getByText("You seem to be away").waitFor({ state: "detached" });
  });

  it("says of one that failed alone what is wrong, beside the banner for many", async () => {
    const now = Date.now();
    const since = (i: number) => now - (i === 7 ? 86_400_000 : 3000);
    stage.go.state.cameras = stage
      .cameras(12)
      .map((c, i) => (i < 8 ? { ...c, state: "offline", since: since(i) } : c));
    const page = await stage.open();
    await page.getByText(/^7 of 12 cameras went offline at/).waitFor();
    const notices = page.locator("li.tile .notice .what").filter({ visible: true });
    expect(await notices.allInnerTexts()).toEqual(["Attic is not answering (192.168.1.47:8080)."]);
    await shot(page, "outage-and-one-alone");
  });

  it("shows what the app has to say about itself", async () => {
    stage.go.state.cameras = stage.cameras(2);
    stage.go.state.notice = "The list of cameras was damaged. PiGrid starts with an empty one.";
    const page = await stage.open({ colorScheme: "light" });
    await picturesShown(page, 2);
    await page
      .getByText("The list of cameras was damaged. PiGrid starts with an empty one.")
      .waitFor();
    await shot(page, "notice-light");
  });

  it("has room for two banners, and for long ones", async () => {
    const since = Date.now() - 3000;
    const offline = { state: "offline", since, retryAt: 1, reason: "unreachable" } as const;
    stage.go.state.cameras = stage.cameras(9).map((c) => ({ ...c, ...offline }));
    stage.go.state.crowded = true;
    stage.go.state.away = ["192.168.100.0/24", "192.168.101.0/24", "192.168.102.0/24"];
    const page = await stage.open();
    await expect.poll(() => page.locator(".banner").count()).toBe(2);
    for (const width of [1920, 1000, 480]) {
      await page.setViewportSize({ width, height: 800 });
      await settled(page);
      expect(await layout(page), `${width} wide`).toMatchObject(FITS);
      await shot(page, `banners-${width}`);
    }
  });

  it.each([
    [480, 320],
    [320, 480],
  ])("fits the smallest window, %i x %i", async (width, height) => {
    stage.go.state.cameras = everyState(stage);
    const page = await stage.open({ viewport: { width: 1280, height: 800 } });
    await picturesShown(page, 9);
    await page.setViewportSize({ width, height });
    await settled(page);
    expect(await layout(page)).toMatchObject(FITS);
    await shot(page, `smallest-${width}`);
    await page.keyboard.press("2");
    await page.locator("li.tile.solo").waitFor();
    await settled(page);
    expect(await layout(page), "alone").toMatchObject(FITS);
    await shot(page, `smallest-solo-${width}`);
    const dialog = page.getByRole("dialog");
    const inside = async () => {
      await dialog.waitFor();
      await settled(page);
      const box = await dialog.boundingBox();
      return (
        box &&
        box.x >= 0 &&
        box.y >= 0 &&
        box.x + box.width <= width &&
        box.y + box.height <= height
      );
    };
    for (const [key, what] of [
      ["d", "details"],
      ["?", "keys"],
      ["Control+n", "add"],
    ] as const) {
      await page.keyboard.press(key);
      expect(await inside(), what).toBe(true);
      const wide = () => dialog.evaluate((e) => e.scrollWidth > e.clientWidth);
      expect(await wide(), `${what} scrolls sideways`).toBe(false);
      await shot(page, `smallest-${what}-${width}`);
      await page.keyboard.press("Escape");
      await dialog.waitFor({ state: "detached" });
    }
  });

  it("tells above the grid how much all cameras send together", async () => {
    const cameras = stage.cameras(4);
    Object.assign(stage.go.state, { cameras, bytesPerSecond: 2_000_000 });
    const page = await stage.open();
    const traffic = page.locator("header").getByTitle("Data received from all cameras");
    await expect.poll(() => traffic.allInnerTexts()).toEqual(["16 Mb/s"]);
    // What the Go side counted, not a sum of the page's.
    await stage.go.emit(page, cameras, { bytesPerSecond: 1_050_000 });
    await expect.poll(() => traffic.allInnerTexts()).toEqual(["8.4 Mb/s"]);
    await page.keyboard.press("1");
    await expect.poll(() => traffic.count(), { message: "of one alone" }).toBe(0);
    await page.keyboard.press("Escape");
    await traffic.waitFor();
    await stage.go.emit(page, cameras, { bytesPerSecond: 0 });
    await expect.poll(() => traffic.count(), { message: "nothing comes" }).toBe(0);
  });

  it("tells screen readers about changes", async () => {
    const cameras = stage.cameras(2);
    stage.go.state.cameras = cameras;
    const page = await stage.open();
    const live = page.locator("[aria-live=polite].visually-hidden");
    await expect.poll(() => live.innerText()).toContain("Porch: Live.");
    const [first, second] = cameras as [Camera, Camera];
    await stage.go.emit(page, [first, { ...second, state: "offline", since: Date.now() }]);
    await expect.poll(() => live.innerText()).toMatch(/^Garage: Offline since \d\d:\d\d\.$/);
  });

  it("says when pictures do not arrive from the app, and stops saying it", async () => {
    stage.go.state.cameras = stage.cameras(4);
    const page = await stage.open();
    await picturesShown(page, 4);
    stage.go.broken = true;
    const words = page.getByText("The window receives no new pictures at the moment");
    await words.waitFor();
    await shot(page, "starved");
    stage.go.broken = false;
    await words.waitFor({ state: "detached" });
  });
});
