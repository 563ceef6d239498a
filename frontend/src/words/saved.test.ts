import { describe, expect, it } from "vitest";

import type { Saved } from "../backend/types";
import { savedResult } from "../testing/camera";
import { savedWords } from "./saved";

const now = new Date(2025, 10, 22, 14, 2, 30).getTime();
const folder = "/home/me/Pictures/PiGrid";
const path = `${folder}/Porch.jpg`;

describe("savedWords", () => {
  it.each<["snapshot" | "clip", string, Partial<Saved>, string, string]>([
    ["snapshot", "Porch", {}, "Saved a picture of Porch.", path],
    [
      "snapshot",
      "Porch",
      { until: now - 3_600_000 },
      "Saved the last picture of Porch, from 13:02.",
      path,
    ],
    ["snapshot", "", {}, "Saved 1 picture.", path],
    [
      "snapshot",
      "",
      { paths: [path, path], missed: 1 },
      "Saved 2 pictures. 1 camera gave none.",
      folder,
    ],
    ["snapshot", "", { missed: 2 }, "Saved 1 picture. 2 cameras gave none.", path],
    ["clip", "Porch", { seconds: 30.1 }, "Saved the last 30 s of Porch.", path],
    [
      "clip",
      "Porch",
      { seconds: 12.3 },
      "Saved the last 12 s of Porch. There was no more in memory.",
      path,
    ],
    [
      "clip",
      "Porch",
      { seconds: 30, until: now - 60_000 },
      "Saved 30 s of Porch, until 14:01.",
      path,
    ],
    [
      "snapshot",
      "",
      { code: "no-picture", paths: [] },
      "No camera on the screen is live, so there is no picture to save.",
      "",
    ],
    [
      "clip",
      "Porch",
      { code: "no-picture", paths: [] },
      "There is no picture of Porch to save.",
      "",
    ],
    [
      "snapshot",
      "",
      { code: "disk-full" },
      `Only 1 picture saved. The disk is full. Make room, or choose another folder than ${folder}.`,
      path,
    ],
    [
      "clip",
      "Porch",
      { code: "no-folder", paths: [] },
      `The folder ${folder} does not exist. Is its drive connected?`,
      "",
    ],
    [
      "clip",
      "Porch",
      { code: "not-ours", paths: [] },
      `PiGrid is not allowed to write to ${folder}.`,
      "",
    ],
    [
      "clip",
      "Porch",
      { code: "busy", paths: [] },
      "Not saved: another file is still being written. Is the drive slow?",
      "",
    ],
    ["clip", "Porch", { code: "failed", detail: "EIO", paths: [] }, "Not saved. EIO", ""],
  ])("%s of %j %j", (what, name, differences, text, more) => {
    const saved = savedResult({ until: now - 100, ...differences });
    expect(savedWords(saved, what, name, now)).toEqual({ text, more });
  });
});
