import type { Scene } from "./scene";

/** The bed of a 3D printer; its head goes to and fro. */
export const printer: Scene = (g, time) => {
  const back = g.createLinearGradient(0, 0, 640, 360);
  back.addColorStop(0, "#394048");
  back.addColorStop(1, "#171b20");
  g.fillStyle = back;
  g.fillRect(0, 0, 640, 360);
  g.fillStyle = "#0f1113";
  g.fillRect(60, 0, 34, 360);
  g.fillRect(546, 0, 34, 360);
  g.fillStyle = "#8b9299";
  g.fillRect(60, 96, 520, 18);
  g.fillStyle = "#5c636a";
  g.fillRect(60, 110, 520, 5);
  g.fillStyle = "#24292e";
  g.beginPath();
  g.moveTo(40, 360);
  g.lineTo(150, 266);
  g.lineTo(490, 266);
  g.lineTo(600, 360);
  g.fill();
  g.fillStyle = "#353c43";
  g.beginPath();
  g.moveTo(76, 346);
  g.lineTo(164, 272);
  g.lineTo(476, 272);
  g.lineTo(564, 346);
  g.fill();
  for (let y = 0; y < 26; y++) {
    const w = 58 + 20 * Math.sin(y / 5);
    g.fillStyle = y % 2 ? "#e2782a" : "#c96420";
    g.fillRect(320 - w, 308 - y * 5, 2 * w, 5);
  }
  const head = 320 + 56 * Math.sin(time * 6.283);
  g.fillStyle = "#1b1e22";
  g.fillRect(head - 36, 76, 72, 74);
  g.fillStyle = "#3a4149";
  g.beginPath();
  g.arc(head, 108, 22, 0, 7);
  g.fill();
  g.fillStyle = "#c9a94b";
  g.beginPath();
  g.moveTo(head - 9, 150);
  g.lineTo(head + 9, 150);
  g.lineTo(head, 178);
  g.fill();
  g.strokeStyle = "#f2f4f5";
  g.lineWidth = 4;
  g.beginPath();
  g.moveTo(head, 76);
  g.quadraticCurveTo(head + 60, 20, 470, 0);
  g.stroke();
};
