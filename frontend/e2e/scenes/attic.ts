import type { Scene } from "./scene";

/** Under the roof: beams, boxes, a beam of light full of dust. */
export const attic: Scene = (g, time) => {
  g.fillStyle = "#3a2c21";
  g.fillRect(0, 0, 640, 360);
  for (let i = 0; i < 12; i++) {
    g.fillStyle = i % 2 ? "#4b392b" : "#443327";
    g.beginPath();
    g.moveTo(320, -60);
    g.lineTo(i * 64 - 64, 300);
    g.lineTo(i * 64, 300);
    g.fill();
  }
  g.fillStyle = "#5a4532";
  g.fillRect(0, 268, 640, 92);
  for (let i = 0; i < 8; i++) {
    g.fillStyle = "rgb(20 12 6 / 35%)";
    g.fillRect(0, 276 + i * 12, 640, 2);
  }
  g.fillStyle = "#241a13";
  for (const x of [120, 500]) g.fillRect(x, 40, 24, 250);
  g.fillRect(90, 120, 470, 18);
  g.fillStyle = "#d8e6f0";
  g.fillRect(282, 30, 84, 68);
  g.fillStyle = "#2e2219";
  g.fillRect(321, 30, 5, 68);
  g.fillStyle = "rgb(230 240 250 / 16%)";
  g.beginPath();
  g.moveTo(282, 98);
  g.lineTo(366, 98);
  g.lineTo(520, 340);
  g.lineTo(300, 340);
  g.fill();
  for (let i = 0; i < 50; i++) {
    g.fillStyle = `rgb(255 255 255 / ${10 + (i % 4) * 9}%)`;
    const y = (i * 41 + time * 240) % 240;
    g.fillRect(300 + ((i * 37) % 60) + y * 0.5, 98 + y, 2, 2);
  }
  const boxes = [
    [160, 206, 92, 74],
    [196, 150, 72, 56],
    [402, 214, 80, 66],
    [40, 226, 66, 54],
  ];
  for (const [i, [x = 0, y = 0, w = 0, h = 0]] of boxes.entries()) {
    g.fillStyle = ["#a2784a", "#8f6a41", "#b08654", "#7f5e3b"][i] ?? "";
    g.fillRect(x, y, w, h);
    g.fillStyle = "rgb(60 38 16 / 45%)";
    g.fillRect(x, y + 4, w, 3);
    g.fillRect(x + w / 2 - 5, y, 10, h);
  }
};
