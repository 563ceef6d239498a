import { describe, expect, it } from "vitest";

import { Elements } from "./elements";

class FakeImage {
  removed = 0;
  remove(): void {
    this.removed++;
  }
}

describe("Elements", () => {
  it("makes new ones only while all are in use", () => {
    let made = 0;
    const elements = new Elements(() => {
      made++;
      return new FakeImage() as unknown as HTMLImageElement;
    });
    const first = elements.lend();
    const second = elements.lend();
    expect([made, new Set([...first, ...second]).size]).toEqual([4, 4]);
    for (let camera = 0; camera < 1000; camera++) elements.giveBack(elements.lend());
    expect(made).toBe(6);
    elements.giveBack(first);
    expect(elements.lend()).toBe(first);
    expect((first[0] as unknown as FakeImage).removed).toBe(1);
  });
});
