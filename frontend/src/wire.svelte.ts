// Everything is made and connected here; the parts know only what they are given.
import { isFullscreen, setFullscreen, waitForBackend, type Backend } from "./backend/backend";
import { Pictures } from "./frames/pictures.svelte";
import { Puller } from "./frames/pull";
import { AppState } from "./view/app-state.svelte";
import { Clock } from "./view/clock.svelte";
import { painted } from "./view/painted";
import { Viewer } from "./view/viewer.svelte";

/** This many failures in a row are told; fewer pass by themselves. */
const STARVED_AFTER = 3;

/** Starts the page's machinery and returns what App.svelte shows. Runs as long as the window. */
export function wire() {
  const app = new AppState(painted);
  const clock = new Clock();
  const pictures = new Pictures();
  const page = $state<{ backend: Backend | null; starved: boolean }>({
    backend: null,
    starved: false,
  });
  const commands = {
    retry: (key: string) => void page.backend?.retry(key),
    fullscreen: (full: boolean) => void setFullscreen(full),
  };
  const viewer = new Viewer(app, commands, (key) => pictures.undrawableSince(key));
  const puller = new Puller({
    wanted: () => viewer.wanted,
    onnews: (news) => pictures.announce(news),
    painted: () => new Promise((resolve) => requestAnimationFrame(() => resolve())),
    onfailures: (inARow) => (page.starved = inARow >= STARVED_AFTER),
  });
  pictures.onattach = (key) => puller.restart(key);
  viewer.hidden = document.hidden;

  $effect.root(() => {
    $effect(() => {
      void viewer.wanted;
      puller.wake();
    });
  });
  // Full screen comes and goes without us, too: the system has keys of its own.
  addEventListener("resize", () => {
    void isFullscreen().then((full) => (viewer.fullscreen = full));
  });
  clock.start();
  void puller.run();
  void waitForBackend().then((backend) => {
    page.backend = backend;
    if (backend) app.connect(backend);
    else app.phase = "no-app";
  });

  return {
    app,
    clock,
    pictures,
    viewer,
    get backend() {
      return page.backend;
    },
    get starved() {
      return page.starved;
    },
  };
}
