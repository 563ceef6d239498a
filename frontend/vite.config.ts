import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vitest/config";

export default defineConfig({
  plugins: [svelte()],
  // Unknown paths must be 404 on the dev server, not index.html: only then
  // `wails dev` asks the Go side, which answers /frames.
  appType: "mpa",
  build: {
    // WebView2 and WebKitGTK are newer; macOS 13 brings Safari 16.4.
    target: ["chrome110", "safari16.4"],
  },
  test: {
    include: ["src/**/*.test.ts"],
    // Clock words ("Offline since 14:02") are tested in one known time zone.
    env: { TZ: "UTC" },
  },
});
