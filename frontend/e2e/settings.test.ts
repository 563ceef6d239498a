import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";

import { violations } from "./axe";
import { picturesShown, shot, tile, useStage } from "./stage";

const stage = useStage();

async function open(width = 1280, colorScheme: "dark" | "light" = "dark"): Promise<Page> {
  stage.go.state.cameras = stage.cameras(4);
  const page = await stage.open({ viewport: { width, height: 720 }, colorScheme });
  await picturesShown(page, 4);
  await page.keyboard.press("Control+,");
  await page.getByRole("dialog", { name: "Settings" }).waitFor();
  return page;
}

const SAVING = {
  folder: "",
  usual: "/home/ada/Pictures/PiGrid",
  name: "",
  usualName: "{camera} {date} {time}",
  example: "Porch 2026-11-30 12.34.56.jpg",
};

const background = (page: Page) =>
  page.evaluate(() => getComputedStyle(document.body).backgroundColor);
const DARK = "rgb(11, 13, 16)";
const LIGHT = "rgb(247, 248, 250)";

describe("appearance", () => {
  it("is that of the system until a person chooses, and follows at once", async () => {
    const page = await open();
    stage.go.settings = (_, { scheme = "", labels = "", numbers = "" }) => {
      stage.go.change({ appearance: { scheme, labels, numbers } });
      return {};
    };
    expect(await background(page)).toBe(DARK);
    await page.emulateMedia({ colorScheme: "light" });
    await expect.poll(() => background(page)).toBe(LIGHT);
    await page.getByRole("radio", { name: "Dark" }).check();
    await expect.poll(() => background(page)).toBe(DARK);
    await page.getByRole("radio", { name: "Light" }).check();
    await page.emulateMedia({ colorScheme: "dark" });
    await expect.poll(() => background(page)).toBe(LIGHT);
    expect(stage.go.asked.map(({ call }) => call)).toEqual([
      { scheme: "dark", labels: "always", numbers: "hover" },
      { scheme: "light", labels: "always", numbers: "hover" },
    ]);
  });

  it("shows names on tiles only under the mouse, and where something is wrong", async () => {
    const cameras = stage.cameras(2);
    const now = Date.now();
    Object.assign(cameras[1] ?? {}, { state: "offline", since: now, retryAt: now + 60_000 });
    stage.go.state.cameras = cameras;
    stage.go.state.appearance = { scheme: "system", labels: "hover", numbers: "hover" };
    const page = await stage.open();
    await picturesShown(page, 2);
    const name = (of: string) => tile(page, of).locator(".name");
    const [well = "", failing = ""] = cameras.map((c) => c.name);
    await expect.poll(() => name(well).isVisible()).toBe(false);
    expect(await name(failing).isVisible()).toBe(true);
    await tile(page, well).hover();
    await expect.poll(() => name(well).isVisible()).toBe(true);
  });
});

it("lists cameras, opens their details and forgets them", async () => {
  const page = await open();
  await page.getByRole("tab", { name: "Cameras" }).click();
  const rows = page.getByRole("dialog").locator("tbody tr");
  expect(await rows.count()).toBe(4);
  await shot(page, "settings-cameras");
  await page.getByRole("button", { name: "Details of Porch" }).click();
  await page.getByRole("dialog", { name: "Porch" }).waitFor();
  await page.keyboard.press("Escape");
  await page.keyboard.press("Control+,");
  await page.getByRole("tab", { name: "Cameras" }).click();
  await page.getByRole("button", { name: "Forget Porch" }).click();
  const asked = page.getByRole("dialog", { name: "Forget Porch?" });
  await asked.waitFor();
  expect(stage.go.calls.filter((call) => call.startsWith("forget"))).toEqual([]);
  await asked.getByRole("button", { name: "Forget this camera" }).click();
  await expect.poll(() => stage.go.calls.at(-1)).toBe("forget agent:1/cam");
});

it("notifies of a camera that goes, or says why it cannot", async () => {
  const page = await open();
  await page.getByRole("tab", { name: "Cameras" }).click();
  const box = page.getByRole("checkbox", { name: "Notify when Porch goes" });
  stage.go.settings = () => ({ ok: false, code: "no-notices", detail: "no such service" });
  await box.click();
  await page.getByText("This system shows no notices of PiGrid: no such service").waitFor();
  expect(await box.isChecked()).toBe(false);
  stage.go.settings = (_, { key, on = false }) => {
    const cameras = stage.go.state.cameras.map((c) => (c.key === key ? { ...c, notify: on } : c));
    stage.go.change({ cameras });
    return {};
  };
  await box.click();
  await page.getByText("You will be notified when Porch goes.").waitFor();
  await expect.poll(() => box.isChecked()).toBe(true);
  expect(stage.go.asked.at(-1)).toEqual({
    command: "notify",
    call: { key: "agent:1/cam", on: true },
  });
  await page.keyboard.press("Space");
  await expect.poll(() => box.isChecked()).toBe(false);
});

describe("how pictures are saved", () => {
  const openTab = async () => {
    const page = await open();
    await page.getByRole("tab", { name: "Pictures" }).click();
    return page;
  };
  const folder = (page: Page) => page.getByRole("textbox", { name: "Folder" });
  const names = (page: Page) => page.getByRole("textbox", { name: "Names" });

  it("shows a live example, and one sentence about what is wrong", async () => {
    stage.go.settings = (command, { name = "", path = "" }) => {
      if (name.includes("{room}")) {
        const saving = { ...SAVING, name, example: "" };
        return { ok: false, code: "unknown-part", detail: "{room}", saving };
      }
      const saving = { ...SAVING, name, example: `${name || "Porch 2026"}.jpg` };
      if (command !== "setSaving" || path === "/media/stick") {
        return { saving: command === "setSaving" ? { ...saving, folder: path } : saving };
      }
      return { ok: false, code: "no-folder", detail: "stat", saving };
    };
    const page = await openTab();
    await page.getByText("Like this: Porch 2026.jpg").waitFor();
    const save = page.getByRole("button", { name: "Save", exact: true });
    expect(await save.isDisabled()).toBe(true);
    await names(page).fill("{camera} {room}");
    await page.getByText("PiGrid does not know {room}.").waitFor();
    expect(await save.isDisabled()).toBe(true);
    await shot(page, "settings-pictures-wrong");
    await names(page).fill("Visit {time}");
    await page.getByText("Like this: Visit {time}.jpg").waitFor();
    await folder(page).fill("/media/gone");
    await save.click();
    await page.getByText("There is no such folder.").waitFor();
    expect([await folder(page).inputValue(), await names(page).inputValue()]).toEqual([
      "/media/gone",
      "Visit {time}",
    ]);
    await folder(page).fill("/media/stick");
    await names(page).press("Enter");
    await page.getByText("Saved", { exact: true }).waitFor();
    expect(stage.go.asked.at(-1)).toEqual({
      command: "setSaving",
      call: { path: "/media/stick", name: "Visit {time}" },
    });
    expect(await save.isDisabled()).toBe(true);
  });

  it("asks for the folder with the system's dialog", async () => {
    stage.go.settings = (command) =>
      command === "chooseFolder"
        ? { saving: { ...SAVING, folder: "/media/stick" } }
        : { saving: SAVING };
    const page = await openTab();
    await names(page).fill("Visit");
    await page.getByRole("button", { name: "Choose…" }).click();
    await expect.poll(() => folder(page).inputValue()).toBe("/media/stick");
    await expect.poll(() => stage.go.asked.at(-1)?.command).toBe("tryName");
    expect(await names(page).inputValue()).toBe("Visit");
    stage.go.settings = () => ({ ok: false, code: "cancelled" });
    await page.getByRole("button", { name: "Choose…" }).click();
    expect(await folder(page).inputValue()).toBe("/media/stick");
  });
});

describe("moving to another computer", () => {
  it("saves what Go gives as a file", async () => {
    const page = await open();
    stage.go.settings = (command) => ({ text: command === "exportSettings" ? "the file" : "all" });
    await page.getByRole("tab", { name: "About" }).click();
    await expect.poll(() => page.locator("pre").textContent()).toBe("all");
    await page.getByRole("button", { name: "Save settings" }).click();
    await page.getByText("Saved: /home/ada/pigrid-settings.json").waitFor();
    expect(stage.go.files).toEqual([{ name: "pigrid-settings.json", text: "the file" }]);
  });

  it("takes a file in, and says how that ended", async () => {
    const page = await open();
    stage.go.settings = (command, { text }) =>
      command !== "importSettings"
        ? {}
        : text === "good"
          ? { added: 2 }
          : { ok: false, code: "not-settings" };
    await page.getByRole("tab", { name: "About" }).click();
    const file = (text: string) =>
      page.locator("input[type=file]").setInputFiles({
        name: "a.json",
        mimeType: "application/json",
        buffer: Buffer.from(text),
      });
    const said = page.getByRole("dialog").getByRole("status").first();
    await file("bad");
    await expect.poll(() => said.textContent()).toContain("This is not a file of PiGrid's");
    await file("good");
    await expect.poll(() => said.textContent()).toContain("2 cameras are new");
    await file("x".repeat(9 << 20));
    await expect.poll(() => said.textContent()).toContain("too large");
    expect(stage.go.asked.filter(({ command }) => command === "importSettings")).toHaveLength(2);
  });
});

describe.each(["dark", "light"] as const)("in %s", (colorScheme) => {
  it.each([1280, 390])("nothing is cut and axe finds nothing at %i px", async (width) => {
    stage.go.settings = () => ({
      text: "PiGrid: 0.5.1, linux amd64\nSearch: on eth0\n".repeat(20),
      saving: { ...SAVING, folder: "/home/ada/Pictures/cameras/".repeat(6) },
    });
    const page = await open(width, colorScheme);
    for (const name of ["Appearance", "Cameras", "Pictures", "Household", "About"]) {
      await page.getByRole("tab", { name }).click();
      await page.getByRole("tabpanel", { name }).waitFor();
      await shot(page, `settings-${name}-${colorScheme}-${width}`);
      expect(await violations(page)).toEqual([]);
      const wide = await page
        .getByRole("dialog")
        .evaluate((e) => e.scrollWidth > e.clientWidth || e.clientWidth > innerWidth);
      expect(wide).toBe(false);
    }
  });
});

describe.each(["dark", "light"] as const)("in %s", (colorScheme) => {
  it.each([1280, 390])("says at %i px why a camera is not seen", async (width) => {
    stage.go.heard = {
      agents: [
        {
          name: "",
          address: "192.168.1.50:8080",
          answers: false,
          cameras: 0,
          reason: "refused",
          detail: "",
        },
        {
          name: "Porch",
          address: "192.168.1.40:8080",
          answers: true,
          cameras: 1,
          reason: "",
          detail: "",
        },
      ],
      forgotten: 1,
      declined: 0,
    };
    const page = await open(width, colorScheme);
    await page.getByRole("tab", { name: "Cameras" }).click();
    await page.getByRole("button", { name: "Why don't I see my camera?" }).click();
    const dialog = page.getByRole("dialog", { name: "Why don't I see my camera?" });
    await dialog.getByText("1 agent answers: Porch.").waitFor();
    expect(await dialog.getByRole("listitem").count()).toBe(5);
    await shot(page, `why-${colorScheme}-${width}`);
    expect(await violations(page)).toEqual([]);
    await dialog.getByRole("button", { name: "Add by address" }).click();
    await page.getByRole("dialog", { name: "Add a camera" }).waitFor();
  });
});

it("is used by the keyboard alone", async () => {
  const page = await open();
  await page.keyboard.press("Tab");
  await page.keyboard.press("ArrowRight");
  await page.getByRole("tabpanel", { name: "Cameras" }).waitFor();
  await page.keyboard.press("ArrowRight");
  await page.getByRole("tabpanel", { name: "Pictures" }).waitFor();
  await page.keyboard.press("ArrowRight");
  await page.getByRole("tabpanel", { name: "Household" }).waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
});
