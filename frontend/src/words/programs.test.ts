import { describe, expect, it } from "vitest";

import type { Watched } from "../backend/types";
import { watcher } from "../testing/access";
import { programOf, untold, watcherLines, type Kind } from "./programs";

const now = Date.UTC(2026, 10, 22, 14, 10);
const at = (hour: number, minute: number) => Date.UTC(2026, 10, 22, hour, minute);

function watched(name: string, watchers: Watched["watchers"]): Watched {
  return { id: name, name, code: "", watchers };
}

describe("who watched", () => {
  it.each<[string, Kind, string]>([
    ["pigrid", "app", "PiGrid"],
    ["HomeAssistant/2026.11.1 aiohttp/3.13.0 Python/3.13", "home-assistant", "Home Assistant"],
    ["FFmpeg Frigate/0.16", "player", "Frigate"],
    ["VLC/3.0.18 LibVLC/3.0.18", "player", "VLC"],
    ["Lavf/59.27.100", "player", "ffmpeg"],
    ["GStreamer souphttpsrc 1.22.0 libsoup/3.2.2", "player", "GStreamer"],
    ["curl/7.88.1", "script", "curl"],
    ["python-requests/2.34.0", "script", "A Python program"],
    [
      "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 Version/18.1 Mobile/15E148 Safari/604.1",
      "browser",
      "A browser on an iPhone or iPad",
    ],
    [
      "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 Chrome/142.0.0.0 Mobile Safari/537.36",
      "browser",
      "A browser on an Android device",
    ],
    [
      "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/142.0.0.0 Safari/537.36 Edg/142.0",
      "browser",
      "Edge",
    ],
    [
      "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
      "browser",
      "Firefox",
    ],
    ["Mozilla/5.0 (SMART-TV; Linux; Tizen 7.0) Chrome/94", "browser", "A TV"],
    ["", "unknown", "A program"],
    ["something/1.0", "unknown", "A program"],
  ])("knows %s", (userAgent, kind, name) => {
    expect(programOf(userAgent)).toEqual({ kind, name });
  });

  it("has one line for each program at each address, the last first", () => {
    const lines = watcherLines(
      [
        watched("Porch", [
          watcher({ last: at(13, 0) }),
          watcher({ program: "pigrid", here: true, last: now }),
          watcher({ program: "Lavf/59", self: true, last: 0 }),
        ]),
        watched("Garage", [
          watcher({ last: at(14, 2) }),
          watcher({ program: "pigrid", address: "192.168.1.9", last: at(12, 0) }),
        ]),
      ],
      now,
    );
    expect(lines).toEqual([
      {
        who: "Home Assistant at 192.168.1.5",
        what: "watched Porch and Garage, last at 14:02",
        needs: "Enter a view password there, with any user name.",
      },
      {
        who: "PiGrid at 192.168.1.9",
        what: "watched Garage, last at 12:00",
        needs: "Enter the household key there.",
      },
      {
        who: "ffmpeg on the Pi itself",
        what: "watched Porch",
        needs: "Put a view password into its address.",
      },
    ]);
  });

  it("counts what would be too long", () => {
    const four = ["a", "b", "c", "d"].map((name) => watched(name, [watcher({ last: 0 })]));
    expect(watcherLines(four, now).map(({ what }) => what)).toEqual(["watched 4 Pis"]);
  });

  it("says who did not answer", () => {
    const silent = (name: string): Watched => ({ ...watched(name, []), code: "no-answer" });
    expect(untold([watched("Porch", [])])).toBe("");
    expect(untold([silent("Porch"), silent("Shed")])).toBe(
      "Porch and Shed did not say who watched.",
    );
  });
});
