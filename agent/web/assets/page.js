// Keeps the facts below each picture true and brings pictures back when the
// agent or the network was away. The pictures themselves need no script.
"use strict";

const every = 2000; // ms between two looks at the status
const figures = new Map([...document.querySelectorAll("figure")].map((f) => [f.dataset.camera, f]));
let away = false; // the agent did not answer the last time

function words(camera) {
  const size = `${camera.width} × ${camera.height}`;
  const viewers = camera.viewers === 1 ? "1 viewer" : `${camera.viewers} viewers`;
  switch (camera.state) {
    case "live": return `${size} · ${Math.round(camera.fps * 10) / 10} fps · ${viewers}`;
    case "starting": return `${size} · starting …`;
    case "stalled": return `${size} · no new picture`;
    case "idle": return `${size} · asleep`;
    default: return size;
  }
}

// A stream that broke shows nothing and says nothing: only a new address loads it again.
function reload(figure) {
  const img = figure.querySelector("img");
  const path = img.dataset.stream || img.dataset.snapshot;
  img.src = `${path}?again=${Date.now()}`;
}

function show(figure, camera) {
  const problem = figure.querySelector(".problem");
  const text = camera.error ? `${camera.error.message} ${camera.error.hint || ""}`.trim() : "";
  if (problem.textContent !== text) problem.textContent = text;
  figure.querySelector(".facts").textContent = words(camera);
  figure.querySelector(".name").textContent = camera.name;
  figure.dataset.state = camera.state;
  figure.classList.remove("gone");
}

function showAway() {
  for (const figure of figures.values()) {
    figure.classList.add("gone");
    figure.querySelector(".facts").textContent = "The agent does not answer. Trying again …";
  }
}

async function look() {
  try {
    const answer = await fetch("/api/v1/status", { signal: AbortSignal.timeout(5000) });
    const status = await answer.json();
    for (const camera of status.cameras) {
      const figure = figures.get(camera.id);
      if (figure) show(figure, camera);
    }
    if (status.cameras.some((c) => !figures.has(c.id))) location.reload();
    if (away) figures.forEach(reload);
    away = false;
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
for (const figure of figures.values()) {
  figure.querySelector("img").addEventListener("error", () => { away = true; });
}
loop();
