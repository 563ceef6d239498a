import { describe, expect, it } from "vitest";

import type { CameraHistory, Outage } from "../src/backend/types";
import { HISTORY } from "../src/words/history";
import { violations } from "./axe";
import { picturesShown, shot, tile, useStage } from "./stage";

const stage = useStage();
const HOUR = 3_600_000;

/** Noon of today: times of an hour ago are of the same day. */
function noon(): number {
  return new Date().setHours(12, 0, 0, 0);
}

function past(name: string, key: string, outages: Outage[]): CameraHistory {
  const day =
    "-".repeat(40) +
    "a".repeat(20) +
    "l".repeat(100) +
    "s".repeat(4) +
    "l".repeat(20) +
    "o".repeat(4);
  const more = "l".repeat(20) + "e".repeat(8) + "l".repeat(20) + "t".repeat(6) + "l".repeat(20);
  const marks =
    outages.length === 0
      ? "-".repeat(100) + "l".repeat(188)
      : day + more + "r".repeat(6) + "l".repeat(20);
  const live = outages.length === 0 ? 1 : 0.9823;
  const line = { marks, live, watched: 12 * HOUR };
  return { key, name, day: line, week: line, outages };
}

function outages(): Outage[] {
  const offline = { from: noon() - 3 * HOUR, state: "offline", message: "" } as const;
  return [
    {
      from: offline.from,
      to: offline.from + 19 * 60_000,
      going: false,
      phases: [
        { ...offline, reason: "unreachable" },
        {
          from: offline.from + 60_000,
          state: "camera-error",
          reason: "camera",
          message: "No camera was found.",
        },
      ],
    },
  ];
}

describe("history", () => {
  it("shows what happened to a camera in its details, and to all on a page", async () => {
    stage.go.state.cameras = stage.cameras(3);
    stage.go.history = {
      now: noon(),
      cameras: [
        past("Porch", "agent:1/cam", outages()),
        past("Garage", "agent:2/cam", []),
        {
          ...past("Garden", "agent:3/cam", []),
          day: { marks: "-".repeat(288), live: 0, watched: 0 },
        },
      ],
      csv: "camera,from\nPorch,now\n",
    };
    const page = await stage.open();
    await picturesShown(page, 3);
    await page.keyboard.press("d");
    const details = page.getByRole("dialog", { name: "Porch" });
    await details
      .getByText("09:00–09:19 19 min: the Pi did not answer, then no camera was found")
      .waitFor();
    await details.getByRole("img", { name: "Porch, last 24 h: 98.2 % up" }).waitFor();
    await shot(page, "details-history");
    expect(await violations(page)).toEqual([]);
    await details.getByRole("button", { name: "History of all cameras" }).click();
    const all = page.getByRole("dialog", { name: "History" });
    await all.getByRole("region", { name: "Garage" }).getByText("No outages").waitFor();
    expect(await all.getByRole("img").count()).toBe(6);
    expect(await violations(page)).toEqual([]);
    await shot(page, "history");
    for (const [width, height] of [
      [390, 844],
      [1280, 720],
    ] as const) {
      await page.setViewportSize({ width, height });
      await shot(page, `history-${width}`);
    }
    await all.getByRole("button", { name: "Export as CSV" }).click();
    await all.getByText("Saved: /home/ada/pigrid-history.csv").waitFor();
    expect(stage.go.files.map(({ text }) => text)).toEqual(["camera,from\nPorch,now\n"]);
    await page.keyboard.press("Escape");
    await all.waitFor({ state: "detached" });
  });

  it.each(["dark", "light"] as const)(
    "tells apart by words, shapes and colours what happened, in %s",
    async (colorScheme) => {
      stage.go.state.cameras = stage.cameras(1);
      stage.go.history = { now: noon(), cameras: [past("Porch", "agent:1/cam", outages())] };
      const page = await stage.open({ colorScheme });
      await picturesShown(page, 1);
      await tile(page, "Porch").click({ button: "right" });
      await page.getByRole("menuitem", { name: "History" }).click();
      const line = page.getByRole("img", { name: "Porch, last 24 h" });
      await line.waitFor();
      const marks = await line.locator("g").evaluateAll((all) =>
        all.map((g) => {
          const drawn = [...g.querySelectorAll("rect:not(.whole)")];
          const shape = drawn.map((r) => `${r.getAttribute("y")}+${r.getAttribute("height")}`);
          const fill = drawn[0] ? getComputedStyle(drawn[0]).fill : "";
          return { word: g.textContent?.split(" · ")[0]?.trim(), fill, shape: shape.join() };
        }),
      );
      const words = new Set(marks.map(({ word }) => word));
      expect([...words].sort()).toEqual(Object.values(HISTORY.legend).sort());
      expect(new Set(marks.map(({ fill }) => fill)).size).toBe(words.size);
      expect(new Set(marks.map(({ shape }) => shape)).size).toBe(words.size);
      await page.setViewportSize({ width: 1280, height: 720 });
      await shot(page, `history-kinds-${colorScheme}`);
    },
  );

  it("goes on while it is shown", async () => {
    stage.go.state.cameras = stage.cameras(1);
    stage.go.history = { now: noon(), cameras: [past("Porch", "agent:1/cam", [])] };
    const page = await stage.open();
    await picturesShown(page, 1);
    await tile(page, "Porch").click({ button: "right" });
    await page.getByRole("menuitem", { name: "History" }).click();
    const dialog = page.getByRole("dialog", { name: "History" });
    await dialog.getByText("No outages").waitFor();
    stage.go.history = { now: noon(), cameras: [past("Porch", "agent:1/cam", outages())] };
    await dialog.getByText("19 min: the Pi did not answer").waitFor({ timeout: 15_000 });
  });

  it("is an entry of the menu, of that camera", async () => {
    stage.go.state.cameras = stage.cameras(2);
    stage.go.history.cameras = [
      past("Porch", "agent:1/cam", []),
      past("Garage", "agent:2/cam", outages()),
    ];
    const page = await stage.open();
    await picturesShown(page, 2);
    await tile(page, "Garage").click({ button: "right" });
    await page.getByRole("menuitem", { name: "History" }).click();
    const dialog = page.getByRole("dialog", { name: "History" });
    await dialog.getByRole("region", { name: "Garage" }).waitFor();
    expect(await dialog.getByRole("region").count()).toBe(1);
    await dialog.getByRole("button", { name: "History of all cameras" }).click();
    await expect.poll(() => dialog.getByRole("region").count()).toBe(2);
  });

  it("is found among the cameras of the settings", async () => {
    stage.go.state.cameras = stage.cameras(1);
    const page = await stage.open();
    await picturesShown(page, 1);
    await page.getByRole("button", { name: "Settings" }).click();
    await page.getByRole("tab", { name: "Cameras" }).click();
    await page.getByRole("button", { name: "History" }).click();
    await page.getByRole("dialog", { name: "History" }).waitFor();
  });
});
