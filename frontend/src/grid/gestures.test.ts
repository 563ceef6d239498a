import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { dragGestures } from "./dragGestures";
import { menuGestures } from "./gestures";
import { zoomGestures } from "./zoomGestures";

/** Stands in for the list of tiles, and for the tile under the pointer. */
class List extends EventTarget {
  field = false;
  captured: number[] = [];
  dataset = { key: "k1" };
  getBoundingClientRect = () => ({ left: 100, top: 50, width: 400, height: 200 });
  setPointerCapture = (id: number) => this.captured.push(id);
  closest(selector: string) {
    if (selector.includes("data-key")) return this;
    return this.field ? this : null;
  }
  /** Whether the event was left to the browser. */
  send(type: string, fields: Record<string, unknown> = {}): boolean {
    const event = new Event(type, { cancelable: true });
    Object.assign(event, { button: 0, pointerId: 1, pointerType: "mouse", ...fields });
    return this.dispatchEvent(event);
  }
}

let list: List;
beforeEach(() => {
  vi.useFakeTimers();
  list = new List();
});
afterEach(() => vi.useRealTimers());
const touch = { pointerType: "touch", clientX: 150, clientY: 90 };

describe("the menu of a tile", () => {
  let opened: unknown[];
  let stop: () => void;
  beforeEach(() => {
    opened = [];
    const element = list as unknown as HTMLElement;
    stop = menuGestures(element, (_, at) => opened.push(at));
  });
  afterEach(() => stop());

  it("opens with the right button, in place of the browser's", () => {
    expect(list.send("contextmenu", { clientX: 7, clientY: 8 })).toBe(false);
    expect(opened).toEqual([{ x: 7, y: 8 }]);
  });

  it("leaves a field its own menu", () => {
    list.field = true;
    expect(list.send("contextmenu")).toBe(true);
    list.send("pointerdown", touch);
    vi.advanceTimersByTime(1000);
    expect(opened).toEqual([]);
  });

  it("opens under a finger that stays, and once", () => {
    list.send("pointerdown", touch);
    list.send("pointermove", { ...touch, clientX: 155 });
    vi.advanceTimersByTime(499);
    expect(opened).toEqual([]);
    vi.advanceTimersByTime(1);
    list.send("pointerup", touch);
    vi.advanceTimersByTime(1000);
    expect(opened).toEqual([{ x: 150, y: 90 }]);
  });

  it.each<[string, () => void]>([
    ["moves away", () => list.send("pointermove", { ...touch, clientX: 170 })],
    ["is lifted", () => list.send("pointerup", touch)],
    ["is taken over by the browser", () => list.send("pointercancel", touch)],
    ["is joined by another one", () => list.send("pointerdown", { ...touch, pointerId: 2 })],
    ["is that of a mouse", () => list.send("pointerdown", { clientX: 1, clientY: 1 })],
  ])("does not open under a finger that %s", (_, then) => {
    list.send("pointerdown", touch);
    vi.advanceTimersByTime(300);
    then();
    vi.advanceTimersByTime(1000);
    expect(opened).toEqual([]);
  });

  it("stops", () => {
    list.send("pointerdown", touch);
    stop();
    vi.advanceTimersByTime(1000);
    list.send("contextmenu");
    expect(opened).toEqual([]);
  });
});

describe("zoom and pan", () => {
  let done: [string, ...unknown[]][];
  let zoomed: boolean;
  let stop: () => void;
  const at = (x: number, y: number, id = 1) => ({ clientX: x, clientY: y, pointerId: id });
  beforeEach(() => {
    done = [];
    zoomed = true;
    stop = zoomGestures(list as unknown as HTMLElement, {
      has: () => zoomed,
      zoom: (key, by, at) => done.push(["zoom", key, by, at]),
      pan: (key, by) => done.push(["pan", key, by]),
    });
  });
  afterEach(() => stop());

  it("zooms with the wheel at the pointer, not the page", () => {
    const wheel = { ...at(200, 150), deltaMode: 0 };
    expect(list.send("wheel", { ...wheel, deltaY: -100 })).toBe(false);
    expect(done).toEqual([["zoom", "k1", expect.closeTo(1.246, 2), { x: -0.25, y: 0 }]]);
    list.send("wheel", { ...wheel, deltaY: 100 });
    list.send("wheel", { ...wheel, deltaY: -5, deltaMode: 1 });
    list.send("wheel", { ...wheel, deltaY: -10, ctrlKey: true });
    const factors = done.map(([, , by]) => by as number);
    expect(factors[1]).toBeCloseTo(1 / (factors[0] ?? 0));
    expect(factors[2], "lines").toBeCloseTo(1.19, 1);
    expect(factors[3], "a pinch on a touch pad").toBeCloseTo(1.105, 2);
  });

  it("pans with a drag, also beyond the tile", () => {
    list.send("pointerdown", at(200, 100));
    list.send("pointermove", at(202, 100));
    expect(done, "a click is no drag").toEqual([]);
    list.send("pointermove", at(240, 90));
    list.send("pointermove", at(900, 90));
    list.send("pointerup", at(900, 90));
    list.send("pointermove", at(100, 90));
    expect(done).toEqual([
      ["pan", "k1", { x: 0.1, y: -0.05 }],
      ["pan", "k1", { x: 1.65, y: 0 }],
    ]);
    expect(list.captured).toEqual([1]);
  });

  it("captures no pointer for a picture that cannot be moved", () => {
    zoomed = false;
    list.send("pointerdown", at(200, 100));
    list.send("pointermove", at(240, 90));
    expect(list.captured).toEqual([]);
  });

  it("leaves buttons and the right button alone", () => {
    list.send("pointerdown", { ...at(200, 100), button: 2 });
    list.send("pointermove", at(240, 90));
    list.field = true;
    list.send("pointerdown", at(200, 100));
    list.send("pointermove", at(240, 90));
    expect(done).toEqual([]);
  });

  it("zooms and pans with two fingers", () => {
    list.send("pointerdown", at(250, 150, 1));
    list.send("pointerdown", at(350, 150, 2));
    list.send("pointermove", at(400, 150, 2));
    expect(done).toEqual([
      ["zoom", "k1", 1.5, { x: 0, y: 0 }],
      ["pan", "k1", { x: 0.0625, y: 0 }],
    ]);
    list.send("pointerdown", at(1, 1, 3)); // a third one does nothing
    list.send("pointermove", at(99, 1, 3));
    expect(done).toHaveLength(2);
    list.send("pointerup", at(400, 150, 2));
    list.send("pointermove", at(290, 150, 1));
    expect(done.at(-1)).toEqual(["pan", "k1", { x: 0.1, y: 0 }]);
  });
});

describe("a drag", () => {
  let done: unknown[];
  let can: boolean;
  let stop: () => void;
  const at = (x: number, y: number, pointerId = 1) => ({ clientX: x, clientY: y, pointerId });
  beforeEach(() => {
    done = [];
    can = true;
    stop = dragGestures(list as unknown as HTMLElement, {
      canDrag: () => can,
      drag: (key, to, grabbed) => done.push([key, to, grabbed]),
      drop: () => done.push("drop"),
      cancelDrag: () => done.push("cancel"),
    });
  });
  afterEach(() => stop());

  it("begins when the pointer has moved, and ends where it is let go", () => {
    list.send("pointerdown", at(150, 90));
    list.send("pointermove", at(155, 92));
    expect(done).toEqual([]);
    list.send("pointermove", at(180, 90));
    list.send("pointermove", at(180, 90, 7)); // another one, without a button
    list.send("pointerup", at(180, 90));
    list.send("pointermove", at(200, 90));
    expect(done).toEqual([["k1", { x: 80, y: 40 }, { x: 50, y: 40 }], "drop"]);
    expect(list.captured).toEqual([1]);
  });

  it("is none for a click, the right button, a button, or a tile that cannot be dragged", () => {
    list.send("pointerdown", at(150, 90));
    list.send("pointerup", at(150, 90));
    list.send("pointerdown", { ...at(150, 90), button: 2 });
    list.send("pointermove", at(190, 90));
    list.field = true;
    list.send("pointerdown", at(150, 90));
    list.send("pointermove", at(190, 90));
    list.field = false;
    can = false;
    list.send("pointerdown", at(150, 90));
    list.send("pointermove", at(190, 90));
    expect(done).toEqual([]);
  });

  it("ends as if there had been none with a second finger, and when the browser takes over", () => {
    for (const end of [
      () => list.send("pointerdown", at(1, 1, 2)),
      () => list.send("pointercancel", at(1, 1)),
    ]) {
      list.send("pointerdown", at(150, 90));
      list.send("pointermove", at(190, 90));
      end();
      list.send("pointermove", at(200, 90));
    }
    expect(done.filter((one) => typeof one === "string")).toEqual(["cancel", "cancel"]);
    expect(done).toHaveLength(4);
  });
});
