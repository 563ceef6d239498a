// The <img> elements of all tiles, used again when a tile goes: WebKit and Chromium
// keep an element that showed a picture after it left the page, and its tile with it.
// An agent can list other cameras at each question, for months.

export type Pair = readonly [HTMLImageElement, HTMLImageElement];

export class Elements {
  #free: Pair[] = [];
  #make: () => HTMLImageElement;

  constructor(make = makeImage) {
    this.#make = make;
  }

  /** Two elements without a picture. */
  lend(): Pair {
    return this.#free.pop() ?? [this.#make(), this.#make()];
  }

  /** Takes them back from a tile that goes. */
  giveBack(pair: Pair): void {
    for (const img of pair) img.remove();
    this.#free.push(pair);
  }
}

function makeImage(): HTMLImageElement {
  const img = document.createElement("img");
  img.alt = "";
  img.draggable = false;
  img.decoding = "sync";
  return img;
}
