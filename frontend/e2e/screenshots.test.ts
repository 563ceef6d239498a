// The page as people see it, for make screenshots: on three screens, light and dark.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { env } from "node:process";

import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";

import type { Camera, CameraHistory, Outage, State } from "../src/backend/types";
import { homeAgent, household, NO_ACCESS } from "../src/testing/access";
import { everyState } from "./every-state";
import { menuOf, settled, tile, useStage } from "./stage";

const FOLDER = env["PIGRID_SCREENSHOTS"] ?? "";
const HOUR = 3_600_000;
const SCREENS = [
  { width: 1920, height: 1080 },
  { width: 1280, height: 720 },
  { width: 390, height: 844 },
];

const stage = useStage();

interface Scene {
  name: string;
  cameras?: () => Camera[];
  act?: (page: Page) => Promise<unknown>;
  /** What else is so. */
  state?: Partial<State>;
}

/** Cameras as in a home: their clocks are right but for one, and they do not all give the same. */
function home(count = 6): Camera[] {
  const now = Date.now();
  const rates = [24, 15, 10, 30, 2.5, 15, 20, 5];
  return stage.cameras(count).map((c, i) => ({
    ...c,
    fps: rates[i % rates.length] ?? 15,
    bytesPerSecond: (rates[i % rates.length] ?? 15) * 32_000,
    lastFrameAt: now,
    takenAt: now + (i === 1 ? 190_000 : -40),
    clockAheadMs: i === 1 ? 190_000 : -40,
    notify: i < 2,
  }));
}

function past(c: Camera, i: number): CameraHistory {
  const from = new Date().setHours(9, 12, 0, 0);
  const unreachable = { from, state: "offline", reason: "unreachable", message: "" } as const;
  const missing = {
    from: from + 60_000,
    state: "camera-error",
    reason: "camera",
    message: "No camera was found.",
  } as const;
  const to = from + 19 * 60_000;
  const outage: Outage = { from, to, going: false, phases: [unreachable, missing] };
  const out = i % 3 === 1;
  const trouble = ["l".repeat(16), "oooooolleeeelltt", "l".repeat(8) + "tttlllll"][i % 3] ?? "";
  const day = `${"l".repeat(170)}${trouble}${"l".repeat(58)}ss${"l".repeat(42)}`;
  const live = out ? 0.9867 : 1;
  const week = `${"-".repeat(40)}${"l".repeat(200)}${out ? "oo" : "ll"}${"l".repeat(46)}`;
  return {
    key: c.key,
    name: c.name,
    day: { marks: day, live, watched: 24 * HOUR },
    week: { marks: week, live, watched: 144 * HOUR },
    outages: out ? [outage] : [],
  };
}

/** Waits until every tile on screen has its picture. */
async function allShown(page: Page): Promise<void> {
  await page.locator("li.tile.present:not(.hidden)").first().waitFor();
  const bare = page.locator("li.tile:not(.hidden):not(.present)");
  await expect.poll(() => bare.count()).toBe(0);
}

const openSettings = (tab: string) => async (page: Page) => {
  await page.keyboard.press("Control+,");
  await page.getByRole("tab", { name: tab }).click();
  await page.getByRole("tabpanel", { name: tab }).waitFor();
};

const HOME_AGENTS = ["Porch", "Garage", "Bench", "Garden", "Hall", "3D printer"].map((name, i) =>
  homeAgent({ id: `${i + 1}`, name, address: `192.168.1.${40 + i}:8080` }),
);

const SCENES: Scene[] = [
  { name: "grid", cameras: () => home(6) },
  { name: "grid-one", cameras: () => home(1) },
  { name: "grid-16", cameras: () => home(16) },
  { name: "focus", cameras: () => home(6), act: (page) => page.keyboard.press("g") },
  { name: "solo", cameras: () => home(6), act: (page) => page.keyboard.press("Enter") },
  { name: "numbers", cameras: () => home(6), act: (page) => page.keyboard.press("Shift+I") },
  {
    name: "numbers-solo",
    cameras: () => home(6),
    act: async (page) => {
      await page.keyboard.press("i");
      await page.keyboard.press("Enter");
    },
  },
  { name: "states", cameras: () => everyState(stage) },
  {
    name: "hover",
    cameras: () => home(6),
    act: (page) => tile(page, "Porch").hover(),
  },
  { name: "menu", cameras: () => home(6), act: (page) => menuOf(page, "Porch") },
  {
    name: "menu-copy",
    cameras: () => home(6),
    act: async (page) => {
      await (await menuOf(page, "Porch")).getByRole("menuitem", { name: "Copy address" }).click();
      await page.getByRole("menuitem", { name: "VLC" }).waitFor();
    },
  },
  { name: "details", cameras: () => home(6), act: (page) => page.keyboard.press("d") },
  { name: "keys", cameras: () => home(6), act: (page) => page.keyboard.press("?") },
  { name: "add", cameras: () => home(6), act: (page) => page.keyboard.press("Control+n") },
  ...["Appearance", "Cameras", "Pictures", "Household", "About"].map((tab) => ({
    name: `settings-${tab.toLowerCase()}`,
    cameras: () => home(6),
    act: openSettings(tab),
  })),
  {
    name: "history",
    cameras: () => home(6),
    act: async (page) => {
      await openSettings("Cameras")(page);
      await page.getByRole("button", { name: "History" }).click();
      await page.getByText("09:12–09:31").first().waitFor();
    },
  },
  {
    name: "find",
    cameras: () => home(6),
    act: async (page) => {
      await page.keyboard.press("Control+k");
      await page.keyboard.type("ga");
      await page.getByRole("option").first().waitFor();
    },
  },
  {
    name: "views",
    cameras: () => home(6),
    state: {
      views: [
        { name: "Front door", cameras: ["agent:1/cam", "agent:4/cam"], layout: "" },
        { name: "At night", cameras: ["agent:2/cam", "agent:5/cam"], layout: "focus" },
      ],
    },
    act: async (page) => {
      await page.getByRole("button", { name: /^View: / }).click();
      await page.getByRole("menu").waitFor();
    },
  },
  {
    name: "view-new",
    cameras: () => home(6),
    act: async (page) => {
      await page.getByRole("button", { name: /^View: / }).click();
      await page.getByRole("menuitem", { name: "Save this view…" }).click();
      await page.getByRole("dialog").waitFor();
    },
  },
  {
    name: "hidden",
    cameras: () => home(6).map((c, i) => ({ ...c, hidden: i > 3 })),
    act: async (page) => {
      await page.getByRole("button", { name: "2 hidden" }).click();
      await page.getByRole("dialog").waitFor();
    },
  },
  {
    name: "forget",
    cameras: () => home(6),
    act: async (page) => {
      await (await menuOf(page, "Porch")).getByRole("menuitem", { name: "Forget…" }).click();
      await page.getByRole("dialog").waitFor();
    },
  },
  {
    name: "why",
    act: async (page) => {
      await page.getByRole("button", { name: "Why don't I see my camera?" }).click();
      await page.getByRole("dialog").waitFor();
    },
  },
  {
    name: "household",
    cameras: () => home(6).map((c) => ({ ...c, access: "locked" as const, household: "h1" })),
    state: { access: { ...NO_ACCESS, households: [household({ agents: HOME_AGENTS })] } },
    act: async (page) => {
      await page.keyboard.press("l");
      await page.getByRole("dialog").waitFor();
    },
  },
  { name: "kiosk", cameras: () => home(6), state: { kiosk: true } },
  {
    name: "toast",
    cameras: () => home(6),
    act: async (page) => {
      await page.keyboard.press("s");
      await page.getByText("Saved a picture of Porch.").waitFor();
    },
  },
  { name: "empty", act: (page) => page.getByText("No cameras found yet").waitFor() },
];

describe.skipIf(FOLDER === "").each(["dark", "light"] as const)("in %s", (colorScheme) => {
  describe.each(SCREENS)("on $width x $height", (viewport) => {
    it.each(SCENES)("$name", async (scene) => {
      const shown = scene.cameras?.() ?? [];
      Object.assign(stage.go.state, { cameras: shown, ...scene.state });
      stage.go.history = { now: Date.now(), cameras: shown.map(past) };
      stage.go.settings = (command, { numbers = "" }) => {
        if (command === "setAppearance") {
          stage.go.change({ appearance: { scheme: "system", labels: "always", numbers } });
        }
        return {
          text: "PiGrid: 0.5.1, linux amd64\nSearch: on eth0 192.168.1.20/24",
          saving: SAVING,
        };
      };
      const page = await stage.open({ viewport, colorScheme });
      if (shown.length > 0) await allShown(page);
      await scene.act?.(page);
      await settled(page);
      mkdirSync(FOLDER, { recursive: true });
      const file = `${scene.name}-${colorScheme}-${viewport.width}.png`;
      await page.screenshot({ path: join(FOLDER, file) });
    });
  });
});

const SAVING = {
  folder: "",
  usual: "/home/ada/Pictures/PiGrid",
  name: "",
  usualName: "{camera} {date} {time}",
  example: "Porch 2026-11-30 12.34.56.jpg",
};
