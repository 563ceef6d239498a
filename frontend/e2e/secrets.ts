import type { Page } from "playwright-core";
import { expect } from "vitest";

import { KEY, PASSWORD } from "../src/testing/access";
import type { Stage } from "./stage";

/** The secrets are in no storage, no URL and not in the console. */
export async function nothingKept(stage: Stage, page: Page): Promise<void> {
  const stored = await page.evaluate(() => JSON.stringify([localStorage, sessionStorage]));
  const all = [stored, page.url(), ...stage.said].join("\n").toUpperCase();
  for (const secret of [KEY, PASSWORD]) {
    expect(all).not.toContain(secret);
    expect(all).not.toContain(secret.replaceAll("-", ""));
  }
  expect(stage.complaints).toEqual([]);
}
