// What the cameras of the tests see: drawn, but as a camera would show it, dark and bright,
// near and far, without a word in it. Each runs in a page, so it stands alone.

/** Draws 640x360 at a time from 0 to 1, of which the end is the beginning. */
type Scene = (g: CanvasRenderingContext2D, time: number) => void;

/** Steps to a door, morning light; a cat walks by. */
const porch: Scene = (g, time) => {
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

/** A car under a lamp, seen from above the gate. */
const garage: Scene = (g, time) => {
  const light = g.createRadialGradient(330, 60, 20, 330, 170, 400);
  light.addColorStop(0, "#8f887c");
  light.addColorStop(0.5, "#54504a");
  light.addColorStop(1, "#211f1e");
  g.fillStyle = light;
  g.fillRect(0, 0, 640, 360);
  g.fillStyle = "rgb(20 20 22 / 40%)";
  g.beginPath();
  g.moveTo(0, 360);
  g.lineTo(130, 196);
  g.lineTo(510, 196);
  g.lineTo(640, 360);
  g.fill();
  g.fillStyle = "#3c3a38";
  for (let i = 0; i < 4; i++) g.fillRect(24, 70 + i * 44, 96, 6);
  for (let i = 0; i < 14; i++) {
    g.fillStyle = `hsl(${(i * 67) % 360} 26% ${30 + (i % 3) * 8}%)`;
    g.fillRect(28 + (i % 4) * 23, 46 + Math.floor(i / 4) * 44, 18, 24);
  }
  g.fillStyle = "#7d2a26";
  g.beginPath();
  g.roundRect(186, 176, 276, 104, 34);
  g.fill();
  g.fillStyle = "#8f332e";
  g.beginPath();
  g.moveTo(228, 180);
  g.quadraticCurveTo(250, 112, 288, 110);
  g.lineTo(364, 110);
  g.quadraticCurveTo(404, 112, 424, 180);
  g.fill();
  g.fillStyle = "#1c2a33";
  g.beginPath();
  g.moveTo(246, 176);
  g.quadraticCurveTo(264, 124, 292, 122);
  g.lineTo(360, 122);
  g.quadraticCurveTo(388, 124, 406, 176);
  g.fill();
  g.fillStyle = "#151415";
  g.fillRect(206, 262, 46, 40);
  g.fillRect(398, 262, 46, 40);
  g.fillStyle = "#d8d2bf";
  g.fillRect(200, 204, 40, 18);
  g.fillRect(408, 204, 40, 18);
  g.fillStyle = "#cfcabb";
  g.fillRect(288, 240, 74, 18);
  g.strokeStyle = "#9b9484";
  g.lineWidth = 3;
  g.beginPath();
  g.arc(548, 268, 40, 0, 7);
  g.moveTo(548, 268);
  g.lineTo(548 + 40 * Math.cos(time * 6.283), 268 + 40 * Math.sin(time * 6.283));
  g.stroke();
  g.fillStyle = "#f4ecd2";
  g.beginPath();
  g.ellipse(330, 22, 66, 8, 0, 0, 7);
  g.fill();
};

/** A workbench from above: board, tools, a soldering iron that smokes. */
const bench: Scene = (g, time) => {
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

/** Lawn and trees in the sun; a bird crosses. */
const garden: Scene = (g, time) => {
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

/** A hall at night, lit from the next room; the pendulum of a clock. */
const hall: Scene = (g, time) => {
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

/** The bed of a 3D printer; its head goes to and fro. */
const printer: Scene = (g, time) => {
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

/** A cot at night: what an infrared lamp shows. */
const nursery: Scene = (g, time) => {
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

/** Under the roof: beams, boxes, a beam of light full of dust. */
const attic: Scene = (g, time) => {
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

/** By the name of the camera. */
export const SCENES: Record<string, Scene> = {
  Porch: porch,
  Garage: garage,
  Bench: bench,
  Garden: garden,
  Hall: hall,
  "3D printer": printer,
  Nursery: nursery,
  Attic: attic,
};
