import { svelte } from "@sveltejs/vite-plugin-svelte";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

/**
 * What the page may load and run: its own files, and "data:," in place of a picture.
 * The Go side adds who may frame it: a meta element cannot say that.
 */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

/** Not on the dev server, which adds scripts and styles of its own. */
const policy: Plugin = {
  name: "content-security-policy",
  apply: "build",
  transformIndexHtml: () => [
    {
      tag: "meta",
      attrs: { "http-equiv": "Content-Security-Policy", content: POLICY },
      injectTo: "head-prepend",
    },
  ],
};

/** Where the packages are served, as make apt-repo is told; "" for nowhere. */
const SITE = (process.env["SITE"] ?? "").replace(/\/+$/, "");
if (!/^$|^https?:\/\/[\][A-Za-z0-9._~:/%+-]+$/.test(SITE)) {
  throw new Error(`SITE must be a URL like https://example.org/pigrid, not ${SITE}`);
}

export default defineConfig({
  define: { __SITE__: JSON.stringify(SITE) },
  plugins: [svelte(), policy],
  // Unknown paths must be 404 on the dev server, not index.html: only then
  // `wails dev` asks the Go side, which answers /frames.
  appType: "mpa",
  build: {
    // WebView2 and WebKitGTK are newer; macOS 13 brings Safari 16.4.
    target: ["chrome110", "safari16.4"],
  },
  test: {
    include: ["src/**/*.test.ts"],
    pool: "threads", // they start sooner than processes
    // Clock words ("Offline since 14:02") are tested in one known time zone.
    env: { TZ: "UTC" },
  },
});
