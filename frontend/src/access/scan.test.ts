import { describe, expect, it } from "vitest";

import { KEY, PASSWORD } from "../testing/access";
import { phoneAddress } from "../words/logins";
import { sizeOf } from "./pictureSize";
import { heldBy, type Scanned } from "./scan";

describe("what the codes in a picture hold", () => {
  const phone = phoneAddress("http://garage.local:8080/", PASSWORD);
  const cases: [string, string[], Scanned][] = [
    ["the code of the key", [KEY], { key: KEY }],
    ["a whole sheet", [phone, KEY, phone], { key: KEY }],
    ["the same sheet twice", [KEY, KEY], { key: KEY }],
    ["a key beside codes of others", ["WIFI:S:home;;", KEY], { key: KEY }],
    ["two sheets", [KEY, KEY.replace("7", "8")], { problem: "several" }],
    ["no code", [], { problem: "no-code" }],
    ["a phone's code", [phone], { problem: "password" }],
    ["a page", ["https://example.org/#top"], { problem: "other" }],
    ["twenty letters of something else", ["ABCDEFGHIJ0123456789"], { problem: "other" }],
    ["a key in small letters", [KEY.toLowerCase()], { problem: "other" }],
    ["a character that no key has", [KEY.replace("7", "U")], { problem: "other" }],
    ["text around a key", [`key: ${KEY}`], { problem: "other" }],
    ["a key and a line", [`${KEY}\n`], { problem: "other" }],
    ["a view password alone", [PASSWORD], { problem: "other" }],
    ["nothing", [""], { problem: "other" }],
    ["a code as full as can be", ["7".repeat(7089)], { problem: "other" }],
  ];
  it.each(cases)("%s", (_, texts, want) => {
    expect(heldBy(texts)).toEqual(want);
  });
});

describe("the size of a picture", () => {
  const bytes = (...parts: (string | number[])[]) =>
    new Uint8Array(
      parts.flatMap((p) => (typeof p === "string" ? [...p].map((c) => c.charCodeAt(0)) : p)),
    );
  const png = bytes("\x89PNG\r\n\x1a\n", [0, 0, 0, 13], "IHDR", [0, 0, 4, 0, 0, 0, 3, 0]);
  const jpeg = (...before: number[]) =>
    bytes([0xff, 0xd8, ...before, 0xff, 0xc2, 0, 11, 8, 3, 0, 4, 0, 3]);
  const webp = (kind: string, ...rest: number[]) =>
    bytes("RIFF", [0, 0, 0, 0], "WEBP", kind, [0, 0, 0, 0], rest);
  const size = { width: 1024, height: 768 };

  it.each([
    ["a PNG", png, size],
    ["a JPEG", jpeg(), size],
    ["a JPEG with Exif", jpeg(0xff, 0xe1, 0, 6, 0xff, 0xc0, 9, 9), size],
    ["a JPEG with fill bytes and tables", jpeg(0xff, 0xff, 0xff, 0xc4, 0, 3, 1), size],
    ["a JPEG without a frame", bytes([0xff, 0xd8, 0xff, 0xda, 0, 2, 0, 0, 0, 0]), null],
    ["a JPEG of segments without an end", jpeg(0xff, 0xe1, 0xff, 0xff), null],
    ["a JPEG with something else in it", jpeg(1, 2, 3, 4), null],
    ["a WebP", webp("VP8 ", 0, 0, 0, 0x9d, 1, 0x2a, 0, 4, 0, 3), size],
    ["a WebP without loss", webp("VP8L", 0x2f, 0xff, 0xc3, 0xbf, 0), size],
    ["a WebP with more in it", webp("VP8X", 0, 0, 0, 0, 0xff, 3, 0, 0xff, 2, 0), size],
    ["a WebP of another kind", webp("ALPH", 0, 0, 0, 0, 0, 0), null],
    ["no height", bytes([...png].map((b, i) => (i === 22 ? 0 : b))), null],
    ["a GIF", bytes("GIF89a", [0, 4, 0, 3, 0, 0, 0, 0, 0, 0]), null],
    ["a saved sheet", bytes('<html xmlns="http://www.w3.org/1999/xhtml">'), null],
    ["nothing", bytes(), null],
  ])("%s", (_, data, want) => {
    expect(sizeOf(data)).toEqual(want);
    for (let end = 0; want && end < data.length - 3; end++) {
      expect(() => sizeOf(data.subarray(0, end))).not.toThrow();
    }
  });
});
