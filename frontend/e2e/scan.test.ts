// The key of a household sheet, read from pictures of it.
import type { Page } from "playwright-core";
import { encode } from "uqr";
import { beforeEach, describe, expect, it } from "vitest";

import { accessResult, household, KEY, NO_ACCESS, PASSWORD, sheet } from "../src/testing/access";
import { phoneAddress } from "../src/words/logins";
import { SCAN, SCAN_PROBLEMS, type ScanProblem } from "../src/words/scan";
import { nothingKept } from "./secrets";
import { shot, useStage } from "./stage";

const stage = useStage();

interface Picture {
  name: string;
  mimeType: string;
  buffer: Buffer;
}

const picture = (buffer: Buffer, type = "png"): Picture => ({
  name: `sheet.${type}`,
  mimeType: `image/${type}`,
  buffer,
});

/** Opens the household, which has this many view passwords, with its sheet in sight. */
async function openSheet(passwords: number, colorScheme: "dark" | "light" = "dark"): Promise<Page> {
  const list = Array.from({ length: passwords }, (_, i) => ({
    name: `Guests ${i}`,
    until: 0,
    text: PASSWORD.replace(/.$/, String(i)),
  }));
  stage.go.access = (command) =>
    accessResult(command === "sheet" ? { sheet: sheet({ passwords: list }) } : {});
  stage.go.state.cameras = stage.cameras(2);
  stage.go.state.access = { ...NO_ACCESS, households: [household()] };
  const page = await stage.open({ viewport: { width: 1280, height: 800 }, colorScheme });
  await page.locator("li.tile:not(.hidden)").first().waitFor();
  await page.keyboard.press("l");
  await page.getByRole("button", { name: "Show the key and passwords" }).click();
  await page.getByRole("img", { name: "QR code of the household key" }).waitFor();
  return page;
}

/** From the sheet on to the dialog where a key is entered. */
async function openJoin(page: Page) {
  await page.getByRole("button", { name: "Back" }).click();
  await page.getByRole("button", { name: "Enter another household key" }).click();
  return page.getByRole("dialog", { name: "Enter household key" });
}

/** Chooses this picture. */
async function choose(page: Page, file: Picture): Promise<void> {
  const chooser = page.waitForEvent("filechooser");
  await page.getByRole("button", { name: SCAN.button }).click();
  await (await chooser).setFiles(file);
}

/** A person pastes this picture. */
async function paste(page: Page, file: Picture): Promise<void> {
  const base64 = file.buffer.toString("base64");
  await page.evaluate(
    ({ base64, name, type }) => {
      const data = new DataTransfer();
      const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
      data.items.add(new File([bytes], name, { type }));
      const options = { bubbles: true, cancelable: true };
      const to = document.activeElement ?? document.body;
      to.dispatchEvent(new ClipboardEvent("paste", { ...options, clipboardData: data }));
    },
    { base64, name: file.name, type: file.mimeType },
  );
}

/** What the sheet looks like that was saved or printed. */
async function paper(page: Page): Promise<Buffer> {
  await page.getByRole("button", { name: "Save as a file" }).click();
  await expect.poll(() => stage.go.files.length).toBe(1);
  const other = await page.context().newPage();
  await other.setViewportSize({ width: 794, height: 1123 });
  await other.setContent(stage.go.files[0]?.text ?? "");
  const bytes = await other.screenshot();
  await other.close();
  return bytes;
}

/** How a photo of the sheet is: what CSS makes of it, on a table. */
interface Photo {
  transform: string;
  /** Of the lens. */
  blur?: number;
  /** Of the light: how dark the darkest corner is, from 0 to 1. */
  shade?: number;
  /** Of the JPEG. */
  quality?: number;
  width?: number;
}

async function photo(page: Page, sheet: Buffer, how: Photo): Promise<Picture> {
  const { transform, blur = 0, shade = 0, quality = 80, width = 1200 } = how;
  const other = await page.context().newPage();
  await other.setViewportSize({ width, height: Math.round((width * 4) / 3) });
  await other.setContent(`<body style="margin:0;height:100vh;overflow:hidden;background:#7a6a58">
    <img src="data:image/png;base64,${sheet.toString("base64")}" style="position:fixed;inset:0;
      margin:auto;width:76%;transform:${transform};filter:blur(${blur}px)">
    <div style="position:fixed;inset:0;background:linear-gradient(30deg,rgb(0 0 0/${shade}),transparent)">`);
  await other.locator("img").evaluate((img: HTMLImageElement) => img.decode());
  const buffer = await other.screenshot({ type: "jpeg", quality });
  await other.close();
  return picture(buffer, "jpeg");
}

/** A picture that shows the QR code of this text alone, or nothing. */
async function drawn(page: Page, text: string): Promise<Picture> {
  const { data, size } = text === "" ? { data: [], size: 33 } : encode(text, { border: 4 });
  const bytes = await page.evaluate(
    ({ data, size }) => {
      const canvas = document.createElement("canvas");
      canvas.width = canvas.height = size * 5;
      const context = canvas.getContext("2d");
      if (!context) throw new Error("no canvas");
      context.fillStyle = "#fff";
      context.fillRect(0, 0, size * 5, size * 5);
      context.fillStyle = "#000";
      data.forEach((row, y) =>
        row.forEach((black, x) => black && context.fillRect(x * 5, y * 5, 5, 5)),
      );
      return canvas.toDataURL().replace(/^[^,]*,/, "");
    },
    { data, size },
  );
  return picture(Buffer.from(bytes, "base64"));
}

/** Waits for the key in its field, and forgets it there. */
async function keyIsRead(page: Page): Promise<void> {
  const dialog = page.getByRole("dialog", { name: "Enter household key" });
  await dialog.getByText(SCAN.done).waitFor({ timeout: 10_000 });
  const field = dialog.getByRole("textbox", { name: "Household key" });
  expect(await field.inputValue()).toBe(KEY);
  expect(await dialog.getByRole("button", { name: "Open my cameras" }).isEnabled()).toBe(true);
  await field.fill("");
}

describe.each(["dark", "light"] as const)("a screenshot of a %s sheet", (scheme) => {
  it.each([1, 3])("with %i view passwords is read", async (passwords) => {
    const page = await openSheet(passwords, scheme);
    const whole = picture(await page.screenshot());
    const code = page.getByRole("img", { name: "QR code of the household key" });
    const only = picture(await code.screenshot());
    await openJoin(page);
    for (const file of [whole, only]) {
      await choose(page, file);
      await keyIsRead(page);
    }
    await paste(page, whole);
    await keyIsRead(page);
    await nothingKept(stage, page);
  });
});

describe("a photo of the sheet", () => {
  const PHOTOS: [string, Photo][] = [
    ["from above", { transform: "none" }],
    ["turned a little", { transform: "rotate(4deg)", blur: 0.6 }],
    ["turned much", { transform: "rotate(-32deg) scale(.9)" }],
    ["on its side", { transform: "rotate(90deg) scale(.9)" }],
    ["upside down", { transform: "rotate(180deg)" }],
    ["from the front", { transform: "perspective(1600px) rotateX(24deg)", blur: 0.6 }],
    ["from a corner", { transform: "perspective(1800px) rotateX(16deg) rotateY(-14deg)" }],
    ["in bad light", { transform: "rotate(2deg)", blur: 0.8, shade: 0.75 }],
    ["as a messenger sends it", { transform: "rotate(3deg)", quality: 35 }],
    ["from a phone", { transform: "rotate(-5deg)", blur: 2, shade: 0.3, width: 3000 }],
  ];
  it("is read in any position and light", async () => {
    const page = await openSheet(2);
    const paperSheet = await paper(page);
    await openJoin(page);
    for (const [name, how] of PHOTOS) {
      await choose(page, await photo(page, paperSheet, how));
      await keyIsRead(page).catch((error: unknown) => {
        throw new Error(`${name}: ${String(error)}`);
      });
    }
    await shot(page, "access-scan-read");
    await nothingKept(stage, page);
  });
});

describe("a picture that is not of the sheet", () => {
  let page: Page;
  beforeEach(async () => {
    page = await openSheet(1);
  });

  const phone = phoneAddress("http://garage.local:8080/", PASSWORD);
  const other = KEY.replace("7", "8");
  const png = Buffer.from(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg==",
    "base64",
  );
  const huge = Buffer.from(png);
  huge.writeUInt32BE(12_000, 16);
  huge.writeUInt32BE(12_000, 20);

  const PICTURES: [string, ScanProblem, (page: Page) => Promise<Picture> | Picture][] = [
    ["a phone's code", "password", (page) => drawn(page, phone)],
    ["a code of something else", "other", (page) => drawn(page, "https://example.org/")],
    ["no code", "no-code", (page) => drawn(page, "")],
    ["a single pixel", "no-code", () => picture(png)],
    ["144 million pixels in a few bytes", "too-large", () => picture(huge)],
    ["33 MiB", "too-large", () => picture(Buffer.concat([png, Buffer.alloc(33 << 20)]))],
    ["a cut picture", "unreadable", () => picture(png.subarray(0, 40))],
    ["the saved file", "no-picture", () => picture(Buffer.from(`<html>${KEY}</html>`), "html")],
    ["nothing", "no-picture", () => picture(Buffer.alloc(0))],
  ];
  it("is refused in a sentence, and leaves what was typed", async () => {
    const dialog = await openJoin(page);
    const field = dialog.getByRole("textbox", { name: "Household key" });
    await field.fill(other);
    for (const [name, problem, make] of PICTURES) {
      await choose(page, await make(page));
      await dialog
        .getByRole("status")
        .getByText(SCAN_PROBLEMS[problem], { exact: true })
        .waitFor({ timeout: 10_000 })
        .catch((error: unknown) => {
          throw new Error(`${name}: ${String(error)}`);
        });
      expect(await field.inputValue(), name).toBe(other);
    }
    await shot(page, "access-scan-refused");
    // And the next one is read.
    await choose(page, await drawn(page, KEY));
    await keyIsRead(page);
    await nothingKept(stage, page);
  });

  it("does not hinder a key from being pasted as text", async () => {
    const dialog = await openJoin(page);
    await dialog.getByRole("textbox", { name: "Household key" }).focus();
    const prevented = await page.evaluate((text) => {
      const data = new DataTransfer();
      data.setData("text/plain", text);
      const event = new ClipboardEvent("paste", {
        clipboardData: data,
        bubbles: true,
        cancelable: true,
      });
      return !document.activeElement?.dispatchEvent(event);
    }, KEY);
    expect(prevented).toBe(false);
    await dialog.getByText(SCAN.help).waitFor();
  });
});
