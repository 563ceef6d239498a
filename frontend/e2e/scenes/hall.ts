import type { Scene } from "./scene";

/** A hall at night, lit from the next room; the pendulum of a clock. */
export const hall: Scene = (g, time) => {
  g.fillStyle = "#2a211b";
  g.fillRect(0, 0, 640, 360);
  const shape = (colour: string, ...points: number[]) => {
    g.fillStyle = colour;
    g.beginPath();
    for (let i = 0; i < points.length; i += 2) g.lineTo(points[i] ?? 0, points[i + 1] ?? 0);
    g.fill();
  };
  shape("#4a3a2d", 0, 0, 210, 90, 210, 250, 0, 360);
  shape("#5a4736", 210, 90, 430, 90, 430, 250, 210, 250);
  shape("#3b2e24", 430, 90, 640, 0, 640, 360, 430, 250);
  shape("#6b4526", 0, 360, 210, 250, 430, 250, 640, 360);
  shape("#33271e", 0, 0, 640, 0, 430, 90, 210, 90);
  shape("#f3d79b", 268, 122, 356, 122, 356, 250, 268, 250);
  shape("#fff0c8", 284, 138, 340, 138, 340, 250, 284, 250);
  const glow = g.createRadialGradient(312, 250, 10, 312, 280, 260);
  glow.addColorStop(0, "rgb(255 224 160 / 60%)");
  glow.addColorStop(1, "rgb(255 224 160 / 0%)");
  g.fillStyle = glow;
  g.fillRect(0, 150, 640, 210);
  shape("#7c2f2f", 226, 360, 286, 250, 338, 250, 414, 360);
  shape("#94473f", 246, 360, 292, 250, 332, 250, 394, 360);
  shape("#241b15", 488, 90, 566, 58, 566, 340, 488, 292);
  shape("#d9cfb5", 500, 108, 552, 90, 552, 150, 500, 158);
  g.strokeStyle = "#c9a94b";
  g.lineWidth = 4;
  const swing = 18 * Math.sin(time * 6.283);
  g.beginPath();
  g.moveTo(526, 168);
  g.lineTo(526 + swing, 250);
  g.stroke();
  g.fillStyle = "#e2c15a";
  g.beginPath();
  g.arc(526 + swing, 252, 11, 0, 7);
  g.fill();
  for (let i = 0; i < 4; i++) {
    shape(
      "#1d1612",
      50 + i * 36,
      120 + i * 8,
      74 + i * 36,
      127 + i * 8,
      74 + i * 36,
      190,
      50 + i * 36,
      194,
    );
  }
};
