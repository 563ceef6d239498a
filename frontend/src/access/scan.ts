// Reads the QR code of a household sheet in a picture. Nothing of it leaves the page.
import type { ScanProblem } from "../words/scan";
import { sizeOf } from "./pictureSize";

/** Of a file, and of what it decodes to: as much as a picture of a camera may have. */
const MOST_BYTES = 32 * 1024 * 1024;
const MOST_PIXELS = 50_000_000;

/**
 * The longer sides that a picture is scaled to, one after the other. The second finds what is
 * small or blurred; it is at most twice the picture's own.
 */
const SIDES = [1600, 2400];
const MOST_SCALE = 2;

/** How long the optional part of one search may take, ms. It gives way to others every 8 ms. */
const SEARCH_MS = 1000;

/** What a picture holds: a household key, or why not. */
export type Scanned = { key: string } | { problem: ScanProblem };

/** Four groups of five digits of Crockford's base32, as the sheet writes them. */
const KEY = /^[0-9A-HJKMNP-TV-Z]{5}(-[0-9A-HJKMNP-TV-Z]{5}){3}$/;

/** The address of a phone's code, see phoneAddress in words/logins.ts. */
const PASSWORD = /^https?:\/\/[^#]*#v=/;

/** What the texts of all codes in one picture hold. A sheet has codes of view passwords, too. */
export function heldBy(texts: readonly string[]): Scanned {
  const keys = [...new Set(texts.filter((text) => KEY.test(text)))];
  if (keys.length > 1) return { problem: "several" };
  if (keys[0] !== undefined) return { key: keys[0] };
  if (texts.length === 0) return { problem: "no-code" };
  return { problem: texts.some((text) => PASSWORD.test(text)) ? "password" : "other" };
}

/** Reads the key in a picture: a photo of the sheet, or a screenshot of it. */
export async function scan(file: Blob): Promise<Scanned> {
  if (file.size > MOST_BYTES) return { problem: "too-large" };
  try {
    // An engine that decodes a huge picture does nothing else meanwhile.
    const size = sizeOf(new Uint8Array(await file.arrayBuffer()));
    if (!size) return { problem: "no-picture" };
    if (size.width * size.height > MOST_PIXELS) return { problem: "too-large" };
    return await search(await createImageBitmap(file));
  } catch {
    return { problem: "unreadable" };
  }
}

async function search(picture: ImageBitmap): Promise<Scanned> {
  let held: Scanned = { problem: "no-code" };
  try {
    for (const side of SIDES) {
      const now = heldBy(await codesIn(picture, side));
      if ("key" in now) return now;
      if (now.problem !== "no-code") held = now;
    }
  } finally {
    picture.close();
  }
  return held;
}

/** The texts of all QR codes in a picture whose longer side is scaled to this, pixels. */
async function codesIn(picture: ImageBitmap, side: number): Promise<string[]> {
  const scale = Math.min(MOST_SCALE, side / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(picture.width * scale));
  canvas.height = Math.max(1, Math.round(picture.height * scale));
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (!context) throw new Error("no canvas");
  context.imageSmoothingQuality = "high";
  context.fillStyle = "#fff"; // behind what is transparent
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(picture, 0, 0, canvas.width, canvas.height);
  const image = context.getImageData(0, 0, canvas.width, canvas.height);
  // Not before it is needed: it is a tenth of the page.
  const { decodeQRBatch } = await import("qr/decode.js");
  const maxSize = { width: image.width, height: image.height };
  const [found = []] = await decodeQRBatch([image], { maxSize, timeLimit: SEARCH_MS });
  return found.filter((one) => typeof one === "string");
}
