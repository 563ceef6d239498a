// Test pictures, drawn by the browser itself: no JPEG library needed.
import type { Browser } from "playwright-core";

import { SCENES } from "./scenes";

export interface Look {
  /** The camera's name, which is that of its scene. */
  name: string;
  width: number;
  height: number;
}

/** One loop of frames: what the camera of this name sees, and something in it that moves. */
export async function drawLoop(browser: Browser, look: Look, frames = 6): Promise<Buffer[]> {
  const scene = SCENES[look.name];
  if (!scene) throw new Error(`no scene for ${look.name}`);
  const page = await browser.newPage();
  const loop = await page.evaluate(drawInPage, { ...look, frames, scene: String(scene) });
  await page.close();
  return loop.map((base64) => Buffer.from(base64, "base64"));
}

/** Colours of the quarters of `drawQuarters`, as they are read: from the upper left. */
export const QUARTERS = ["red", "lime", "blue", "white"] as const;

/** A picture of four quarters that tells how it is turned. */
export async function drawQuarters(browser: Browser): Promise<Buffer> {
  const page = await browser.newPage();
  const base64 = await page.evaluate((colours) => {
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [640, 360];
    const g = canvas.getContext("2d");
    if (!g) throw new Error("no canvas");
    for (const [i, colour] of colours.entries()) {
      g.fillStyle = colour;
      g.fillRect((i % 2) * 320, Math.floor(i / 2) * 180, 320, 180);
    }
    return canvas.toDataURL("image/jpeg", 0.9).split(",")[1] ?? "";
  }, QUARTERS);
  await page.close();
  return Buffer.from(base64, "base64");
}

/** The colour of the picture of camera `i` of 64, and of no other. */
export function tint(i: number): [red: number, green: number, blue: number] {
  return [40 + (i % 4) * 60, 40 + ((i >> 2) % 4) * 60, 40 + (i >> 4) * 60];
}

/** Pictures of one colour, of each colour one in each width. */
export async function drawTints(
  browser: Browser,
  colours: [number, number, number][],
  widths: number[],
): Promise<Map<number, Buffer>[]> {
  const page = await browser.newPage();
  const all = await page.evaluate(
    ([colours, widths]) => {
      const canvas = document.createElement("canvas");
      const g = canvas.getContext("2d");
      if (!g) throw new Error("no canvas");
      return colours.map((rgb) =>
        widths.map((width) => {
          [canvas.width, canvas.height] = [width, (width * 9) / 16];
          g.fillStyle = `rgb(${rgb.join(" ")})`;
          g.fillRect(0, 0, width, width);
          return canvas.toDataURL("image/jpeg", 0.9).split(",")[1] ?? "";
        }),
      );
    },
    [colours, widths] as const,
  );
  await page.close();
  return all.map(
    (sizes) => new Map(sizes.map((s, i) => [widths[i] ?? 0, Buffer.from(s, "base64")])),
  );
}

/** A picture that is white from edge to edge. */
export async function drawWhite(browser: Browser): Promise<Buffer> {
  const page = await browser.newPage();
  const base64 = await page.evaluate(() => {
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [640, 360];
    const g = canvas.getContext("2d");
    if (!g) throw new Error("no canvas");
    g.fillStyle = "#fff";
    g.fillRect(0, 0, 640, 360);
    return canvas.toDataURL("image/jpeg", 0.7).split(",")[1] ?? "";
  });
  await page.close();
  return Buffer.from(base64, "base64");
}

/** Runs in the page: base64 of each JPEG. */
function drawInPage(o: Look & { frames: number; scene: string }): string[] {
  const canvas = document.createElement("canvas");
  canvas.width = o.width;
  canvas.height = o.height;
  const g = canvas.getContext("2d");
  if (!g) throw new Error("no canvas");
  const scene = (0, eval)(`(${o.scene})`) as (g: CanvasRenderingContext2D, time: number) => void;
  /** What a small sensor adds: noise, and less light towards the corners. */
  const grain = (seed: number) => {
    const picture = g.getImageData(0, 0, o.width, o.height);
    let random = seed * 7919 + 1;
    for (let i = 0; i < picture.data.length; i += 4) {
      random = (random * 1103515245 + 12345) & 0x7fffffff;
      const x = ((i / 4) % o.width) / o.width - 0.5;
      const y = Math.floor(i / 4 / o.width) / o.height - 0.5;
      const dark = 1 - 0.7 * (x * x + y * y);
      const noise = ((random >> 16) % 17) - 8;
      for (let c = 0; c < 3; c++) picture.data[i + c] = (picture.data[i + c] ?? 0) * dark + noise;
    }
    g.putImageData(picture, 0, 0);
  };
  return Array.from({ length: o.frames }, (_, i) => {
    g.setTransform(o.width / 640, 0, 0, o.height / 360, 0, 0);
    scene(g, i / o.frames);
    g.setTransform(1, 0, 0, 1, 0, 0);
    grain(i + 1);
    return canvas.toDataURL("image/jpeg", 0.8).split(",")[1] ?? "";
  });
}
