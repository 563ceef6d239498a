import { defineConfig } from "vitest/config";

// One file at a time: a second Chromium makes what is judged by time flaky on two processors.
export default defineConfig({
  test: {
    root: import.meta.dirname,
    include: ["**/*.test.ts"],
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Generous: build machines are slow, and a right answer never waits.
    expect: { poll: { timeout: 10_000 } },
  },
});
