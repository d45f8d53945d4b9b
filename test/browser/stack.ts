import { rmSync } from "node:fs";
import type { TestProject } from "vitest/node";
import { ensureBuilt } from "@/dev/build";
import { scratchDir, startStack } from "@/dev/stack";
import type { StackInfo } from "@/dev/stack-file";

declare module "vitest" {
  interface ProvidedContext {
    browserStack: StackInfo;
  }
}

/** Starts the whole shop as production runs it, on data of its own. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const dir = scratchDir("browser");
  ensureBuilt(console.log);
  const stack = await startStack({
    dir,
    mode: "start",
    log: (line) => /error/i.test(line) && console.error(line),
    env: { CHECKOUTS_PER_MINUTE: "1000" },
  });
  const { pid, app, inngest, stripe, mailbox, database, users } = stack;
  project.provide("browserStack", { pid, app, inngest, stripe, mailbox, database, users });
  return async () => {
    await stack.close();
    rmSync(dir, { recursive: true, force: true });
  };
}
