import type { Scene } from "./scene";

/** Lawn and trees in the sun; a bird crosses. */
export const garden: Scene = (g, time) => {
  const sky = g.createLinearGradient(0, 0, 0, 170);
  sky.addColorStop(0, "#7fb0dd");
  sky.addColorStop(1, "#dbeaf2");
  g.fillStyle = sky;
  g.fillRect(0, 0, 640, 360);
  for (let i = 0; i < 90; i++) {
    const x = (i * 83) % 660;
    g.fillStyle = `hsl(${92 + (i % 6) * 7} ${30 + (i % 3) * 8}% ${17 + (i % 7) * 4}%)`;
    g.beginPath();
    g.arc(x, 150 - ((i * 29) % 64) * (1 - 0.6 * Math.sin((x / 640) * 3.14)), 30, 0, 7);
    g.fill();
  }
  const lawn = g.createLinearGradient(0, 160, 0, 360);
  lawn.addColorStop(0, "#58803a");
  lawn.addColorStop(1, "#8fb556");
  g.fillStyle = lawn;
  g.fillRect(0, 164, 640, 196);
  g.fillStyle = "rgb(255 255 220 / 8%)";
  for (let i = 0; i < 6; i++) {
    g.beginPath();
    g.moveTo(300 + (i - 3) * 26, 164);
    g.lineTo(320 + (i - 3) * 26, 164);
    g.lineTo(320 + (i - 2) * 210, 360);
    g.lineTo(320 + (i - 3) * 210, 360);
    if (i % 2) g.fill();
  }
  g.fillStyle = "#6d4f35";
  g.fillRect(96, 100, 20, 130);
  g.fillStyle = "#7b8f99";
  g.fillRect(440, 128, 132, 84);
  g.fillStyle = "#4c3b33";
  g.beginPath();
  g.moveTo(428, 130);
  g.lineTo(506, 84);
  g.lineTo(584, 130);
  g.fill();
  g.fillStyle = "#33424b";
  g.fillRect(488, 152, 36, 60);
  for (let i = 0; i < 40; i++) {
    g.fillStyle = ["#d8473f", "#e8b93c", "#d77ab5", "#f1efe6"][i % 4] ?? "";
    g.beginPath();
    g.arc(30 + ((i * 47) % 250), 292 + ((i * 31) % 54), 5, 0, 7);
    g.fill();
  }
  g.strokeStyle = "#2c2f33";
  g.lineWidth = 4;
  const [x, y] = [640 * time, 56 + 14 * Math.sin(time * 12.6)];
  const wing = 12 * Math.sin(time * 37.7);
  g.beginPath();
  g.moveTo(x - 22, y - wing);
  g.quadraticCurveTo(x - 8, y - 8, x, y);
  g.quadraticCurveTo(x + 8, y - 8, x + 22, y - wing);
  g.stroke();
};
