import type { Locator, Page } from "playwright-core";
import { describe, expect, it } from "vitest";

import type { Camera } from "../src/backend/types";
import { violations } from "./axe";
import { menuOf, picturesShown, settled, shot, tile, useStage } from "./stage";

const stage = useStage();

const ENTRIES = [
  "Show alone",
  "Snapshot",
  "Save last 30 s",
  "Freeze",
  "Show numbers",
  "Rename…",
  "Rotate",
  "Flip",
  "Fill tile",
  "Notify when it goes",
  "Hide",
  "Open in browser",
  "Copy address",
  "History",
  "Details",
  "Retry",
  "Forget…",
] as const;

/** Opens the menu of Garage and goes to an entry, with keys alone. */
async function chooseByKey(page: Page, entry: string): Promise<void> {
  if (entry === "Retry") {
    const cameras = stage.go.state.cameras.map((c, i) =>
      i === 1 ? { ...c, state: "offline" as const, since: Date.now() } : c,
    );
    await stage.go.emit(page, cameras);
  }
  await page.keyboard.press("Shift+F10");
  const item = menuOfGarage(page).getByRole("menuitem", { name: entry });
  await item.waitFor();
  for (let i = 0; i < ENTRIES.length; i++) {
    if (await item.evaluate((e) => e === document.activeElement)) break;
    await page.keyboard.press("ArrowDown");
  }
  await page.keyboard.press("Enter");
}

/** Waits for a dialog, and closes it with a key. */
const dialog = (name: string) => async (page: Page) => {
  await page.getByRole("dialog", { name }).waitFor();
  await page.keyboard.press("Escape");
};
/** Waits for a command, and what it was about. */
const asked = (command: string, call: object) => () =>
  expect
    .poll(() => stage.go.asked.at(-1))
    .toMatchObject({ command, call: { key: "agent:2/cam", ...call } });
const called = (call: string) => () => expect.poll(() => stage.go.calls).toContain(call);
/** Waits for what is seen, and until the entry that undoes it has done so. */
const undone = (selector: string, undo: string) => async (page: Page) => {
  const seen = page.locator(selector);
  await seen.waitFor();
  await chooseByKey(page, undo);
  await seen.waitFor({ state: "detached" });
};

/** What each entry does, seen from outside. */
const EFFECTS: Record<(typeof ENTRIES)[number], (page: Page) => Promise<unknown>> = {
  "Show alone": undone("li.tile.solo", "Show all cameras"),
  Snapshot: asked("snapshot", {}),
  "Save last 30 s": asked("clip", {}),
  Freeze: undone("li.tile.paused", "Resume"),
  "Show numbers": undone(".overlay", "Hide numbers"),
  "Rename…": async (page) => {
    const field = page.getByRole("dialog", { name: "Garage" }).getByRole("textbox");
    await expect.poll(() => field.evaluate((e) => e === document.activeElement)).toBe(true);
    await page.keyboard.press("Escape");
  },
  Rotate: asked("mount", { rotation: 90, mirror: false }),
  Flip: asked("mount", { rotation: 0, mirror: true }),
  "Fill tile": async (page) => {
    const fills = () => stage.go.state.cameras[1]?.fill;
    await expect.poll(fills).toBe(true);
    await chooseByKey(page, "Fit into tile");
    await expect.poll(fills).toBe(false);
  },
  "Notify when it goes": asked("notify", { on: true }),
  Hide: async (page) => {
    await expect.poll(() => page.locator("li.tile").count()).toBe(3);
    stage.go.change({ cameras: stage.go.state.cameras.map((c) => ({ ...c, hidden: false })) });
    await expect.poll(() => page.locator("li.tile").count()).toBe(4);
    await page.keyboard.press("2");
    await page.keyboard.press("Escape");
    await expect.poll(() => page.locator("li.tile.solo").count()).toBe(0);
  },
  "Open in browser": (page) =>
    expect
      .poll(() => page.evaluate(() => (window as unknown as { fakeOpened: string }).fakeOpened))
      .toBe("http://192.168.1.41:8080/"),
  "Copy address": async (page) => {
    await page.getByRole("menuitem", { name: "VLC" }).waitFor();
    await page.keyboard.press("Enter");
    await expect.poll(() => copied(page)).toContain("192.168.1.41:8080");
  },
  History: dialog("History"),
  Details: dialog("Garage"),
  Retry: called("retry agent:2/cam"),
  "Forget…": dialog("Forget Garage?"),
};

async function open(differences: Partial<Camera> = {}, options = {}): Promise<Page> {
  const [porch, garage, ...others] = stage.cameras(4);
  stage.go.state.cameras = [porch, { ...garage, ...differences }, ...others] as Camera[];
  const page = await stage.open(options);
  await picturesShown(page, 4);
  return page;
}

/** The entries without their keys. */
async function entries(menu: Locator): Promise<string[]> {
  const all = await menu.getByRole("menuitem").all();
  return Promise.all(
    all.map((e) => e.evaluate((item) => item.firstChild?.textContent?.trim() ?? "")),
  );
}

const menuOfGarage = (page: Page) => page.getByRole("menu", { name: "Menu of Garage" });
const copied = (page: Page) =>
  page.evaluate(() => (window as unknown as { fakeClipboard: string }).fakeClipboard);

/** A finger that stays, as a screen reports it. */
async function longPress(page: Page, target: Locator): Promise<void> {
  const box = await target.boundingBox();
  if (!box) throw new Error("it is not there");
  const point = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  const client = await page.context().newCDPSession(page);
  await client.send("Input.dispatchTouchEvent", { type: "touchStart", touchPoints: [point] });
  await page.getByRole("menu").first().waitFor();
  await client.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
}

describe("the menu of a camera", () => {
  it("is the same by right button, more button and keys", async () => {
    const page = await open();
    const garage = tile(page, "Garage").locator("[data-tile]");
    const gone = async () => {
      await page.keyboard.press("Escape");
      await menuOfGarage(page).waitFor({ state: "detached" });
      await expect.poll(() => garage.evaluate((e) => e === document.activeElement)).toBe(true);
    };
    const opens: Record<string, () => Promise<unknown>> = {
      right: () => garage.click({ button: "right" }),
      more: async () => {
        await garage.hover();
        await page.getByRole("button", { name: "Menu: Garage" }).click();
      },
      keys: () => page.keyboard.press("Shift+F10"),
      menuKey: () => page.keyboard.press("ContextMenu"),
    };
    for (const [way, opened] of Object.entries(opens)) {
      await opened();
      await menuOfGarage(page).waitFor();
      expect(await entries(menuOfGarage(page)), way).toEqual(ENTRIES);
      await gone();
    }
    expect(await page.locator("li.tile.solo").count()).toBe(0);
    expect(stage.complaints).toEqual([]);
  });

  it("opens under a finger that stays, and is not pressed by it", async () => {
    const page = await open({}, { hasTouch: true, viewport: { width: 390, height: 844 } });
    await longPress(page, tile(page, "Garage"));
    expect(await entries(menuOfGarage(page))).toEqual(ENTRIES);
    await page.waitForTimeout(300);
    await menuOfGarage(page).waitFor();
    await shot(page, "menu-touch");
    const box = await menuOfGarage(page).boundingBox();
    const { scrollHeight, clientHeight } = await menuOfGarage(page).evaluate((e) => ({
      scrollHeight: e.scrollHeight,
      clientHeight: e.clientHeight,
    }));
    expect(scrollHeight, "all of it is seen").toBe(clientHeight);
    expect(box && [box.x >= 0, box.x + box.width <= 390]).toEqual([true, true]);
    await menuOfGarage(page).getByRole("menuitem", { name: "Details" }).tap();
    await page.getByRole("dialog", { name: "Garage" }).waitFor();
    expect(stage.complaints).toEqual([]);
  });

  it("shows the choices of an entry whole where there is no room beside it", async () => {
    const page = await open({}, { hasTouch: true, viewport: { width: 390, height: 844 } });
    await longPress(page, tile(page, "Garage"));
    await menuOfGarage(page).getByRole("menuitem", { name: "Copy address" }).tap();
    const choice = page.getByRole("menuitem", { name: "VLC" });
    await choice.waitFor();
    await settled(page);
    await shot(page, "menu-touch-copy");
    const box = await choice.boundingBox();
    expect(box && [box.x >= 0, box.x + box.width <= 390]).toEqual([true, true]);
    await choice.tap();
    await page.getByText("Copied").waitFor();
  });

  it.each([
    [1, 1],
    [1915, 1075],
  ])(
    "is whole where it opens, and the press that opens it chooses nothing: %i, %i",
    async (x, y) => {
      stage.go.state.cameras = stage.cameras(1);
      const page = await stage.open();
      await picturesShown(page, 1);
      const box = await page.locator("li.tile").boundingBox();
      if (!box) throw new Error("no tile");
      const inside = (at: number, from: number, size: number) =>
        Math.max(from + 2, Math.min(at, from + size - 2));
      await page.mouse.move(inside(x, box.x, box.width), inside(y, box.y, box.height));
      await page.mouse.down({ button: "right" });
      await page.getByRole("menu").waitFor();
      await page.waitForTimeout(50);
      await page.mouse.up({ button: "right" });
      await page.waitForTimeout(100);
      const menu = await page.getByRole("menu").boundingBox();
      expect(menu && [menu.x >= 0, menu.y >= 0]).toEqual([true, true]);
      expect(menu && [menu.x + menu.width <= 1920, menu.y + menu.height <= 1080]).toEqual([
        true,
        true,
      ]);
    },
  );

  it("does by keyboard alone what each entry says", { timeout: 120_000 }, async () => {
    const page = await open();
    await page.keyboard.press("ArrowRight");
    for (const entry of ENTRIES) {
      await chooseByKey(page, entry);
      await EFFECTS[entry](page);
      await page.getByRole("dialog").waitFor({ state: "detached" });
      await page.getByRole("menu").first().waitFor({ state: "detached" });
    }
    expect(stage.complaints).toEqual([]);
  });

  it("forgets a camera when asked twice", async () => {
    const page = await open();
    await (await menuOf(page, "Garage")).getByRole("menuitem", { name: "Forget…" }).click();
    const dialog = page.getByRole("dialog", { name: "Forget Garage?" });
    await dialog.waitFor();
    await shot(page, "forget");
    await page.keyboard.press("Enter"); // presses nothing
    await dialog.getByRole("button", { name: "Cancel" }).click();
    await dialog.waitFor({ state: "detached" });
    expect(stage.go.calls).toEqual([]);
    await (await menuOf(page, "Garage")).getByRole("menuitem", { name: "Forget…" }).click();
    await dialog.getByRole("button", { name: "Forget this camera" }).click();
    await dialog.waitFor({ state: "detached" });
    expect(stage.go.calls).toEqual(["forget agent:2/cam"]);
  });

  it("copies the address for each program, by mouse and by keyboard", async () => {
    const page = await open();
    await (await menuOf(page, "Garage")).getByRole("menuitem", { name: "Copy address" }).hover();
    const vlc = page.getByRole("menuitem", { name: "VLC" });
    await vlc.waitFor();
    await shot(page, "menu-copy");
    await vlc.click();
    const stream = "http://192.168.1.41:8080/cameras/cam/video";
    await expect.poll(() => copied(page)).toBe(stream);
    await page.getByText("Copied. In VLC: Media > Open Network Stream.").waitFor();
    await page.keyboard.press("Shift+F10");
    await page.keyboard.press("c");
    await page.keyboard.press("ArrowRight");
    await expect
      .poll(() => page.evaluate(() => document.activeElement?.textContent?.trim()))
      .toBe("VLC");
    await page.keyboard.press("End");
    await page.keyboard.press("Enter");
    await expect.poll(() => copied(page)).toBe(`cv2.VideoCapture("${stream}")`);
    await page.getByRole("menu").first().waitFor({ state: "detached" });
  });

  it("says who sees what it changes, and where a password goes", async () => {
    const page = await open({ access: "locked", household: "h1" });
    const menu = await menuOf(page, "Garage");
    await menu.getByText("For everyone who watches").waitFor();
    await menu.getByText("On this computer only").waitFor();
    await menu.getByRole("menuitem", { name: "Copy address" }).hover();
    await page.getByRole("menuitem", { name: "ffmpeg" }).click();
    await page.getByText("Put a view password in place of VIEW-PASSWORD").waitFor();
    expect(await copied(page)).toContain("pigrid:VIEW-PASSWORD@192.168.1.41");
    await (await menuOf(page, "Porch")).getByText("On this computer only").waitFor();
    expect(await page.getByText("For everyone who watches").count()).toBe(0);
  });

  it("goes when its camera goes", async () => {
    const page = await open();
    await menuOf(page, "Garage");
    const rest = stage.go.state.cameras.filter(({ name }) => name !== "Garage");
    await stage.go.emit(page, rest);
    await menuOfGarage(page).waitFor({ state: "detached" });
  });

  it("costs no tile anything while it is closed", async () => {
    const page = await open();
    expect(await page.locator("[role=menu], main [data-dropdown-menu-trigger]").count()).toBe(0);
    await menuOf(page, "Porch");
    expect(await page.locator("[role=menu]").count()).toBe(1);
    expect(
      await page.locator("li.tile [role=menu], li.tile [data-dropdown-menu-trigger]").count(),
    ).toBe(0);
  });

  it.each(["dark", "light"] as const)("has nothing that hinders people, in %s", async (scheme) => {
    const page = await open({ state: "offline" }, { colorScheme: scheme });
    const menu = await menuOf(page, "Porch");
    expect(await violations(page)).toEqual([]);
    await menu.getByRole("menuitem", { name: "Copy address" }).hover();
    await page.getByRole("menuitem", { name: "VLC" }).waitFor();
    expect(await violations(page)).toEqual([]);
    await shot(page, `menu-${scheme}`);
    await page.keyboard.press("Escape");
    await page.keyboard.press("Escape");
    await (await menuOf(page, "Garage")).getByRole("menuitem", { name: "Forget…" }).click();
    await page.getByRole("dialog").waitFor();
    expect(await violations(page)).toEqual([]);
  });
});
