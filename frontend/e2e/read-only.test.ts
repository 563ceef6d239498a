import { describe, expect, it } from "vitest";

import { violations } from "./axe";
import { everyState } from "./every-state";
import { shot, useStage } from "./stage";

const stage = useStage();

describe("a page that may change nothing", () => {
  for (const viewport of [
    { width: 1280, height: 720 },
    { width: 390, height: 844 },
  ]) {
    it(`offers only what looks, at ${viewport.width} px`, async () => {
      stage.go.state.cameras = stage.cameras(4).map((c) => ({ ...c, unnamed: true }));
      stage.go.state.readOnly = true;
      const page = await stage.open({ viewport });
      const tile = page.locator("li.tile").first();
      await tile.waitFor();
      expect(await page.locator("header button").evaluateAll(names)).toEqual([
        "View: All cameras",
        "Find a camera",
        "Full screen",
        "Keyboard shortcuts",
      ]);
      await tile.click({ button: "right" });
      expect(await page.getByRole("menuitem").evaluateAll(words)).toEqual([
        "Show alone",
        "Snapshot",
        "Freeze",
        "Show numbers",
        "Open in browser",
        "Copy address",
        "History",
        "Details",
        "Retry",
      ]);
      await page.getByRole("menuitem", { name: "Details" }).click();
      const dialog = page.getByRole("dialog");
      await dialog.waitFor();
      expect(await dialog.getByRole("textbox").count()).toBe(0);
      expect(await dialog.getByRole("button", { name: "Forget" }).count()).toBe(0);
      await page.keyboard.press("Escape");
      for (const key of ["F2", "l", "x", "h", "Control+n", "Control+,", "Shift+S"]) {
        await page.keyboard.press(key);
      }
      expect(await page.getByRole("dialog").count()).toBe(0);
      expect(await page.getByRole("textbox").count()).toBe(0);
      expect(stage.go.calls).toEqual([]);
    });
  }

  it.each(["dark", "light"] as const)("hinders nobody, in %s", async (colorScheme) => {
    stage.go.state.cameras = everyState(stage);
    stage.go.state.readOnly = true;
    const page = await stage.open({ colorScheme });
    await page.locator("li.tile").first().waitFor();
    expect(await violations(page), "grid").toEqual([]);
    await page.keyboard.press("Shift+F10");
    await page.getByRole("menu").waitFor();
    expect(await violations(page), "menu").toEqual([]);
    await page.keyboard.press("Escape");
    await page.getByRole("menu").waitFor({ state: "detached" });
    await page.keyboard.press("d");
    await page.getByRole("dialog").waitFor();
    expect(await violations(page), "details").toEqual([]);
  });

  it("keeps what a person chooses in that browser", async () => {
    stage.go.state.cameras = stage.cameras(4);
    const [first, second] = stage.go.state.cameras.map((c) => c.key);
    stage.go.state.views = [{ name: "Garden", cameras: [second ?? "", first ?? ""], layout: "" }];
    stage.go.state.readOnly = true;
    const page = await stage.open({ viewport: { width: 1280, height: 720 } });
    const shown = () => page.locator("li.tile:not(.hidden)").evaluateAll((all) => all.length);
    await expect.poll(shown).toBe(4);
    await page.getByRole("button", { name: "View: All cameras" }).click();
    expect(await page.locator("[role=menu] .entry").evaluateAll(entries)).toEqual([
      "All cameras",
      "Garden",
      "One large picture",
      "Find a camera…",
      "Show all numbers",
      "Retry all",
    ]);
    await page.getByRole("menuitemradio", { name: "Garden" }).click();
    await expect.poll(shown).toBe(2);
    await page.keyboard.press("g");
    await page.keyboard.press("Shift+I");
    const sizes = async () => {
      const all = await page.locator("li.tile:not(.hidden)").all();
      const boxes = await Promise.all(all.map((tile) => tile.boundingBox()));
      return new Set(boxes.map((box) => Math.round(box?.width ?? 0))).size;
    };
    await expect.poll(sizes, { message: "one is large" }).toBe(2);
    await shot(page, "read-only-view");
    await page.reload();
    await expect.poll(shown, { message: "after a reload" }).toBe(2);
    await expect.poll(sizes, { message: "after a reload" }).toBe(2);
    expect(await page.getByRole("button", { name: "View: Garden" }).count()).toBe(1);
    expect(stage.go.calls).toEqual([]);
    expect(stage.complaints).toEqual([]);
  });

  it("saves a picture where the browser is", async () => {
    stage.go.state.cameras = stage.cameras(1);
    stage.go.state.readOnly = true;
    const page = await stage.open({ viewport: { width: 1280, height: 720 } });
    await page.locator("li.tile").first().click({ button: "right" });
    const saved = page.waitForEvent("download");
    await page.getByRole("menuitem", { name: "Snapshot" }).click();
    expect(new URL((await saved).url()).pathname).toBe("/cameras/agent%3A1/cam/snapshot.jpg");
    expect(stage.go.calls).toEqual([]);
  });

  it("says where cameras are added when there is none", async () => {
    stage.go.state.readOnly = true;
    const page = await stage.open({ viewport: { width: 390, height: 844 } });
    await page.getByText("pigrid-serve add").waitFor();
    expect(await page.locator("main button").evaluateAll(names)).toEqual(["Copy the command"]);
  });
});

const names = (all: Element[]) =>
  all.map((e) => e.getAttribute("aria-label") ?? (e as HTMLElement).innerText);

/** Without the keys beside them. */
const words = (all: Element[]) => all.map((e) => e.firstChild?.textContent?.trim());

/** Of a menu, without the keys beside them. */
const entries = (all: Element[]) =>
  all.map((e) => {
    const copy = e.cloneNode(true) as Element;
    copy.querySelectorAll("kbd").forEach((key) => key.remove());
    return copy.textContent.trim();
  });
