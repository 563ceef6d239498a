// Every dialog and tile of access: what axe-core says, whether it fits, and a picture of it.
import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";

import type { Access, Camera } from "../src/backend/types";
import {
  accessResult,
  homeAgent,
  household,
  lock,
  lockAgent,
  NO_ACCESS,
  openAgent,
  PASSWORD,
  sheet,
  watcher,
} from "../src/testing/access";
import { violations } from "./axe";
import { layout } from "./layout";
import { settled, shot, tile, useStage } from "./stage";

const stage = useStage();

const SIZES = [
  { width: 1280, height: 800 },
  { width: 400, height: 760 },
] as const;
const LONG = "Behind the greenhouse, next to the shed with the green door";

const OPEN = [
  openAgent({ id: "1", name: "Porch" }),
  openAgent({ id: "2", name: LONG, cameras: 2 }),
];
const PASSWORDS = [
  { name: "Phones and programs", until: 0, here: true },
  { name: "Guests until Sunday, and the neighbours who feed the cat", until: 1, here: true },
  { name: "Workshop", until: Date.now() + 9e8, here: false },
];
const HOMES: Access = {
  households: [
    household({
      passwords: PASSWORDS,
      agents: [
        homeAgent({ name: "Attic" }),
        homeAgent({ id: "a2", name: LONG, online: false, waits: true }),
        homeAgent({ id: "a3", name: "Garage", code: "not-stored", waits: true }),
        homeAgent({ id: "a4", name: "Hall", access: "changed-key" }),
      ],
    }),
    household({ id: "h2", name: "Workshop" }),
  ],
  open: OPEN,
  new: [
    openAgent({ id: "8", name: "Shed", address: "192.168.1.9:8080" }),
    openAgent({ id: "9", name: LONG }),
  ],
  strange: 2,
};
const LOCKING: Access = {
  ...NO_ACCESS,
  households: [household()],
  lock: lock([
    lockAgent({ id: "1", name: "Attic", step: "locked" }),
    lockAgent({ id: "2", name: "Bench", step: "claiming", claimUntil: Date.now() + 872_000 }),
    lockAgent({ id: "3", name: LONG, step: "restart" }),
    lockAgent({ id: "4", name: "Hall", step: "failed", code: "held-open" }),
    lockAgent({ id: "5", name: "Shed", step: "asking" }),
  ]),
};
const LOCKED: Access = {
  ...LOCKING,
  lock: lock([lockAgent({ step: "locked" }), lockAgent({ id: "2", name: "Shed", step: "locked" })]),
};
const SHEET = sheet({
  passwords: PASSWORDS.map(({ name, until, here }) => ({
    name,
    until,
    text: here ? PASSWORD : "",
  })),
});
const WATCHED = [
  {
    id: "1",
    name: "Porch",
    code: "" as const,
    watchers: [
      watcher(),
      watcher({ program: "VLC/3.0.18 LibVLC/3.0.18", address: "192.168.1.77" }),
      watcher({ program: "Mozilla/5.0 (iPhone) Safari/604.1", address: "192.168.1.31" }),
      watcher({ program: "", address: "fe80::a1b2:c3d4:e5f6:7788" }),
      watcher({ program: "python-requests/2.34.0", self: true }),
    ],
  },
  { id: "2", name: LONG, code: "no-answer" as const, watchers: [] },
];

const refused = (c: Camera, reason: Camera["reason"]): Camera => ({
  ...c,
  state: "refused",
  reason,
  access: reason as Camera["access"],
});

/** A thing to look at: what the page knows, and what a person does. */
interface Look {
  name: string;
  access: Partial<Access>;
  cameras?: () => Camera[];
  act: (page: Page) => Promise<unknown>;
}

const pressL = (page: Page) => page.keyboard.press("l");
const button = (page: Page, name: string) =>
  page.getByRole("dialog").getByRole("button", { name }).first().click();

const LOOKS: Look[] = [
  {
    name: "lock",
    access: { open: OPEN },
    act: async (page) => {
      await pressL(page);
      await page.getByText("Home Assistant at").waitFor();
    },
  },
  { name: "lock-progress", access: LOCKING, act: pressL },
  { name: "lock-done", access: LOCKED, act: pressL },
  { name: "household", access: HOMES, act: pressL },
  { name: "household-none", access: { strange: 1 }, act: pressL },
  {
    name: "household-password",
    access: HOMES,
    act: async (page) => {
      await pressL(page);
      await button(page, "Add a password");
      await page.getByRole("dialog").getByText("Ends on").scrollIntoViewIfNeeded();
    },
  },
  {
    name: "household-sheet",
    access: HOMES,
    act: async (page) => {
      await pressL(page);
      await button(page, "Show the key and passwords");
      await page.getByText("How programs log in").waitFor();
    },
  },
  {
    name: "household-sheet-end",
    access: HOMES,
    act: async (page) => {
      await pressL(page);
      await button(page, "Show the key and passwords");
      await page.getByRole("button", { name: "Print", exact: true }).scrollIntoViewIfNeeded();
    },
  },
  {
    name: "release",
    access: HOMES,
    act: async (page) => {
      await pressL(page);
      await button(page, "Release this Pi: Attic");
    },
  },
  {
    name: "join",
    access: HOMES,
    act: async (page) => {
      await pressL(page);
      await button(page, "Enter another household key");
      await page.keyboard.type("7k3qw-9xb2u");
      await page.keyboard.press("Tab");
    },
  },
  {
    name: "tiles",
    access: { ...HOMES, new: [] },
    cameras: () => {
      const [a, b, c, d, e, f] = stage.cameras(6) as [
        Camera,
        Camera,
        Camera,
        Camera,
        Camera,
        Camera,
      ];
      return [
        refused(a, "needs-key"),
        refused(b, "not-yours"),
        refused(c, "changed-key"),
        refused(d, "keychain"),
        { ...e, unnamed: true },
        { ...f, access: "locked", rotation: 90 },
      ];
    },
    act: (page) => page.getByTitle("Open to everyone on your network").waitFor(),
  },
  {
    name: "tile-needs-key",
    access: { strange: 1 },
    cameras: () => stage.cameras(1).map((c) => refused(c, "needs-key")),
    act: (page) => page.getByRole("button", { name: "Enter key" }).waitFor(),
  },
  {
    name: "trust",
    access: HOMES,
    cameras: () => stage.cameras(1).map((c) => refused(c, "changed-key")),
    act: (page) => page.getByRole("button", { name: "Trust it again" }).click(),
  },
  {
    name: "new-camera",
    access: { ...HOMES, open: [], new: HOMES.new.slice(0, 1) },
    act: (page) => page.getByText("New camera: Shed").waitFor(),
  },
  {
    name: "details-access",
    access: HOMES,
    cameras: () =>
      stage.cameras(2).map((c) => ({ ...c, access: "locked", household: "h1", rotation: 90 })),
    act: (page) => page.keyboard.press("d"),
  },
  {
    name: "details-needs-key",
    access: HOMES,
    cameras: () => stage.cameras(2).map((c) => refused(c, "needs-key")),
    act: (page) => page.keyboard.press("d"),
  },
];

/** What does not fit: a dialog outside the window, or words that are wider than it. */
function misfits(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const found: string[] = [];
    for (const dialog of document.querySelectorAll("[role=dialog]")) {
      const { left, top, right, bottom } = dialog.getBoundingClientRect();
      if (left < 0 || top < 0 || right > innerWidth || bottom > innerHeight) found.push("outside");
      if (dialog.scrollWidth > dialog.clientWidth) found.push("scrolls sideways");
      for (const e of dialog.querySelectorAll<HTMLElement>("button, label, p, b, code, h3, dt")) {
        if (e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).display !== "inline")
          found.push(`cut: ${e.innerText}`);
      }
    }
    return found;
  });
}

describe.each(["dark", "light"] as const)("%s", (colorScheme) => {
  it.each(LOOKS)("$name", async ({ name, access, cameras, act }) => {
    stage.go.access = (command) =>
      accessResult({ watched: WATCHED, ...(command === "sheet" && { sheet: SHEET }) });
    for (const viewport of SIZES) {
      stage.go.state.cameras = cameras?.() ?? stage.cameras(2);
      stage.go.state.access = { ...NO_ACCESS, ...access };
      const page = await stage.open({ viewport, colorScheme });
      await tile(page, "Porch").waitFor();
      await act(page);
      await settled(page);
      await shot(page, `access-${name}-${viewport.width}-${colorScheme}`);
      expect(await violations(page), `${viewport.width} wide`).toEqual([]);
      expect(await misfits(page), `${viewport.width} wide`).toEqual([]);
      expect(await layout(page)).toMatchObject({ scrolls: false, whole: true, crowded: [] });
    }
    expect(stage.complaints).toEqual([]);
  });

  it("the sheet on paper", async () => {
    stage.go.access = () => accessResult({ sheet: SHEET });
    stage.go.state.cameras = stage.cameras(2);
    stage.go.state.access = HOMES;
    const page = await stage.open({ colorScheme, viewport: { width: 794, height: 1123 } });
    await tile(page, "Porch").waitFor();
    await pressL(page);
    await button(page, "Show the key and passwords");
    await page.getByText("How programs log in").waitFor();
    await page.emulateMedia({ media: "print" });
    await shot(page, `access-paper-${colorScheme}`);
    expect(
      await page.locator(".paper").evaluate((e) => e.getBoundingClientRect().top),
    ).toBeLessThan(60);
  });
});
