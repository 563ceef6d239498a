import type { Locator, Page } from "playwright-core";
import { describe, expect, it } from "vitest";

import { violations } from "./axe";
import { FITS, layout } from "./layout";
import { picturesShown, shot, tile, useStage } from "./stage";

const stage = useStage();

/** The names of the visible tiles as they stand, row by row. */
const order = (page: Page): Promise<string[]> =>
  page.locator("li.tile:not(.hidden)").evaluateAll((tiles) =>
    tiles
      .map((tile) => {
        const { left, top } = tile.getBoundingClientRect();
        return { left, top, name: tile.querySelector(".name")?.textContent ?? "" };
      })
      .sort((a, b) => a.top - b.top || a.left - b.left)
      .map(({ name }) => name),
  );

const button = (page: Page) => page.getByRole("button", { name: /^View: / });
const dialog = (page: Page) => page.getByRole("dialog");
const focused = (page: Page) =>
  page.evaluate(() => document.activeElement?.getAttribute("aria-label") ?? "");
const choose = async (page: Page, entry: string) => {
  await button(page).click();
  await page.getByRole("menu", { name: "Views" }).waitFor();
  await page
    .getByRole(/…|size|large/.test(entry) ? "menuitem" : "menuitemradio", { name: entry })
    .click();
};

/** How wide the narrowest button of the header is: a finger needs 24 pixels. */
const narrowest = (page: Page) =>
  page
    .locator("header button")
    .evaluateAll((all) =>
      Math.min(...all.map((e) => e.getBoundingClientRect().width).filter((width) => width > 0)),
    );

const DOOR = { name: "Front door", cameras: ["agent:4/cam", "agent:1/cam"], layout: "" };
const HALL = { name: "Hall", cameras: ["agent:5/cam", "agent:2/cam"], layout: "focus" };

async function open(options = {}, count = 6): Promise<Page> {
  stage.go.state.cameras = stage.cameras(count);
  const page = await stage.open({ viewport: { width: 1280, height: 720 }, ...options });
  // Keys pressed before the page knows the views do nothing.
  await page.locator("li.tile").first().waitFor({ state: "attached" });
  return page;
}

describe("views", () => {
  it("are saved, changed and deleted with the mouse", async () => {
    const page = await open();
    await picturesShown(page, 6);
    const all = await order(page);
    await choose(page, "Save this view…");
    await dialog(page).getByRole("textbox", { name: "Name" }).fill("Front door");
    for (const name of [all[1] ?? "", all[4] ?? ""]) {
      await dialog(page).getByRole("checkbox", { name }).uncheck();
    }
    await dialog(page).getByText("4 of 6 cameras").waitFor();
    await dialog(page).getByRole("button", { name: "Save" }).click();
    const four = all.filter((_, i) => i !== 1 && i !== 4);
    await expect.poll(() => order(page)).toEqual(four);
    await page.getByRole("button", { name: "View: Front door" }).waitFor();
    await page.getByText("4 live").waitFor();

    const [first = "", second = ""] = four;
    await tile(page, second).locator("[data-tile]").click();
    await page.keyboard.press("Alt+ArrowLeft");
    const moved = [second, first, ...four.slice(2)];
    await expect.poll(() => order(page)).toEqual(moved);
    await choose(page, "All cameras");
    await expect.poll(() => order(page)).toEqual(all);
    await choose(page, "Front door");
    await expect.poll(() => order(page)).toEqual(moved);

    await choose(page, "Change this view…");
    await dialog(page).getByRole("textbox", { name: "Name" }).fill("Gate");
    await dialog(page)
      .getByRole("checkbox", { name: all[1] ?? "" })
      .check();
    await dialog(page).getByRole("button", { name: "Save" }).click();
    await page.getByRole("button", { name: "View: Gate" }).waitFor();
    await expect.poll(() => order(page)).toEqual([...moved, all[1]]);

    await choose(page, "Change this view…");
    await dialog(page).getByRole("button", { name: "Delete this view" }).click();
    await page.getByRole("dialog", { name: "Delete Gate?" }).waitFor();
    await dialog(page).getByRole("button", { name: "Delete this view" }).click();
    await expect.poll(() => order(page)).toEqual(all);
    await page.getByRole("button", { name: "View: All cameras" }).waitFor();
    expect(stage.go.state.views).toEqual([]);
    expect(stage.complaints).toEqual([]);
  });

  it("are made and shown with the keyboard alone", async () => {
    const page = await open();
    await picturesShown(page, 6);
    const all = await order(page);
    while (!(await focused(page)).startsWith("View: ")) await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.getByRole("menu", { name: "Views" }).waitFor();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await dialog(page).waitFor();
    await page.keyboard.type("Keys");
    const choice = () =>
      page.evaluate(() => (document.activeElement as HTMLInputElement | null)?.type ?? "");
    while ((await choice()) !== "checkbox") await page.keyboard.press("Tab");
    await page.keyboard.press("Space");
    await page.keyboard.press("Enter");
    await expect.poll(() => order(page)).toEqual(all.slice(1));
    await expect.poll(() => focused(page)).toMatch(/, live/);
    await page.keyboard.press("Control+1");
    await expect.poll(() => order(page)).toEqual(all);
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Show all cameras", exact: true }).waitFor();
    await page.keyboard.press("Control+2");
    await expect.poll(() => order(page)).toEqual(all.slice(1));
    await page.keyboard.press("Control+3");
    expect(await order(page)).toEqual(all.slice(1));
    // Its menu gives the keyboard back.
    await button(page).focus();
    await page.keyboard.press("ArrowDown");
    await page.getByRole("menu", { name: "Views" }).waitFor();
    await page.keyboard.press("Escape");
    await expect.poll(() => focused(page)).toBe("View: Keys");
    await page.keyboard.press("?");
    await dialog(page).getByText("Show all cameras (1), or one of your views").waitFor();
    expect(stage.complaints).toEqual([]);
  });

  it("are chosen with a finger on a phone", async () => {
    stage.go.state.views = [DOOR, HALL];
    const page = await open({ viewport: { width: 390, height: 844 }, hasTouch: true });
    await picturesShown(page, 6);
    await button(page).tap();
    await page.getByRole("menuitemradio", { name: "Front door" }).tap();
    await expect.poll(() => order(page)).toEqual(["Garden", "Porch"]);
    await button(page).tap();
    await page.getByRole("menuitem", { name: "Change this view…" }).tap();
    await dialog(page).getByRole("checkbox", { name: "Porch" }).tap();
    await dialog(page).getByRole("button", { name: "Save" }).tap();
    await expect.poll(() => order(page)).toEqual(["Garden"]);
  });

  it.each(["mouse", "finger"] as const)(
    "have the entries for all cameras in their menu, for a %s, with their keys",
    async (by) => {
      stage.go.settings = (_, { numbers = "" }) => {
        stage.go.change({ appearance: { scheme: "system", labels: "always", numbers } });
        return {};
      };
      const page = await open({ hasTouch: by === "finger" });
      await picturesShown(page, 6);
      const press = async (entry: string) => {
        const press = (what: Locator) => (by === "finger" ? what.tap() : what.click());
        await press(button(page));
        await press(page.getByRole("menuitem", { name: entry }));
        await page.getByRole("menu").waitFor({ state: "detached" });
      };
      await press("Snapshot of all Shift+S");
      await expect.poll(() => stage.go.asked.at(-1)).toMatchObject({ command: "snapshot" });
      expect(stage.go.asked.at(-1)?.call.key).toBe("");
      await press("Retry all Shift+R");
      await expect.poll(() => stage.go.calls).toContain("retry");
      const overlays = page.locator("li.tile:not(.hidden) .overlay");
      await press("Show all numbers Shift+I");
      await expect.poll(() => overlays.count()).toBe(6);
      await press("Hide all numbers Shift+I");
      await expect.poll(() => overlays.count()).toBe(0);
    },
  );

  it("are the same after the page has been loaded again", async () => {
    stage.go.state.views = [DOOR, HALL];
    const page = await open();
    await page.keyboard.press("Control+3");
    await page.getByRole("button", { name: "View: Hall" }).waitFor();
    await expect.poll(() => stage.go.state.view).toBe("Hall");
    await page.reload();
    await picturesShown(page, 2);
    await page.getByRole("button", { name: "View: Hall" }).waitFor();
    expect(await page.evaluate(() => localStorage.length)).toBe(0);
  });

  it("keep the places of cameras that are offline, away or hidden", async () => {
    const keys = [6, 99, 2, 3, 1].map((n) => `agent:${n}/cam`);
    stage.go.state.views = [{ name: "Mixed", cameras: keys, layout: "" }];
    stage.go.state.view = "Mixed";
    const page = await open();
    const cameras = stage.go.state.cameras.map((c) => ({ ...c }));
    const names = [6, 2, 3, 1].map((n) => cameras[n - 1]?.name ?? "");
    await expect.poll(() => order(page)).toEqual(names);
    Object.assign(cameras[1] ?? {}, { state: "offline", since: Date.now(), retryAt: 1 });
    Object.assign(cameras[2] ?? {}, { hidden: true });
    const { views, view } = stage.go.state;
    await stage.go.emit(page, cameras, { views, view });
    const left = names.filter((_, i) => i !== 2);
    await expect.poll(() => order(page)).toEqual(left);
    await choose(page, "Change this view…");
    const hidden = dialog(page).getByRole("checkbox", { name: `${names[2]} hidden` });
    expect(await hidden.isChecked()).toBe(true);
    await dialog(page).getByRole("textbox", { name: "Name" }).fill("Other");
    await dialog(page).getByRole("button", { name: "Save" }).click();
    await page.getByRole("button", { name: "View: Other" }).waitFor();
    expect(stage.go.state.views[0]?.cameras).toEqual(keys);
    expect(await order(page)).toEqual(left);
    const there = cameras.map((c) => ({ ...c, hidden: false }));
    await stage.go.emit(page, there, { views: stage.go.state.views, view: "Other" });
    await expect.poll(() => order(page)).toEqual(names);
  });

  it("say why they cannot be saved, or show nothing", async () => {
    stage.go.state.views = [DOOR, { name: "Old", cameras: ["agent:99/cam"], layout: "" }];
    const page = await open();
    await picturesShown(page, 6);
    await choose(page, "Save this view…");
    const save = dialog(page).getByRole("button", { name: "Save" });
    expect(await save.isDisabled()).toBe(true);
    await dialog(page).getByRole("textbox", { name: "Name" }).fill("front DOOR");
    await dialog(page).getByText("There is a view called Front door already.").waitFor();
    await page.keyboard.press("Enter");
    expect(stage.go.state.views).toHaveLength(2);
    await dialog(page).getByRole("textbox", { name: "Name" }).fill("Yard");
    await dialog(page).getByRole("button", { name: "None" }).click();
    expect(await save.isDisabled()).toBe(true);
    await page.keyboard.press("Escape");
    await choose(page, "Old");
    await page.getByText("There is no camera to show in Old.").waitFor();
    await shot(page, "view-nothing");
    await page.locator("main").getByRole("button", { name: "All cameras" }).click();
    await picturesShown(page, 6);
  });

  it("are switched where nobody sits", async () => {
    stage.go.state.kiosk = true;
    stage.go.state.views = [DOOR, HALL];
    stage.go.state.view = "Front door";
    const page = await open();
    await expect.poll(() => order(page)).toEqual(["Garden", "Porch"]);
    await page.keyboard.press("Control+1");
    await picturesShown(page, 6);
  });
});

describe("the header with views", () => {
  it.each([
    [1280, 64],
    [1000, 64],
    [999, 12],
    [720, 12],
    [519, 12],
    [399, 64],
    [320, 64],
    [320, 4],
  ])("has room at %i pixels for %i cameras", async (width, count) => {
    stage.go.state.views = [
      DOOR,
      { name: "Everything behind the house and the barn", cameras: [], layout: "" },
    ];
    const page = await open({ viewport: { width, height: 568 } }, count);
    await button(page).waitFor();
    await expect.poll(() => page.locator("li.tile.present:not(.hidden)").count()).not.toBe(0);
    const { crowded, buttons } = await layout(page);
    expect({ crowded, buttons }).toEqual({ crowded: [], buttons: FITS.buttons });
    expect(await narrowest(page)).toBeGreaterThanOrEqual(24);
    expect(buttons).toContain("View: All cameras");
    const { cameras } = stage.go.state;
    const long = cameras.map((c) => c.key);
    await stage.go.emit(page, cameras, {
      views: [{ name: "Everything behind the house and the barn", cameras: long, layout: "" }],
      view: "Everything behind the house and the barn",
      bytesPerSecond: 4_000_000,
    });
    await page.getByRole("button", { name: /^View: Everything/ }).waitFor();
    const now = await layout(page);
    expect({ crowded: now.crowded, buttons: now.buttons }).toEqual({
      crowded: [],
      buttons: FITS.buttons,
    });
    expect(await narrowest(page)).toBeGreaterThanOrEqual(24);
    await shot(page, `views-header-${width}-${count}`);
  });
});

describe.each(["dark", "light"] as const)("axe finds nothing serious in %s", (colorScheme) => {
  it.each([
    [1280, 720],
    [390, 844],
  ])("at %i x %i", async (width, height) => {
    stage.go.state.views = [DOOR, HALL];
    stage.go.state.view = "Front door";
    const page = await open({ viewport: { width, height }, colorScheme }, 12);
    await picturesShown(page, 2);
    const name = (what: string) => `views-${what}-${width}-${colorScheme}`;
    await button(page).click();
    await page.getByRole("menu", { name: "Views" }).waitFor();
    await page.keyboard.press("ArrowDown");
    expect(await violations(page), "menu").toEqual([]);
    await shot(page, name("menu"));
    await page.keyboard.press("Escape");
    await choose(page, "Change this view…");
    await dialog(page).waitFor();
    expect(await violations(page), "dialog").toEqual([]);
    await shot(page, name("dialog"));
    await dialog(page).getByRole("textbox", { name: "Name" }).fill("Hall");
    await dialog(page).getByText("There is a view called Hall already.").waitFor();
    expect(await violations(page), "a name that is taken").toEqual([]);
    await shot(page, name("taken"));
    await dialog(page).getByRole("button", { name: "Delete this view" }).click();
    expect(await violations(page), "before it is deleted").toEqual([]);
    await shot(page, name("delete"));
  });
});
