import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { LongestFirst } from "./test/longest-first.ts";
import { STACKS } from "./test/stacks.ts";

const root = fileURLToPath(new URL(".", import.meta.url));
const suite = (name: string, more: object = {}) => ({
  extends: true as const,
  test: { name, include: [`test/${name}/**/*.test.{ts,tsx}`], ...more },
});

export default defineConfig({
  resolve: { alias: { "@": root.replace(/\/$/, "") } },
  test: {
    // A file waits for PostgreSQL and for answers that never come, so that two more than there are cores keep them busy.
    maxWorkers: availableParallelism() + 2,
    sequence: { sequencer: LongestFirst },
    // Only to end a test that hangs. Virtual days with hundreds of runs take over a minute on a busy machine.
    testTimeout: 180_000,
    // A tenth of the tests' time was spent on collecting short-lived objects: fewer, larger rounds cost less.
    execArgv: ["--max-semi-space-size=64"],
    hookTimeout: 120_000,
    // vitest waits a second, in which a busy machine does nothing at all.
    expect: { poll: { timeout: 30_000 } },
    projects: [
      suite("unit"),
      suite("engine"),
      suite("fake-servers"),
      // One process for many files, each with the project's modules anew: what is in node_modules is loaded once.
      suite("workflow", { globalSetup: "test/postgres.ts", isolate: false, setupFiles: ["test/reset-modules.ts"] }),
      suite("stack", { globalSetup: "test/build.ts" }),
      // When the others are done.
      suite("http", {
        include: ["test/http/**/*.test.ts", "test/security/**/*.test.ts"],
        globalSetup: "test/http/stack.ts",
        maxWorkers: STACKS,
        sequence: { groupOrder: 1 },
      }),
    ],
  },
});
