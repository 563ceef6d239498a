import type { Scene } from "./scene";

/** A workbench from above: board, tools, a soldering iron that smokes. */
export const bench: Scene = (g, time) => {
  g.fillStyle = "#9c7a4d";
  g.fillRect(0, 0, 640, 360);
  for (let i = 0; i < 60; i++) {
    g.fillStyle = `rgb(60 36 12 / ${6 + (i % 5) * 3}%)`;
    g.fillRect(0, i * 6 + (i % 3), 640, 1 + (i % 2));
  }
  g.fillStyle = "#20507a";
  g.beginPath();
  g.roundRect(150, 66, 330, 220, 8);
  g.fill();
  g.strokeStyle = "rgb(255 255 255 / 12%)";
  g.lineWidth = 1;
  g.beginPath();
  for (let x = 170; x < 480; x += 20) {
    g.moveTo(x, 70);
    g.lineTo(x, 282);
  }
  for (let y = 86; y < 286; y += 20) {
    g.moveTo(154, y);
    g.lineTo(476, y);
  }
  g.stroke();
  g.fillStyle = "#17693f";
  g.beginPath();
  g.roundRect(220, 120, 170, 112, 10);
  g.fill();
  g.fillStyle = "#101313";
  g.fillRect(272, 150, 42, 42);
  g.fillRect(334, 160, 26, 30);
  g.fillStyle = "#b8bcc0";
  for (const [x, w] of [
    [226, 24],
    [258, 18],
  ] as const)
    g.fillRect(x, 214, w, 22);
  g.fillRect(374, 132, 26, 30);
  g.fillRect(374, 174, 26, 30);
  g.fillStyle = "#c9a94b";
  for (let i = 0; i < 20; i++) g.fillRect(232 + i * 7, 126, 4, 10);
  g.lineWidth = 12;
  g.lineCap = "round";
  g.strokeStyle = "#2b2b2e";
  g.beginPath();
  g.moveTo(620, 330);
  g.lineTo(470, 240);
  g.stroke();
  g.lineWidth = 5;
  g.strokeStyle = "#aeb2b5";
  g.beginPath();
  g.moveTo(470, 240);
  g.lineTo(404, 202);
  g.stroke();
  g.strokeStyle = "rgb(235 238 240 / 40%)";
  g.lineWidth = 7;
  g.beginPath();
  g.moveTo(402, 198);
  const sway = 22 * Math.sin(time * 6.283);
  g.bezierCurveTo(402 + sway, 160, 390 - sway, 130, 410 + sway, 84);
  g.stroke();
  g.strokeStyle = "#a3312a";
  g.lineWidth = 14;
  g.beginPath();
  g.moveTo(36, 60);
  g.lineTo(88, 210);
  g.moveTo(104, 50);
  g.lineTo(74, 210);
  g.stroke();
};
