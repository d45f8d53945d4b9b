import path from "node:path";
import { defineConfig } from "vitest/config";

/** `npm run test:browser`: the real stack, driven through Chromium. Apart from `npm test`, which needs no browser. */
const root = path.resolve(import.meta.dirname, "../..");

export default defineConfig({
  root,
  resolve: { alias: { "@": root } },
  test: {
    include: ["test/browser/**/*.test.ts"],
    globalSetup: "test/browser/stack.ts",
    testTimeout: 60_000,
    hookTimeout: 180_000,
    // One machine, one shop: files side by side would only wait for each other.
    fileParallelism: false,
    // Pages that are only looked at are opened side by side: the browser takes another process for each.
    maxConcurrency: 3,
  },
});
