import { rmSync } from "node:fs";
import type { TestProject } from "vitest/node";
import { ensureBuilt } from "@/dev/build";
import { type Session, signIn } from "@/dev/fixtures/session";
import { FIXTURE_ENV as LIVELY_ENV } from "@/dev/fixtures/shop";
import { scratchDir, startStack } from "@/dev/stack";
import type { StackInfo } from "@/dev/stack-file";

declare module "vitest" {
  interface ProvidedContext {
    browserStack: StackInfo;
    /** What makes a browser theirs; signed in once, because the shop takes few tries in a quarter of an hour. */
    sessions: Record<"customer" | "manager", Session["storageState"]>;
  }
}

/** Starts the whole shop as production runs it, on data of its own. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const dir = scratchDir("browser");
  ensureBuilt(console.log);
  const stack = await startStack({
    dir,
    mode: "start",
    // An email that waits for its turn is no error, though the engine's client writes it down as one.
    log: (line) => /error/i.test(line) && !/limit is used up/.test(line) && console.error(line),
    env: LIVELY_ENV,
  });
  const { pid, app, inngest, stripe, mailbox, database, users } = stack;
  project.provide("browserStack", { pid, app, inngest, stripe, mailbox, database, users });
  const [customer, manager] = [await signIn(stack, "customer"), await signIn(stack, "manager")];
  project.provide("sessions", { customer: customer.storageState, manager: manager.storageState });
  return async () => {
    await stack.close();
    rmSync(dir, { recursive: true, force: true });
  };
}
