import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const root = fileURLToPath(new URL(".", import.meta.url));
const suite = (name: string, more: object = {}) => ({
  extends: true as const,
  test: { name, include: [`test/${name}/**/*.test.{ts,tsx}`], ...more },
});

export default defineConfig({
  resolve: { alias: { "@": root.replace(/\/$/, "") } },
  test: {
    // A file waits for PostgreSQL for a third of its time, so one more than there are cores keeps them busy.
    maxWorkers: availableParallelism() + 1,
    testTimeout: 60_000,
    hookTimeout: 120_000,
    projects: [
      suite("unit"),
      suite("engine"),
      suite("stand-ins"),
      suite("workflow", { globalSetup: "test/postgres.ts" }),
      suite("stack", { globalSetup: "test/build.ts" }),
      // One shop for all of its files, some of which count what is in it: one after the other, and when the others are done.
      suite("http", { globalSetup: "test/http/stack.ts", maxWorkers: 1, sequence: { groupOrder: 1 } }),
    ],
  },
});
