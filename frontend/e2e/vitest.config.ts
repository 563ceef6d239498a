import { defineConfig } from "vitest/config";

// Two files at a time, for two processors, with a Chromium each.
export default defineConfig({
  test: {
    root: import.meta.dirname,
    include: ["**/*.test.ts"],
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Generous: build machines are slow, and a right answer never waits.
    expect: { poll: { timeout: 10_000 } },
  },
});
