// What every test needs: one Chromium, test pictures, a page with the fake Go side.
import { mkdirSync } from "node:fs";
import { join } from "node:path";

import type { Browser, BrowserContextOptions, Locator, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect } from "vitest";

import type { Camera } from "../src/backend/types";
import { camera } from "../src/testing/camera";
import { launch } from "./chromium";
import { FakeGo } from "./fake-go";
import { drawLoop, drawQuarters, drawTints, drawWhite, tint } from "./pictures";
import { SCENES } from "./scenes";

const RESULTS = join(import.meta.dirname, "..", "test-results");
export const SIZES = [
  { width: 1920, height: 1080 },
  { width: 1280, height: 800 },
  { width: 480, height: 800 },
];

const NAMES = Object.keys(SCENES);

export class Stage {
  go = new FakeGo();
  #browser: Browser | undefined;
  #loops: Buffer[][] = [];
  #pages: Page[] = [];
  /** Errors and warnings of the pages' consoles. */
  complaints: string[] = [];

  /** All that was written to their consoles, and every URL they asked for. */
  said: string[] = [];

  async start(): Promise<void> {
    mkdirSync(RESULTS, { recursive: true });
    this.#browser = await launch();
    for (const name of NAMES)
      this.#loops.push(await drawLoop(this.#browser, { name, width: 640, height: 360 }));
  }

  async stop(): Promise<void> {
    await this.#browser?.close();
  }

  async closePages(): Promise<void> {
    for (const page of this.#pages) await page.context().close();
    this.#pages = [];
    await this.go.close();
  }

  async newGo(): Promise<void> {
    this.complaints = [];
    this.said = [];
    this.go = new FakeGo();
    await this.go.listen();
  }

  /** Cameras k1, k2, … with a film each. */
  cameras(count: number, fps = 10): Camera[] {
    return Array.from({ length: count }, (_, i) => {
      const key = `agent:${i + 1}/cam`;
      this.go.films.set(key, { loop: this.#loops[i % this.#loops.length] ?? [], fps });
      const round = Math.floor(i / NAMES.length);
      const name = `${NAMES[i % NAMES.length]}${round ? ` ${round + 1}` : ""}`;
      return camera({
        key,
        name,
        agent: `${i + 1}`,
        agentName: name,
        width: 640,
        height: 360,
        address: `192.168.1.${40 + i}:8080`,
      });
    });
  }

  /** 64 cameras, each with a colour of its own, which agents give in four sizes. */
  async tinted(fps: number): Promise<Camera[]> {
    if (!this.#browser) throw new Error("start() first");
    const cameras = this.cameras(64, fps);
    const tints = await drawTints(
      this.#browser,
      cameras.map((_, i) => tint(i)),
      [640, 320, 160, 80],
    );
    for (const [i, { key }] of cameras.entries()) {
      const sizes = tints[i] ?? new Map<number, Buffer>();
      this.go.films.set(key, { loop: [sizes.get(640) ?? Buffer.of()], fps, sizes });
    }
    return cameras;
  }

  /** The camera's picture is a bright one, in which nothing that is not on dark can be read. */
  async white(key: string): Promise<void> {
    if (!this.#browser) throw new Error("start() first");
    this.go.films.set(key, { loop: [await drawWhite(this.#browser)], fps: 0 });
  }

  /** The camera's picture tells how it is turned. */
  async quarters(key: string): Promise<void> {
    if (!this.#browser) throw new Error("start() first");
    this.go.films.set(key, { loop: [await drawQuarters(this.#browser)], fps: 0 });
  }

  /** Opens the page as the Go side of the moment says. */
  async open(options: BrowserContextOptions = {}, withGo = true, query = ""): Promise<Page> {
    if (!this.#browser) throw new Error("start() first");
    const context = await this.#browser.newContext({
      viewport: { width: 1920, height: 1080 },
      colorScheme: "dark",
      ...options,
    });
    const page = await context.newPage();
    this.#pages.push(page);
    page.on("console", (m) => {
      this.said.push(m.text());
      if (m.type() === "error" || m.type() === "warning") this.complaints.push(m.text());
    });
    page.on("request", (request) => this.said.push(request.url()));
    page.on("pageerror", (error) => this.complaints.push(String(error)));
    if (withGo) await this.go.install(page);
    else this.go.absent = true;
    await page.goto(this.go.url + query);
    return page;
  }
}

/** Sets up one stage for the tests of a file; every test gets a new Go side. */
export function useStage(): Stage {
  const stage = new Stage();
  beforeAll(() => stage.start());
  afterAll(() => stage.stop());
  beforeEach(() => stage.newGo());
  afterEach(() => stage.closePages());
  return stage;
}

export function tile(page: Page, name: string) {
  return page.locator("li.tile", { has: page.locator(`[data-tile][aria-label^="${name},"]`) });
}

/** Opens the menu of a camera as the right button does. */
export async function menuOf(page: Page, name: string): Promise<Locator> {
  // Beside what stands on the tile.
  const position = { x: 12, y: 60 };
  await tile(page, name).locator("[data-tile]").click({ button: "right", position });
  const menu = page.getByRole("menu", { name: `Menu of ${name}` });
  await menu.waitFor();
  return menu;
}

/** Waits until this many visible tiles show a picture. */
export async function picturesShown(page: Page, count: number): Promise<void> {
  await expect
    .poll(() => page.locator("li.tile.present:not(.hidden)").count(), { timeout: 10_000 })
    .toBe(count);
}

/** What the page would see if its window were minimised: no frames until it is back. */
export async function setHidden(page: Page, hidden: boolean): Promise<void> {
  await page.evaluate((value) => {
    const w = window as unknown as { thaw?: () => void };
    Object.defineProperty(document, "hidden", { configurable: true, get: () => value });
    document.dispatchEvent(new Event("visibilitychange"));
    w.thaw?.();
    if (!value) return;
    const frame = window.requestAnimationFrame;
    const waiting: FrameRequestCallback[] = [];
    window.requestAnimationFrame = (callback) => -waiting.push(callback);
    w.thaw = () => {
      window.requestAnimationFrame = frame;
      waiting.splice(0).forEach((callback) => frame(callback));
    };
  }, hidden);
}

/** The picture on screen, comparable with others: they all have the same URL. */
export function shown(within: Page | Locator, at = 0): Promise<string> {
  const img = within.locator("img.shown").nth(at);
  return img.evaluate((img: HTMLImageElement) => {
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [160, 90];
    canvas.getContext("2d")?.drawImage(img, 0, 0, 160, 90);
    return canvas.toDataURL();
  });
}

/** Waits until the page has laid itself out in a new window, and nothing fades or moves. */
export async function settled(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    const look = () =>
      [...document.querySelectorAll("header, header button, .banner, main, li.tile, [role=dialog]")]
        .map((e) => JSON.stringify(e.getBoundingClientRect()))
        .join();
    const ends = (a: Animation) => a.effect?.getComputedTiming().endTime !== Infinity;
    for (let before = look(), same = 0; same < 3;) {
      await Promise.allSettled(
        document
          .getAnimations()
          .filter(ends)
          .map((a) => a.finished),
      );
      await frame();
      const now = look();
      same = before === now ? same + 1 : 0;
      before = now;
    }
  });
}

export async function shot(page: Page, name: string, type: "png" | "jpeg" = "png"): Promise<void> {
  await settled(page);
  await page.screenshot({ path: join(RESULTS, `${name}.${type}`), type });
}
