import type { Scene } from "./scene";

/** A cot at night: what an infrared lamp shows. */
export const nursery: Scene = (g, time) => {
  const light = g.createRadialGradient(300, 170, 30, 320, 180, 380);
  light.addColorStop(0, "#a9aca9");
  light.addColorStop(0.6, "#5c5f5d");
  light.addColorStop(1, "#1a1b1b");
  g.fillStyle = light;
  g.fillRect(0, 0, 640, 360);
  g.fillStyle = "#c3c6c3";
  g.beginPath();
  g.moveTo(120, 330);
  g.lineTo(170, 130);
  g.lineTo(480, 130);
  g.lineTo(530, 330);
  g.fill();
  const breath = 4 * Math.sin(time * 6.283);
  g.fillStyle = "#8a8d8a";
  g.beginPath();
  g.ellipse(330, 250, 126, 64 + breath, 0, 0, 7);
  g.fill();
  g.fillStyle = "#979a97";
  for (let i = 0; i < 5; i++) g.fillRect(236 + i * 42, 214 - breath, 16, 82);
  g.fillStyle = "#d9dcd9";
  g.beginPath();
  g.ellipse(318, 160, 62, 26, 0, 0, 7);
  g.fill();
  g.fillStyle = "#b5b8b5";
  g.beginPath();
  g.arc(320, 160, 26, 0, 7);
  g.fill();
  g.fillStyle = "#6b6e6b";
  for (const x of [420, 444]) {
    g.beginPath();
    g.arc(x, 170, 9, 0, 7);
    g.fill();
  }
  g.beginPath();
  g.arc(432, 186, 19, 0, 7);
  g.fill();
  g.strokeStyle = "#e6e9e6";
  g.lineWidth = 9;
  g.beginPath();
  for (let i = 0; i < 10; i++) {
    g.moveTo(104 + i * 48, 360);
    g.lineTo(104 + i * 48, 300);
  }
  g.moveTo(80, 300);
  g.lineTo(560, 300);
  g.stroke();
};
