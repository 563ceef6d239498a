// People who asked their system for less motion get none.
import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";

import { menuOf, picturesShown, useStage } from "./stage";

const stage = useStage();

/** What moves or fades on the page as it is now: each element that would take time for that. */
const moving = (page: Page) =>
  page.evaluate(() => {
    const seconds = (all: string) => Math.max(...all.split(",").map(parseFloat));
    const styles = [...document.querySelectorAll("*")].flatMap((e) =>
      ["", "::before", "::after"].map((part) => [e, getComputedStyle(e, part)] as const),
    );
    const named = styles.filter(
      ([, s]) =>
        (s.transitionProperty !== "none" && seconds(s.transitionDuration) > 0.01) ||
        (s.animationName !== "none" && seconds(s.animationDuration) > 0.01),
    );
    return [...new Set(named.map(([e]) => `${e.tagName.toLowerCase()}.${e.className}`))];
  });

/** All that appears, one after another; returns what moves there. */
async function walk(page: Page): Promise<string[]> {
  await picturesShown(page, 4);
  const all = await moving(page);
  await menuOf(page, "Porch");
  all.push(...(await moving(page)));
  await page.keyboard.press("Escape");
  await page.getByRole("menu").waitFor({ state: "detached" });
  await page.keyboard.press("?");
  await page.getByRole("dialog").waitFor();
  all.push(...(await moving(page)));
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await page.keyboard.press("F11");
  await page.locator("header.away").waitFor();
  all.push(...(await moving(page)));
  await page.keyboard.press("h");
  await page.getByText("is hidden").waitFor();
  all.push(...(await moving(page)));
  return all;
}

describe("motion", () => {
  it("is left out where the system says so", async () => {
    stage.go.state.cameras = stage.cameras(4);
    const page = await stage.open({ reducedMotion: "reduce" });
    expect(await walk(page)).toEqual([]);
  });

  it("is there where it does not: menus, dialogs, the header, notices", async () => {
    stage.go.state.cameras = stage.cameras(4);
    const all = (await walk(await stage.open({ reducedMotion: "no-preference" }))).join(" ");
    for (const name of ["menu", "dialog", "away", "li."]) expect(all).toContain(name);
  });
});
