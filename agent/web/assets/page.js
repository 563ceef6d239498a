// Keeps the facts below each picture true and brings pictures back when the
// agent or the network was away. The pictures themselves need no script.
"use strict";

const every = 2000; // ms between two looks at the status
const figures = new Map([...document.querySelectorAll("figure")].map((f) => [f.dataset.camera, f]));
let away = false; // the agent did not answer the last time
const broken = new Set(); // figures whose picture could not be loaded
let started = ""; // when the agent was started: its streams do not outlive it
const looks = new Map(); // camera id -> what its picture looked like at the last look

function words(camera) {
  // No line ends between a number and what it counts.
  const size = `${camera.width}\u00a0×\u00a0${camera.height}`;
  const viewers = camera.viewers === 1 ? "1\u00a0viewer" : `${camera.viewers}\u00a0viewers`;
  switch (camera.state) {
    case "live": return `${size} · ${Math.round(camera.fps * 10) / 10}\u00a0fps · ${viewers}`;
    case "starting": return `${size} · starting…`;
    case "stalled": return `${size} · no new picture`;
    case "idle": return `${size} · on standby`;
    default: return size;
  }
}

// A stream that broke shows nothing and says nothing: only a new address loads it again.
// What is hidden by now is loaded when it is seen again.
function reload(figure) {
  if (document.hidden) return;
  broken.delete(figure);
  const img = figure.querySelector("img");
  const path = img.dataset.stream || img.dataset.snapshot;
  img.src = `${path}?again=${Date.now()}`;
}

// How a picture looks, small: pictures that differ at all differ here too.
function pixelsOf(picture) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 32;
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.drawImage(picture, 0, 0, 32, 32);
  return context.getImageData(0, 0, 32, 32).data.join();
}

// What the camera sees now, in the same way; nothing when that cannot be known.
async function pixelsNow(camera) {
  try {
    const answer = await fetch(`${camera.snapshot}?settle=0`, { signal: AbortSignal.timeout(5000) });
    const now = new Image(); // drawn exactly as a picture of the stream is
    now.src = URL.createObjectURL(await answer.blob());
    await now.decode().finally(() => URL.revokeObjectURL(now.src));
    return pixelsOf(now);
  } catch {
    return undefined;
  }
}

// A stream that ended tells nobody: the browser goes on showing its last
// picture. So pictures are compared: one that has not changed at all while the
// camera went on is stale, unless it is what the camera sees now. A camera may
// see the same thing for ever.
async function isStale(figure, camera) {
  const img = figure.querySelector("img[data-stream]");
  const before = looks.get(camera.id);
  if (!img || !img.naturalWidth || document.hidden) return false;
  const pixels = pixelsOf(img);
  const same = before && before.pixels === pixels && camera.frames > before.frames ? before.same + 1 : 0;
  looks.set(camera.id, { pixels, frames: camera.frames, same });
  if (same < 2) return false;
  looks.delete(camera.id);
  return await pixelsNow(camera) !== pixels;
}

// A text that is not new is left alone: screen readers would read it again.
function say(place, problem) {
  const text = problem ? `${problem.message} ${problem.hint || ""}`.trim() : "";
  if (place.textContent !== text) place.textContent = text;
}

function show(figure, camera) {
  say(figure.querySelector(".problem"), camera.error);
  say(figure.querySelector(".warning"), camera.warning);
  figure.querySelector(".facts").textContent = words(camera);
  figure.querySelector(".name").textContent = camera.name;
  figure.dataset.state = camera.state;
  figure.toggleAttribute("data-mirror", camera.mirror === true);
  if (camera.rotation) figure.dataset.rotation = camera.rotation;
  else delete figure.dataset.rotation;
  figure.classList.remove("gone");
}

function showAway() {
  for (const figure of figures.values()) {
    figure.classList.add("gone");
    figure.querySelector(".facts").textContent = "The agent is not answering. Retrying…";
  }
}

async function look() {
  try {
    // As JSON: a browser that is logged out gets no window that asks for a name.
    const answer = await fetch("/api/v1/status", { headers: { Accept: "application/json" }, signal: AbortSignal.timeout(5000) });
    if (answer.status === 401) location.reload(); // to the login page
    const status = await answer.json();
    for (const camera of status.cameras) {
      const figure = figures.get(camera.id);
      if (figure) show(figure, camera);
    }
    if (status.cameras.some((c) => !figures.has(c.id))) location.reload();
    if (away || (started && started !== status.started)) figures.forEach(reload);
    // The others go on: the agent refuses a viewer too many, and that one only.
    else broken.forEach(reload);
    away = false;
    started = status.started;
    for (const camera of status.cameras) {
      const figure = figures.get(camera.id);
      if (figure && await isStale(figure, camera)) reload(figure);
    }
  } catch {
    away = true;
    showAway();
  }
}

async function loop() {
  for (;;) {
    if (!document.hidden) {
      await look();
      for (const figure of figures.values()) if (figure.querySelector("img[data-snapshot]")) reload(figure);
    }
    await new Promise((done) => setTimeout(done, every));
  }
}

// Hidden pages must not keep a camera awake; phones drop the stream anyway.
document.addEventListener("visibilitychange", () => {
  for (const figure of figures.values()) {
    if (document.hidden) figure.querySelector("img").removeAttribute("src");
    else reload(figure);
  }
});
// A picture that is tapped fills the screen; tapped again, or on the way back, all are there.
function fill(figure) {
  document.body.classList.toggle("filled", figure !== null);
  for (const other of figures.values()) {
    other.classList.toggle("full", other === figure);
    other.querySelector(".picture").title = other === figure ? "Show all" : "Show alone";
  }
  for (const e of document.querySelectorAll("header, footer, figure")) e.inert = figure !== null && e !== figure;
}

function tap(event, figure) {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return; // for a tab of its own
  event.preventDefault();
  if (figure.classList.contains("full")) history.back();
  else {
    history.pushState(figure.dataset.camera, "");
    fill(figure);
  }
}

if (location.hash.startsWith("#v=")) history.replaceState(history.state, "", location.pathname); // a password that is not needed
addEventListener("popstate", (event) => fill(figures.get(event.state) ?? null));
addEventListener("keydown", (event) => {
  if (event.key === "Escape" && document.body.classList.contains("filled")) history.back();
});
fill(figures.get(history.state) ?? null); // the page was loaded again
for (const figure of figures.values()) {
  figure.querySelector(".picture").addEventListener("click", (event) => tap(event, figure));
  const img = figure.querySelector("img");
  img.addEventListener("error", () => broken.add(figure));
  if (img.complete && !img.naturalWidth) broken.add(figure); // it failed before this script came
}
loop();
