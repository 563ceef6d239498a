import { describe, expect, it } from "vitest";

import type { AddResult } from "../src/backend/types";
import { search } from "../src/testing/camera";
import { shot, SIZES, useStage } from "./stage";

const stage = useStage();

describe("Add by address", () => {
  it("says in words why it did not work, then adds", async () => {
    const porch = stage.cameras(1);
    const page = await stage.open();
    await page.getByRole("button", { name: "Add by address" }).click();
    const dialog = page.getByRole("dialog", { name: "Add a camera by address" });
    const field = dialog.getByLabel("Address of the Raspberry Pi");
    await expect.poll(() => field.evaluate((e) => e === document.activeElement)).toBe(true);
    expect(await dialog.getByRole("button", { name: "Add", exact: true }).isDisabled()).toBe(true);
    await shot(page, "add");

    let answer: (result: AddResult) => void = () => {};
    stage.go.add = () => new Promise((resolve) => (answer = resolve));
    await field.fill(" 192.168.1.40 ");
    await page.keyboard.press("Enter");
    await dialog.getByText("Trying 192.168.1.40…").waitFor();
    answer({
      ok: false,
      keys: [],
      reason: "refused",
      address: "192.168.1.40:8080",
      detail: "dial tcp 192.168.1.40:8080: connect: connection refused",
    });
    await dialog.getByText("192.168.1.40:8080 is on, but PiGrid isn't running there.").waitFor();
    expect(await field.getAttribute("aria-invalid")).toBe("true");
    await shot(page, "add-failed");
    await dialog.getByText("Technical details").click();
    await dialog.getByText("connection refused").waitFor();
    await shot(page, "add-failed-details");

    stage.go.add = async () => {
      await stage.go.emit(page, porch);
      return {
        ok: true,
        keys: ["agent:1/cam"],
        reason: "",
        address: "192.168.1.40:8080",
        detail: "",
      };
    };
    await dialog.getByRole("button", { name: "Add", exact: true }).click();
    await dialog.waitFor({ state: "detached" });
    await page.getByText("Porch was added.").waitFor();
    await page.getByRole("button", { name: /^Porch, live/ }).waitFor();
    await page.waitForTimeout(300); // the toast moves in
    await shot(page, "added");
    expect(stage.go.calls).toEqual(["add 192.168.1.40", "add 192.168.1.40"]);
  });

  it("shows no password of an address that it could not hand over", async () => {
    const page = await stage.open();
    await page.keyboard.press("Control+n");
    stage.go.add = () => Promise.reject(new Error("the app went away"));
    await page.getByRole("textbox").fill("http://root:geheim@cam/v.mjpg");
    await page.keyboard.press("Enter");
    await page.getByText("http://cam/v.mjpg could not be added.").waitFor();
  });

  it("fits a small window", async () => {
    stage.go.state.cameras = stage.cameras(4);
    const page = await stage.open({ viewport: { width: 480, height: 800 }, colorScheme: "light" });
    await page.keyboard.press("Control+n");
    await page.getByRole("dialog").waitFor();
    await page.getByRole("textbox").fill("example.org");
    await page.keyboard.press("Enter");
    await page.getByText("Nothing called example.org answered.").waitFor();
    const buttons = page.getByRole("dialog").locator(".buttons > *");
    for (const box of await Promise.all((await buttons.all()).map((b) => b.boundingBox())))
      expect(box && box.x >= 16 && box.x + box.width <= 464).toBe(true);
    await shot(page, "add-480-light");
  });
});

describe("the empty page", () => {
  it.each([...SIZES, { width: 320, height: 568 }])(
    "says what to do at $width x $height",
    async (viewport) => {
      const page = await stage.open({ viewport });
      await page.getByText("No cameras found yet on 192.168.1.0/24 (eth0).").waitFor();
      await page.getByText("make pi HOSTS=").waitFor();
      await page.getByText("Is it on the same network?").waitFor();
      await page.getByRole("button", { name: "Copy the command" }).click();
      await page.getByText("Copied").first().waitFor();
      await shot(page, `empty-${viewport.width}`);
      const wide = (e: Element) => e.scrollWidth > e.clientWidth;
      expect(await page.locator("main section").evaluate(wide), "scrolls sideways").toBe(false);
      expect(stage.complaints).toEqual([]);
    },
  );

  it("says why it cannot look", async () => {
    stage.go.state.discovery = { running: false, interfaces: [], problem: "port 5353 is taken" };
    const page = await stage.open({ colorScheme: "light", viewport: { width: 1280, height: 800 } });
    await page
      .getByText("PiGrid cannot discover cameras automatically: port 5353 is taken.")
      .waitFor();
    await shot(page, "empty-problem-light");
  });

  it("gives way to the first camera by itself", async () => {
    const page = await stage.open();
    await page.getByText("No cameras found yet").waitFor();
    await stage.go.emit(page, stage.cameras(1), {
      discovery: { running: true, interfaces: [], problem: "port 5353 is taken" },
    });
    await page.getByRole("button", { name: /^Porch, live/ }).waitFor();
    await page.getByText("Not looking for new cameras").waitFor();
    await shot(page, "one-not-looking");
  });
});

describe("without the app", () => {
  it("says so", async () => {
    const page = await stage.open({ viewport: { width: 1280, height: 800 } }, false);
    await page.getByText("This page works only with PiGrid behind it.").waitFor();
    await shot(page, "no-app");
    expect(stage.go.questions).toEqual([]);
  });
});

describe("Search this network", () => {
  const found = { total: 254, networks: ["192.168.1.0/24"] };

  it.each(SIZES)("from the empty page at $width x $height", async (viewport) => {
    const page = await stage.open({ viewport });
    await page.getByRole("button", { name: "Search this network" }).click();
    await expect.poll(() => stage.go.calls).toEqual(["search"]);
    await stage.go.emit(page, [], { search: search({ ...found, running: true, done: 96 }) });
    await page.getByText("Searching 192.168.1.0/24: 96 of 254 addresses").waitFor();
    await page.getByRole("progressbar", { name: "Addresses searched" }).waitFor();
    await shot(page, `search-${viewport.width}`);
    await page.getByRole("button", { name: "Stop searching" }).click();
    await expect.poll(() => stage.go.calls).toEqual(["search", "stopSearch"]);
    await stage.go.emit(page, [], { search: search({ ...found, done: 254 }) });
    await page.getByText("Nothing answered on 192.168.1.0/24.").waitFor();
    await shot(page, `search-nothing-${viewport.width}`);
    expect(stage.complaints).toEqual([]);
  });

  it("from Add by address, which says nothing about an older search", async () => {
    const cameras = stage.cameras(3);
    stage.go.state.cameras = cameras.slice(0, 1);
    stage.go.state.search = search({ ...found, done: 254 });
    const page = await stage.open();
    await page.keyboard.press("Control+n");
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("button", { name: "Search this network" }).waitFor();
    expect(await dialog.innerText()).not.toContain("Nothing answered");
    await dialog.getByRole("button", { name: "Search this network" }).click();
    await expect.poll(() => stage.go.calls).toEqual(["search"]);
    await stage.go.emit(page, cameras.slice(0, 1), {
      search: search({ ...found, running: true, done: 31 }),
    });
    await dialog.getByText("Searching 192.168.1.0/24: 31 of 254 addresses").waitFor();
    await shot(page, "search-add");
    await stage.go.emit(page, cameras, {
      search: search({ ...found, done: 254, answered: 2, found: 2 }),
    });
    await dialog.getByText("Found 2 new cameras on 192.168.1.0/24.").waitFor();
    await shot(page, "search-add-found");
  });
});

describe("The page", () => {
  it("runs and loads nothing but its own files", async () => {
    const page = await stage.open();
    const blocked = await page.evaluate(async () => {
      const seen: string[] = [];
      document.addEventListener("securitypolicyviolation", (e) => seen.push(e.effectiveDirective));
      const add = (tag: string, attributes: Record<string, string>, text = "") => {
        const element = document.createElement(tag);
        for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
        element.textContent = text;
        document.body.append(element);
      };
      add("script", {}, "window.ran = true");
      add("img", { src: "http://127.0.0.2:9/x" });
      add("iframe", { src: "http://127.0.0.2:9/" });
      add("script", { src: "http://127.0.0.2:9/x.js" });
      await fetch("http://127.0.0.2:9/").catch(() => {});
      const deadline = Date.now() + 10_000;
      while (new Set(seen).size < 4 && Date.now() < deadline)
        await new Promise((resolve) => setTimeout(resolve, 100));
      return { seen: [...new Set(seen)].sort(), ran: "ran" in window };
    });
    expect(blocked).toEqual({
      seen: ["connect-src", "frame-src", "img-src", "script-src-elem"],
      ran: false,
    });
    stage.complaints = [];
  });

  it("opens no file that is dropped on it", async () => {
    stage.go.state.cameras = stage.cameras(1);
    const page = await stage.open();
    await page.locator("li.tile").waitFor();
    const taken = await page.evaluate(() =>
      ["dragover", "drop"].map((type) => {
        const event = new DragEvent(type, { bubbles: true, cancelable: true });
        document.querySelector("li")?.dispatchEvent(event);
        return event.defaultPrevented;
      }),
    );
    expect(taken).toEqual([true, true]);
  });
});
