import { describe, expect, it } from "vitest";

import { violations } from "./axe";
import { picturesShown, shot, tile, useStage } from "./stage";

const stage = useStage();

describe("saving pictures", () => {
  it("saves one by key and by mouse, and all at one instant", async () => {
    stage.go.state.cameras = stage.cameras(4);
    const page = await stage.open();
    await picturesShown(page, 4);
    await page.keyboard.press("s");
    await page.getByText("Saved a picture of Porch.").waitFor();
    await page.keyboard.press("Shift+S");
    await page.getByText("Saved 1 picture.").waitFor();
    await tile(page, "Garage").hover();
    await page.getByRole("button", { name: "Snapshot: Garage" }).click();
    await page.getByText("Saved a picture of Garage.").waitFor();
    expect(stage.go.asked.map(({ command, call }) => [command, call.key])).toEqual([
      ["snapshot", "agent:1/cam"],
      ["snapshot", ""],
      ["snapshot", "agent:2/cam"],
    ]);
  });

  it("shows the file in its folder, by keyboard too", async () => {
    stage.go.state.cameras = stage.cameras(1);
    const page = await stage.open();
    await picturesShown(page, 1);
    await page.keyboard.press("s");
    const button = page.getByRole("button", { name: "Show in folder" });
    await button.waitFor();
    expect(await violations(page)).toEqual([]);
    await shot(page, "saved");
    await button.focus();
    await page.keyboard.press("Enter");
    const path = "/home/me/Pictures/PiGrid/Porch.jpg";
    await expect
      .poll(() => stage.go.asked.at(-1))
      .toMatchObject({ command: "reveal", call: { path } });
  });

  it("says in words why nothing was saved, and offers no folder", async () => {
    stage.go.state.cameras = stage.cameras(1);
    stage.go.save = () => ({ code: "disk-full", paths: [], canShow: false });
    const page = await stage.open();
    await picturesShown(page, 1);
    await page.keyboard.press("s");
    await page.getByText("The disk is full.").waitFor();
    expect(await page.getByRole("button", { name: "Show in folder" }).count()).toBe(0);
    await shot(page, "not-saved");
  });
});
