import path from "node:path";
import { defineConfig } from "vitest/config";
import { LongestFirst } from "../longest-first.ts";
import { STACKS } from "../stacks.ts";

/** `npm run test:browser`: the real stack in Chromium. `npm test` needs no browser. */
const root = path.resolve(import.meta.dirname, "../..");

export default defineConfig({
  root,
  resolve: { alias: { "@": root } },
  test: {
    include: ["test/browser/**/*.test.ts"],
    globalSetup: "test/browser/stack.ts",
    testTimeout: 60_000,
    hookTimeout: 180_000,
    // vitest waits a second, in which a busy machine does nothing at all.
    expect: { poll: { timeout: 30_000 } },
    maxWorkers: STACKS,
    sequence: { sequencer: LongestFirst },
    // The accessibility test opens pages in parallel, because the browser starts a process for each page.
    maxConcurrency: 3,
  },
});
