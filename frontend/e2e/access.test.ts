import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";

import type { Access, Call, Camera } from "../src/backend/types";
import {
  accessResult,
  homeAgent,
  household,
  KEY,
  lock,
  lockAgent,
  NO_ACCESS,
  openAgent,
  PASSWORD,
  sheet,
  watcher,
} from "../src/testing/access";
import { nothingKept } from "./secrets";
import { picturesShown, tile, useStage } from "./stage";

const stage = useStage();

const HOME: Access = { ...NO_ACCESS, households: [household()] };
const commands = () => stage.go.asked.map(({ command }) => command);
const lastCall = () => stage.go.asked.at(-1)?.call;

/** Opens the page with this many cameras and what is known of access. */
async function open(cameras: Camera[], access: Partial<Access>, width = 1280): Promise<Page> {
  stage.go.state.cameras = cameras;
  stage.go.state.access = { ...NO_ACCESS, ...access };
  const page = await stage.open({ viewport: { width, height: 800 } });
  await page.locator("li.tile:not(.hidden)").first().waitFor();
  return page;
}

describe("locking", () => {
  const names = ["Porch", "Garage", "Shed"];
  const openAgents = names.map((name, i) => openAgent({ id: `${i + 1}`, name }));

  it("shows who watched, locks, waits for restarts, and ends with the sheet", async () => {
    stage.go.access = (command) => {
      if (command === "watchers") {
        const watched = [{ id: "1", name: "Porch", code: "" as const, watchers: [watcher()] }];
        return accessResult({ watched });
      }
      if (command === "lock") stage.go.change({ access: locking("asking", "asking", "asking") });
      if (command === "endLock") stage.go.change({ access: HOME });
      if (command === "sheet") return accessResult({ sheet: sheet() });
      return accessResult({ household: "h1" });
    };
    const locking = (...steps: string[]): Access => ({
      ...HOME,
      lock: lock(
        steps.map((step, i) =>
          lockAgent({
            id: `${i + 1}`,
            name: names[i] ?? "",
            step,
            code: step === "failed" ? "no-answer" : "",
            claimUntil: step === "claiming" ? Date.now() + 65_000 : 0,
          }),
        ),
      ),
    });
    const page = await open(stage.cameras(3), { open: openAgents });
    await page.getByRole("button", { name: "Household: Open to your network" }).click();
    const dialog = page.getByRole("dialog", { name: "Only my household" });
    await dialog.getByText("Everyone on your network can watch Porch, Garage and Shed.").waitFor();
    await dialog.getByText("Home Assistant at 192.168.1.5").waitFor();
    await dialog.getByText("Enter a view password there, with any user name.").waitFor();
    await dialog.getByRole("textbox", { name: "Name of your household" }).fill("Our house");
    await dialog.getByRole("button", { name: "Lock", exact: true }).click();
    await dialog.getByText("0 of 3 Pis are locked.").waitFor();
    const focused = () => dialog.evaluate((e) => e === document.activeElement);
    await expect.poll(focused).toBe(true); // the button that had the focus is gone
    expect(lastCall()).toEqual({ name: "Our house", to: "Phones and programs" });

    await stage.go.emit(page, stage.cameras(3), {
      access: locking("locked", "claiming", "restart"),
    });
    await dialog.getByText("1 of 3 Pis are locked.").waitFor();
    await dialog.getByText("Unplug this Pi and plug it back in.").waitFor();
    const left = async () => {
      const [, m, s] = /(\d+):(\d\d) left/.exec(await dialog.innerText()) ?? [];
      return Number(m) * 60 + Number(s);
    };
    const before = await left();
    expect(before).toBeGreaterThan(50);
    await expect.poll(left).toBeLessThan(before - 1);

    // It goes on without the dialog, and the header says how far it is.
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
    await stage.go.emit(page, stage.cameras(3), { access: locking("locked", "failed", "restart") });
    await page.getByRole("button", { name: "Household: Locking: 1 of 3" }).click();
    await dialog.getByText("It does not answer. Is the Pi on? Trying again.").waitFor();
    await stage.go.emit(page, stage.cameras(3), { access: locking("locked", "locked", "locked") });
    await dialog.getByText("All 3 Pis are locked.").waitFor();
    await dialog.getByRole("button", { name: "Show the household sheet" }).click();
    await page.getByRole("dialog", { name: "Household sheet: Home" }).getByText(KEY).waitFor();
    expect(commands().slice(0, 2)).toEqual(["watchers", "lock"]);
    expect(commands().slice(2).sort()).toEqual(["endLock", "sheet"]); // sent at the same time
    await nothingKept(stage, page);
  });

  it("adds one to a household that is there, and says why that did not work", async () => {
    const page = await open(stage.cameras(3), { ...HOME, open: openAgents.slice(2) });
    let told = false;
    stage.go.access = (command) =>
      accessResult({ ok: command === "watchers" && told, code: "unreadable" });
    await page.getByRole("button", { name: "Household: 1 open" }).click();
    await page.getByRole("button", { name: "Lock them, too" }).click();
    const dialog = page.getByRole("dialog", { name: "Only my household" });
    await dialog.getByText("PiGrid could not find out who watched.").waitFor();
    told = true;
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Household: 1 open" }).click();
    await page.getByRole("button", { name: "Lock them, too" }).click();
    await dialog.getByText("Nobody but this computer.").waitFor();
    await dialog.getByRole("button", { name: "Lock", exact: true }).click();
    await dialog.getByText("This computer's keychain does not hand out the key.").waitFor();
    expect(lastCall()).toEqual({ household: "h1" });
    await dialog.getByRole("combobox").selectOption("A new household");
    expect(await dialog.getByRole("textbox").inputValue()).toBe("Home 2");
  });
});

describe("a household key of another computer", () => {
  it("is typed in any way, and opens cameras", async () => {
    const page = await open(
      stage.cameras(2).map((c) => ({ ...c, state: "refused", reason: "needs-key" })),
      { strange: 2 },
    );
    await page.getByText("Porch needs your household key.").waitFor();
    await tile(page, "Porch").getByRole("button", { name: "Enter key" }).click();
    const dialog = page.getByRole("dialog", { name: "Enter household key" });
    const go = dialog.getByRole("button", { name: "Open my cameras" });
    await dialog.getByLabel("Household key").fill("7k3qw 9xb2m");
    await dialog.getByText("10 of 20 letters and digits").waitFor();
    expect(await go.isDisabled()).toBe(true);
    const typed = KEY.toLowerCase().replaceAll("-", " ");
    await dialog.getByLabel("Household key").fill(typed);
    stage.go.access = () => accessResult({ ok: false, code: "none-opens" });
    await page.keyboard.press("Enter");
    await dialog.getByText("No locked camera here fits this key. Keep it anyway?").waitFor();
    expect(lastCall()).toEqual({ text: typed, name: "Home", keep: false });
    stage.go.access = () =>
      accessResult({ household: "h1", opened: [openAgent({ name: "Porch", cameras: 2 })] });
    await dialog.getByRole("button", { name: "Keep it anyway" }).click();
    await dialog.getByText("Opened: Porch (2 cameras).").waitFor();
    expect(lastCall()?.keep).toBe(true);
    await dialog.getByRole("button", { name: "Done" }).click();
    await dialog.waitFor({ state: "detached" });
    await nothingKept(stage, page);
  });
});

describe("the household", () => {
  const passwords = [
    { name: "Phones and programs", until: 0, here: true },
    { name: "Guests", until: Date.now() + 86_400_000, here: true },
  ];
  const agents = [homeAgent(), homeAgent({ id: "a2", name: "Shed", online: false, waits: true })];
  const home: Access = { ...NO_ACCESS, households: [household({ passwords, agents })], strange: 1 };

  it("keeps its key out of sight until it is asked for, and forgets it then", async () => {
    stage.go.access = () => accessResult({ sheet: sheet() });
    const page = await open(stage.cameras(2), home);
    await page.keyboard.press("l");
    const dialog = page.getByRole("dialog");
    await dialog.getByText("Off. Gets what is new when it is back.").waitFor();
    await dialog.getByText("1 locked Pi here is not in your household.").waitFor();
    expect(commands()).toEqual([]);
    await dialog.getByRole("button", { name: "Show the key and passwords" }).click();
    await dialog.getByText(KEY).waitFor();
    await dialog.getByText(PASSWORD, { exact: true }).waitFor();
    await dialog.getByRole("img", { name: "QR code of the household key" }).waitFor();
    await dialog
      .getByText(`http://pigrid:${PASSWORD}@garage.local:8080/video`, { exact: true })
      .waitFor();
    const code = dialog.getByRole("img", { name: /QR code of the view password/ }).locator("path");
    const ofGarage = await code.getAttribute("d");
    await dialog.getByLabel("For this Pi").selectOption("Porch");
    await dialog
      .getByText(`http://pigrid:${PASSWORD}@porch.local:8080/video`, { exact: true })
      .waitFor();
    expect(await code.getAttribute("d")).not.toBe(ofGarage);
    await dialog.getByRole("button", { name: "Copy the household key" }).click();
    const copied = () =>
      page.evaluate(() => (window as unknown as { fakeClipboard: string }).fakeClipboard);
    expect(await copied()).toBe(KEY);
    await dialog.getByRole("button", { name: "Back" }).click();
    await dialog.getByRole("heading", { name: "View passwords" }).waitFor();
    expect(await page.content()).not.toContain(KEY);
    await nothingKept(stage, page);
  });

  it("is saved and printed as a sheet", async () => {
    const names = sheet().agents.map(({ url }, i) => ({
      name: i ? "Porch" : "<img src=x>",
      url,
    }));
    stage.go.access = () => accessResult({ sheet: sheet({ agents: names }) });
    const page = await open(stage.cameras(2), home);
    await page.keyboard.press("l");
    await page.getByRole("button", { name: "Show the key and passwords" }).click();
    await page.getByRole("button", { name: "Save as a file" }).click();
    await page.getByText("Saved: /home/ada/pigrid-household-home.html").waitFor();
    const other = await page.context().newPage();
    await other.setContent(stage.go.files[0]?.text ?? "");
    const words = await other.locator("body").innerText();
    for (const part of [KEY, PASSWORD, "<img src=x>", "http://porch.local:8080/"]) {
      expect(words).toContain(part);
    }
    expect(await other.locator("img, script, button").count()).toBe(0);
    expect(await other.locator("svg").count()).toBe(2);
    await other.close();

    await page.evaluate(() => {
      window.print = () => document.body.setAttribute("data-printed", "yes");
    });
    await page.getByRole("button", { name: "Print", exact: true }).click();
    await page.locator("body[data-printed=yes]").waitFor();
    await page.emulateMedia({ media: "print" });
    const visible = (q: string) => page.locator(q).filter({ visible: true }).count();
    expect(await visible(".paper")).toBe(1);
    expect(await visible("header, li.tile, button, select")).toBe(0);
    expect(await page.locator("body").evaluate((e) => e.scrollWidth <= innerWidth)).toBe(true);
    await nothingKept(stage, page);
  });

  it("says when another computer changed the view passwords first", async () => {
    stage.go.access = (command) => {
      if (command === "seen") stage.go.change({ access: HOME });
      if (command !== "addPassword") return accessResult();
      const theirs = [...(household().passwords ?? []), { name: "Theirs", until: 0, here: false }];
      stage.go.change({ access: { ...NO_ACCESS, households: [household({ passwords: theirs })] } });
      return accessResult({ ok: false, code: "conflict" });
    };
    const page = await open(stage.cameras(1), {
      ...NO_ACCESS,
      households: [household({ overruled: true })],
    });
    await page.getByText("Another computer changed the view passwords of Home").waitFor();
    await page.getByRole("button", { name: "Look", exact: true }).click();
    expect(commands()).toContain("seen");
    const dialog = page.getByRole("dialog", { name: "Household" });
    await dialog.getByRole("button", { name: "Add a password" }).click();
    await dialog.getByRole("textbox", { name: "Name of the new password" }).fill("Guests");
    await dialog.getByRole("button", { name: "Add a password" }).click();
    await dialog.getByText("Another computer changed the view passwords. They are shown").waitFor();
    await dialog.getByText("Theirs", { exact: true }).waitFor();
    await nothingKept(stage, page);
  });

  it("adds, changes and removes view passwords", async () => {
    const page = await open(stage.cameras(1), home);
    await page.keyboard.press("l");
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("button", { name: "Add a password" }).click();
    await page.keyboard.type("Printer");
    await page.keyboard.press("Enter");
    await expect.poll(commands).toEqual(["addPassword"]);
    expect(lastCall()).toEqual({ household: "h1", name: "Printer", until: 0 });
    await dialog.getByRole("button", { name: "Change: Guests" }).click();
    await dialog.getByLabel("Name of the new password").fill("Grandma");
    await dialog.getByLabel("Ends on (may be empty)").fill("2027-01-31");
    await dialog.getByRole("button", { name: "Save" }).last().click();
    await expect.poll(() => lastCall()?.to).toBe("Grandma");
    expect(lastCall()).toMatchObject({ household: "h1", name: "Guests" });
    expect(new Date(lastCall()?.until ?? 0).toDateString()).toBe("Sun Jan 31 2027");
    await dialog.getByRole("button", { name: "Remove: Guests" }).click();
    await page.getByRole("dialog", { name: "Remove the view password Guests?" }).waitFor();
    await page.keyboard.press("Escape"); // one step back, not out
    await dialog.getByRole("button", { name: "Remove: Guests" }).click();
    stage.go.access = () => accessResult({ ok: false, code: "not-kept" });
    await dialog.getByRole("button", { name: "Remove", exact: true }).click();
    await dialog.getByText("Neither the keychain nor a file could keep the key.").waitFor();
    stage.go.access = () => accessResult();
    await dialog.getByRole("button", { name: "Remove", exact: true }).click();
    await dialog.getByRole("heading", { name: "View passwords" }).waitFor();
    expect(commands().slice(2)).toEqual(["removePassword", "removePassword"]);
  });

  it("asks before a Pi is released, a key is made, or this computer leaves", async () => {
    const page = await open(stage.cameras(1), home);
    await page.keyboard.press("l");
    const dialog = page.getByRole("dialog");
    const asks = async (button: string, question: RegExp, does: string) => {
      await dialog.getByRole("button", { name: button }).click();
      await page.getByRole("dialog", { name: question }).waitFor();
      await expect.poll(() => dialog.evaluate((e) => e === document.activeElement)).toBe(true);
      await dialog.getByRole("button", { name: "Cancel" }).click();
      await dialog.getByRole("button", { name: button }).click();
      await dialog.getByRole("button", { name: does }).click();
    };
    await asks("Release this Pi: Porch", /^Release Porch\?/, "Release this Pi");
    await expect.poll(lastCall).toEqual({ agent: "a1" });
    await asks("Remove this Pi: Shed", /^Remove Shed\?/, "Remove this Pi"); // it is off
    await expect.poll(lastCall).toEqual({ agent: "a2" });
    await asks("Remove this computer", /^Remove this computer from Home\?/, "Remove this computer");
    await expect.poll(() => commands().at(-1)).toBe("leave");
    stage.go.access = () => accessResult({ sheet: sheet() });
    await asks("New household key", /^Make a new household key\?/, "New household key");
    await dialog.getByText(KEY).waitFor();
    expect(commands()).toEqual(["release", "giveUp", "leave", "newKey", "sheet"]);
  });

  it("can be one of several", async () => {
    const households = [household(), household({ id: "h2", name: "Workshop", passwords: [] })];
    const page = await open(stage.cameras(1), { households });
    await page.keyboard.press("l");
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Household", { exact: true }).selectOption("Workshop");
    expect(await dialog.getByLabel("Name").inputValue()).toBe("Workshop");
    await dialog.getByLabel("Name").fill("Shop");
    await page.keyboard.press("Enter");
    await expect.poll(lastCall).toEqual({ household: "h2", name: "Shop" });
  });
});

describe("on tiles", () => {
  const refused = (c: Camera, reason: Camera["reason"]): Camera => ({
    ...c,
    state: "refused",
    reason,
  });

  it("says what a locked camera needs, and asks before a new key is trusted", async () => {
    const reasons = ["needs-key", "not-yours", "changed-key", "keychain"] as const;
    const cameras = stage.cameras(4).map((c, i) => refused(c, reasons[i] ?? "forbidden"));
    const page = await open(cameras, HOME);
    await tile(page, "Porch").getByText("Needs your household key", { exact: true }).waitFor();
    await page.getByText("This is not your camera: Garage (192.168.1.41:8080).").waitFor();
    await page.getByText("Bench's Pi has another key than before.").waitFor();
    await tile(page, "Garden").getByRole("button", { name: "Retry" }).click();
    await expect.poll(() => stage.go.calls).toEqual(["retry agent:4/cam"]);
    const trust = tile(page, "Bench").getByRole("button", { name: "Trust it again" });
    await trust.click();
    const dialog = page.getByRole("dialog", { name: "Trust Bench again?" });
    await dialog.getByText("another device may pretend to be this Pi").waitFor();
    await dialog.getByRole("button", { name: "Cancel" }).click();
    await dialog.waitFor({ state: "detached" });
    expect(commands()).toEqual([]);
    await trust.click();
    await dialog.getByRole("button", { name: "Trust it again" }).click();
    await dialog.waitFor({ state: "detached" });
    expect(stage.go.asked).toEqual([{ command: "trust", call: { agent: "3" } }]);
    // The same from Details, where a tile has no room.
    await tile(page, "Garage").getByRole("button", { name: "Details", exact: true }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Enter key" }).click();
    await page.getByRole("dialog", { name: "Enter household key" }).waitFor();
  });

  it("asks for the name of a Pi that has that of every Pi", async () => {
    const [a, b, c] = stage.cameras(3) as [Camera, Camera, Camera];
    const pi = (camera: Camera): Camera => ({ ...camera, unnamed: true });
    const cameras = [pi(a), { ...pi(b), agent: a.agent }, pi(c)];
    const page = await open(cameras, {});
    await picturesShown(page, 3);
    const fields = page.getByRole("textbox", { name: "Name of this Pi" });
    expect(await fields.count(), "one for each Pi").toBe(2);
    await fields.first().fill("Front door");
    stage.go.access = () => accessResult({ ok: false, code: "bad-name" });
    await page.keyboard.press("Enter");
    await page.getByText("That name cannot be used.").waitFor();
    stage.go.access = () => accessResult();
    await page.keyboard.press("Enter");
    await expect.poll(() => fields.count()).toBe(1);
    expect(stage.go.asked.at(-1)).toEqual({
      command: "nameAgent",
      call: { agent: a.agent, name: "Front door" },
    });
    await fields.first().focus();
    await page.keyboard.press("Escape");
    await expect.poll(() => fields.count()).toBe(0);
    expect(commands()).toHaveLength(2);
  });

  it("marks what is open only where other cameras are locked", async () => {
    const [a, b] = stage.cameras(2) as [Camera, Camera];
    const cameras = [a, { ...b, access: "locked" as const, household: "h1" }];
    const page = await open(cameras, {});
    await picturesShown(page, 2);
    const marks = page.locator("li.tile").getByTitle("Open to everyone on your network");
    expect(await marks.count()).toBe(0);
    await stage.go.emit(page, cameras, { access: HOME });
    await expect.poll(() => marks.count()).toBe(1);
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("d");
    await page.getByRole("dialog").getByText("Locked for the household Home").waitFor();
  });
});

describe("a new camera", () => {
  const shed = openAgent({ id: "9", name: "Shed", address: "192.168.1.9:8080" });

  it.each<[string, string, Partial<Call>]>([
    ["Yes, lock it", "accept", { agent: "9", claim: true }],
    ["Yes, show it open", "accept", { agent: "9" }],
    ["No", "decline", { agent: "9" }],
  ])("is answered with %s", async (button, command, call) => {
    const page = await open(stage.cameras(1), { ...HOME, new: [shed] });
    stage.go.access = (command) => {
      const going = command === "accept" && call.claim === true;
      const agents = [lockAgent({ id: "9", name: "Shed" })];
      stage.go.change({ access: going ? { ...HOME, lock: lock(agents) } : HOME });
      return accessResult();
    };
    await page.getByText("New camera: Shed at 192.168.1.9:8080. Is it yours?").waitFor();
    await page.getByRole("button", { name: button, exact: true }).click();
    await page.getByText("New camera: Shed").waitFor({ state: "detached" });
    expect(stage.go.asked).toEqual([{ command, call }]);
    const dialogs = call.claim ? 1 : 0;
    await expect.poll(() => page.getByRole("dialog").count()).toBe(dialogs);
  });

  it("is one of many that are declined together", async () => {
    const many = [
      shed,
      openAgent({ id: "8", name: "Liar" }),
      openAgent({ id: "7", name: "Liar 2" }),
    ];
    const page = await open(stage.cameras(1), { ...HOME, new: many });
    await page.getByText("3 new cameras are on your network.").waitFor();
    await page.getByRole("button", { name: "Look" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "None is mine" }).click();
    // They are sent at the same time and come in any order.
    const declined = () => stage.go.asked.map(({ call }) => call.agent).sort();
    await expect.poll(declined).toEqual(["7", "8", "9"]);
    expect(new Set(commands())).toEqual(new Set(["decline"]));
  });
});
