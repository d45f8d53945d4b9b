import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

const root = fileURLToPath(new URL(".", import.meta.url));
const suite = (name: string, more: object = {}) => ({
  extends: true as const,
  test: { name, include: [`test/${name}/**/*.test.{ts,tsx}`], ...more },
});

/**
 * What takes longest starts first, so that it does not keep one worker when the others have nothing left to do. Of the tests that
 * start a stack of their own only one does: several at once would only wait for each other.
 */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const long = /\/(commands|outage|outbox-refusal|email-burst|sign-in-limits|crash|crash-database)\.test/;
    return [
      ...sorted.filter((file) => long.test(file.moduleId)),
      ...sorted.filter((file) => !long.test(file.moduleId)),
    ];
  }
}

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
    projects: [
      suite("unit"),
      suite("engine"),
      suite("fake-servers"),
      // One process for many files, each with the project's modules anew: what is in node_modules is loaded once.
      suite("workflow", { globalSetup: "test/postgres.ts", isolate: false, setupFiles: ["test/reset-modules.ts"] }),
      suite("stack", { globalSetup: "test/build.ts" }),
      // One shop for all of its files, some of which count what is in it: one after the other, and when the others are done.
      suite("http", {
        include: ["test/http/**/*.test.ts", "test/security/**/*.test.ts"],
        globalSetup: "test/http/stack.ts",
        maxWorkers: 1,
        sequence: { groupOrder: 1 },
      }),
    ],
  },
});
