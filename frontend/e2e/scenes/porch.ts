import type { Scene } from "./scene";

/** Steps to a door, morning light; a cat walks by. */
export const porch: Scene = (g, time) => {
  const box = (colour: string, x: number, y: number, w: number, h: number) => {
    g.fillStyle = colour;
    g.fillRect(x, y, w, h);
  };
  const wall = g.createLinearGradient(0, 0, 640, 200);
  wall.addColorStop(0, "#d9c6a5");
  wall.addColorStop(1, "#a58b68");
  g.fillStyle = wall;
  g.fillRect(0, 0, 640, 360);
  for (let y = 12; y < 230; y += 18) box("rgb(90 70 50 / 12%)", 0, y, 640, 2);
  box("#5d4a38", 226, 34, 172, 212);
  box("#27506b", 240, 46, 144, 200);
  for (const [x, y] of [
    [254, 60],
    [318, 60],
    [254, 150],
    [318, 150],
  ] as const) {
    box("#1d3f57", x, y, 52, 74);
    box("#346587", x, y, 52, 4);
  }
  box("#e2c15a", 368, 146, 8, 20);
  box("#8fb4c9", 470, 66, 104, 88);
  box("#efe6d2", 464, 60, 116, 6);
  box("#efe6d2", 519, 60, 6, 100);
  box("#efe6d2", 464, 154, 116, 8);
  box("#8d8478", 170, 246, 284, 26);
  box("#766d62", 130, 272, 364, 30);
  const path = g.createLinearGradient(0, 302, 0, 360);
  path.addColorStop(0, "#6c675f");
  path.addColorStop(1, "#918a7f");
  g.fillStyle = path;
  g.fillRect(0, 302, 640, 58);
  for (const x of [60, 120, 540, 590]) {
    box("#8c4a2f", x - 22, 262, 44, 40);
    for (let i = 0; i < 26; i++) {
      g.fillStyle = `hsl(${95 + (i % 4) * 9} 38% ${22 + (i % 5) * 5}%)`;
      g.beginPath();
      g.arc(x + 30 * Math.sin(i * 2.4), 246 - ((i * 13) % 58), 11, 0, 7);
      g.fill();
    }
  }
  const cat = -60 + 760 * time;
  g.fillStyle = "#2b2724";
  g.beginPath();
  g.ellipse(cat, 318, 34, 13, 0, 0, 7);
  g.ellipse(cat + 36, 304, 13, 11, 0, 0, 7);
  g.fill();
  g.lineWidth = 6;
  g.strokeStyle = "#2b2724";
  g.beginPath();
  for (const x of [-22, -12, 16, 26]) {
    g.moveTo(cat + x, 322);
    g.lineTo(cat + x + 5 * Math.sin(time * 40 + x), 342);
  }
  g.moveTo(cat - 32, 314);
  g.quadraticCurveTo(cat - 58, 300, cat - 54, 276);
  g.stroke();
};
