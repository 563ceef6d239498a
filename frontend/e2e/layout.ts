import type { Page } from "playwright-core";
import { expect } from "vitest";

/** How the page lies in its window. */
export interface Layout {
  scrolls: boolean;
  /** Every tile is whole: inside the window, below the header and the banners. */
  whole: boolean;
  /** Of the two directions one is filled up to the padding and rounding. */
  filled: boolean;
  /** The header's buttons that are whole, and do not stand on each other. */
  buttons: string[];
  /** Words and buttons of the header that stand on each other. */
  crowded: string[];
  tiles: string[];
}

export const FITS = {
  scrolls: false,
  whole: true,
  filled: true,
  crowded: [],
  buttons: expect.arrayContaining([
    expect.stringMatching(/^Household/),
    "Add a camera by address",
    "Full screen",
    "Keyboard shortcuts",
  ]),
};

export function layout(page: Page): Promise<Layout> {
  return page.evaluate(() => {
    const box = (e: Element) => e.getBoundingClientRect();
    const root = document.documentElement;
    const all = (query: string) => [...document.querySelectorAll(query)];
    const tiles = all("li.tile:not(.hidden)").map(box);
    const top = Math.max(...all("header, .banner").map((e) => box(e).bottom));
    const bottom = box(document.querySelector("main") as Element).bottom;
    const inWindow = (b: DOMRect) =>
      b.left >= 0 && b.right <= innerWidth && b.top >= 0 && b.bottom <= innerHeight;
    // Nothing lies over its middle, nor over its edges.
    const isOnTop = (e: Element) =>
      [0.1, 0.5, 0.9].every((part) => {
        const { left, top, width, height } = box(e);
        return e.contains(document.elementFromPoint(left + width * part, top + height / 2));
      });
    const ofHeader = all("header :is(h1, button, .turn > span, .counts > *, .banner p)")
      .filter((e) => box(e).width > 0)
      .sort((a, b) => box(a).left - box(b).left);
    return {
      crowded: ofHeader
        .filter((e, i) => i > 0 && box(ofHeader[i - 1] ?? e).right > box(e).left + 1)
        .map((e) => e.getAttribute("aria-label") ?? e.textContent),
      scrolls: root.scrollHeight > innerHeight || root.scrollWidth > innerWidth,
      whole: tiles.length > 0 && tiles.every((t) => inWindow(t) && t.top >= top),
      filled:
        Math.min(
          innerWidth - Math.max(...tiles.map((t) => t.right)),
          bottom - Math.max(...tiles.map((t) => t.bottom)),
        ) < 16,
      buttons: all("header button")
        .filter((e) => inWindow(box(e)) && isOnTop(e))
        .map((e) => e.getAttribute("aria-label") ?? ""),
      tiles: tiles.map((t) => [t.left, t.top, t.width, t.height].map(Math.round).join(" ")),
    };
  });
}
