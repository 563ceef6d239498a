import { chromium, type Browser } from "playwright-core";

/** The system's Chromium; PIGRID_CHROMIUM names another one. */
export function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env["PIGRID_CHROMIUM"] ?? "/usr/bin/chromium",
    args: [
      "--no-sandbox", // root in containers has no other way
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      "--no-first-run",
    ],
  });
}
