// Everything is made and connected here; the parts know only what they are given.
import { devicePixelRatio } from "svelte/reactivity/window";
import { toast } from "svelte-sonner";

import { connect } from "./backend/backend";
import {
  copyText,
  download,
  inWindow,
  isFullscreen,
  openPage,
  setFullscreen,
} from "./backend/window";
import type { Camera, View } from "./backend/types";
import type { Mounting } from "./cameras/mounted";
import { Pictures } from "./frames/pictures.svelte";
import { LoggedOut, NoApp, Puller } from "./frames/pull";
import { AppState } from "./view/app-state.svelte";
import { askedBy } from "./view/asked";
import { keepAwake } from "./view/awake";
import { Clock } from "./view/clock.svelte";
import { nextFrame, painted } from "./view/painted";
import { reportSaved } from "./ui/saved";
import { problem } from "./words/access";
import { HIDDEN } from "./words/actions";
import { pageOf } from "./words/addresses";
import { notifySaid } from "./words/notices";
import { BUTTONS } from "./words/controls";
import { nameOf } from "./words/status";
import { keepOwn, loadOwn } from "./view/own";
import { Viewer } from "./view/viewer.svelte";

/** This many failures in a row are told; fewer pass by themselves. */
const STARVED_AFTER = 3;

/** How long a kiosk waits until it tries again to load the page of a new version. */
const RELOAD_RETRY_MS = 2000;

/** Where pigrid-serve has the newest picture of a camera; docs/PAGE.md. */
const snapshotOf = (key: string) =>
  `/cameras/${key.split("/").map(encodeURIComponent).join("/")}/snapshot.jpg`;

/** What a page in a browser does where nobody sits at it. */
function tendKiosk(app: AppState): void {
  let first = "";
  $effect.root(() => {
    $effect(() => {
      if (app.kiosk) keepAwake();
    });
    // Nobody else would load the page of a new version.
    $effect(() => {
      if (!app.kiosk || app.version === "") return;
      if (first !== "" && first !== app.version) void reloadIfThere();
      first = app.version;
    });
  });
}

/** Loads the page anew if it is there: an error page would stay for ever. */
async function reloadIfThere(): Promise<void> {
  const answer = await fetch(location.href, { cache: "no-store" }).catch(() => null);
  if (answer?.ok) location.reload();
  else setTimeout(() => void reloadIfThere(), RELOAD_RETRY_MS);
}

/** Starts the page's machinery and returns what App.svelte shows. Runs as long as the window. */
export function wire() {
  const app = new AppState(painted, askedBy(location.search), loadOwn());
  const clock = new Clock();
  const pictures = new Pictures();
  const backend = connect((state, number) => app.receive(state, number));
  /** starved: pictures do not arrive from the app. */
  const page = $state({ starved: false });
  const commands = {
    retry: (key: string) => void backend.retry(key),
    save: async (what: "snapshot" | "clip", key: string) => {
      const camera = viewer.cameras.find((c) => c.key === key);
      const name = camera ? nameOf(camera) : "";
      // Where PiGrid runs is nobody who wants the file.
      if (app.readOnly) return download(`${name}.jpg`, snapshotOf(key));
      reportSaved(await backend.save(what, { key }), what, name, clock.now, backend);
    },
    fullscreen: (full: boolean) => void setFullscreen(full),
    browse: (camera: Camera) => openPage(pageOf(camera)),
    copy: async (text: string, said: string) => {
      if (await copyText(text)) toast.success(said);
      else toast.error(BUTTONS.notCopied);
    },
    hide: (camera: Camera, hidden: boolean) => {
      void backend.hide(camera.key, hidden);
      if (!hidden) return;
      const undo = { label: HIDDEN.undo, onClick: () => void backend.hide(camera.key, false) };
      toast(HIDDEN.said(nameOf(camera)), { action: undo });
    },
    move: (key: string, before: string, view: string) => backend.move(key, before, view),
    layout: (layout: string, view: string) => {
      if (app.readOnly) keepOwn(app.chooseLayout(view, layout));
      else void backend.layout(layout, view);
    },
    showView: async (view: string) => {
      if (app.readOnly) keepOwn(app.choose({ view }));
      else await backend.showView(view);
    },
    saveView: (before: string, view: View) => backend.saveView(before, view),
    removeView: (view: string) => backend.removeView(view),
    numbers: (always: boolean) => {
      if (app.readOnly) return void keepOwn(app.choose({ numbers: always }));
      const numbers = always ? "always" : "hover";
      void backend.settings("setAppearance", { ...app.appearance, numbers });
    },
    notify: async (camera: Camera, on: boolean) => {
      const result = await backend.settings("notify", { key: camera.key, on });
      const said = notifySaid(nameOf(camera), on, result);
      if (result.ok) toast(said);
      else toast.error(said);
    },
    fill: (camera: Camera, fill: boolean) => void backend.fill(camera.key, fill),
    nameAgent: (agent: string, name: string) => backend.access("nameAgent", { agent, name }),
    mount: async (key: string, mounting: Mounting) => {
      const result = await backend.access("mount", { key, ...mounting });
      if (!result.ok) toast.error(problem(result));
    },
  };
  const viewer = new Viewer(app, commands, (key) => pictures.undrawableSince(key));
  const puller = new Puller({
    // A browser's hidden tab costs nobody anything. The window's page goes on: the
    // state of its cameras is to be right when it is back.
    wanted: () => {
      if (document.hidden && !inWindow()) return null;
      // One that still loads becomes the picture that stands.
      const held = viewer.wanted.held.filter((key) => !pictures.isLoading(key));
      return { ...viewer.wanted, held };
    },
    known: () => app.number,
    onanswer: () => {
      if (!viewer.hidden) viewer.veiled = false;
    },
    onstate: (state, number) => app.receive(state, number),
    onnews: (news) => pictures.announce(news),
    painted: nextFrame,
    onfailures: (inARow, why) => {
      page.starved = inARow >= STARVED_AFTER;
      if (why instanceof LoggedOut) location.reload(); // which shows the login
      if (inARow > 0) app.unanswered(why instanceof NoApp ? "no-app" : "silent");
    },
  });
  pictures.stands = (key) => viewer.isFrozen(key);
  pictures.onattach = (key) => puller.restart(key);
  viewer.hidden = document.hidden;

  $effect.root(() => {
    $effect(() => {
      if (viewer.hidden && !inWindow()) viewer.veiled = true;
    });
    $effect(() => {
      viewer.density = devicePixelRatio.current ?? 1;
    });
    $effect(() => {
      void viewer.wanted;
      puller.wake();
    });
  });
  if (!inWindow()) tendKiosk(app);
  // Full screen comes and goes without us, too: the system has keys of its own.
  addEventListener("resize", () => {
    void isFullscreen().then((full) => (viewer.fullscreen = full));
  });
  clock.start();
  void puller.run();

  return { app, clock, pictures, viewer, backend, page };
}
