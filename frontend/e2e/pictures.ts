// Test pictures, drawn by the browser itself: no JPEG library needed.
import type { Browser } from "playwright-core";

export interface Look {
  text: string;
  hue: number;
  width: number;
  height: number;
}

/** One loop of frames: a landscape with a sun that moves, and the name of the camera. */
export async function drawLoop(browser: Browser, look: Look, frames = 6): Promise<Buffer[]> {
  const page = await browser.newPage();
  const loop = await page.evaluate(drawInPage, { ...look, frames });
  await page.close();
  return loop.map((base64) => Buffer.from(base64, "base64"));
}

/** Runs in the page: base64 of each JPEG. */
function drawInPage(o: Look & { frames: number }): string[] {
  const canvas = document.createElement("canvas");
  canvas.width = o.width;
  canvas.height = o.height;
  const g = canvas.getContext("2d");
  if (!g) throw new Error("no canvas");
  const draw = (i: number) => {
    const sky = g.createLinearGradient(0, 0, 0, o.height);
    sky.addColorStop(0, `hsl(${o.hue} 45% 38%)`);
    sky.addColorStop(1, `hsl(${o.hue + 40} 55% 72%)`);
    g.fillStyle = sky;
    g.fillRect(0, 0, o.width, o.height);
    g.fillStyle = "#fff6d8";
    g.beginPath();
    const x = o.width * (0.2 + (0.6 * i) / o.frames);
    g.arc(x, o.height * 0.3, o.height * 0.08, 0, 2 * Math.PI);
    g.fill();
    g.fillStyle = `hsl(${o.hue + 80} 25% 28%)`;
    g.beginPath();
    g.moveTo(0, o.height);
    for (let p = 0; p <= 20; p++) {
      const hill = 0.62 + 0.1 * Math.sin(p * 0.9 + o.hue);
      g.lineTo((o.width * p) / 20, o.height * hill);
    }
    g.lineTo(o.width, o.height);
    g.fill();
    g.fillStyle = "rgb(255 255 255 / 80%)";
    g.font = `600 ${o.height * 0.09}px sans-serif`;
    g.textAlign = "center";
    g.fillText(`${o.text} ${i}`, o.width / 2, o.height * 0.55);
  };
  return Array.from({ length: o.frames }, (_, i) => {
    draw(i);
    return canvas.toDataURL("image/jpeg", 0.7).split(",")[1] ?? "";
  });
}
