import { expect, it } from "vitest";

import { logins, phoneAddress } from "./logins";

it("tells each program the address of the camera, and the password where it takes it", () => {
  const page = "http://garage.local:8080/";
  expect(logins(page, "8FJ2-WQ4X").map(({ line }) => line)).toEqual([
    "http://garage.local:8080/",
    "http://garage.local:8080/video",
    "http://pigrid:8FJ2-WQ4X@garage.local:8080/video",
    "ffmpeg -use_wallclock_as_timestamps 1 -i http://pigrid:8FJ2-WQ4X@garage.local:8080/video -c copy recording.mkv",
    "http://garage.local:8080/?action=stream&key=8FJ2-WQ4X",
  ]);
  expect(logins("http://[fe80::1]:8080", "x")[1]?.line).toBe("http://[fe80::1]:8080/video");
});

it("gives a phone the password in the fragment, which no server sees", () => {
  expect(phoneAddress("http://garage.local:8080/", "8FJ2-WQ4X")).toBe(
    "http://garage.local:8080/#v=8FJ2-WQ4X",
  );
});
