import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";

import type { AxeResults } from "axe-core";
import { picturesShown, useStage } from "./stage";

const stage = useStage();
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

async function violations(page: Page): Promise<string[]> {
  await page.waitForTimeout(250); // colours are right once a dialog has faded in
  await page.evaluate(axe);
  const results = await page.evaluate(() =>
    (window as unknown as { axe: { run: () => Promise<AxeResults> } }).axe.run(),
  );
  return results.violations
    .filter((v) => v.impact === "serious" || v.impact === "critical")
    .flatMap((v) => v.nodes.map((n) => `${v.id}: ${n.html} ${n.failureSummary ?? ""}`));
}

describe.each(["dark", "light"] as const)("axe finds nothing serious in %s", (colorScheme) => {
  it("on the empty page and in the Add dialog", async () => {
    stage.go.state.discovery.problem = "port 5353 is taken";
    const page = await stage.open({ colorScheme });
    await page.getByText("No cameras found yet").waitFor();
    expect(await violations(page)).toEqual([]);
    await page.keyboard.press("Control+n");
    await page.getByRole("textbox").fill("nowhere");
    await page.keyboard.press("Enter");
    await page.getByText("nowhere cannot be reached.").waitFor();
    expect(await violations(page)).toEqual([]);
  });

  it("on the grid, alone, and in the dialogs", async () => {
    const now = Date.now();
    stage.go.state.cameras = stage.cameras(4);
    Object.assign(stage.go.state.cameras[1] ?? {}, {
      state: "offline",
      since: now,
      retryAt: now + 9000,
      detail: "dial tcp: no route to host",
    });
    Object.assign(stage.go.state.cameras[2] ?? {}, { state: "stalled", lastFrameAt: now - 9000 });
    const page = await stage.open({ colorScheme });
    await picturesShown(page, 4);
    expect(await violations(page)).toEqual([]);
    await page.setViewportSize({ width: 480, height: 320 });
    await page.getByTitle("Garage is not answering").waitFor(); // a tooltip for a notice
    expect(await violations(page)).toEqual([]);
    await page.setViewportSize({ width: 1920, height: 1080 });
    await page.keyboard.press("?");
    await page.getByRole("dialog").waitFor();
    expect(await violations(page)).toEqual([]);
    await page.keyboard.press("Escape");
    await page.keyboard.press("2");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await page.keyboard.press("2");
    expect(await violations(page)).toEqual([]);
    await page.keyboard.press("i");
    await page.getByRole("dialog").waitFor();
    expect(await violations(page)).toEqual([]);
  });
});
