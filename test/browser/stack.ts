import { rmSync } from "node:fs";
import type { TestProject } from "vitest/node";
import { ensureBuilt } from "@/dev/build";
import { type Session, signIn } from "@/dev/fixtures/session";
import { FIXTURE_ENV } from "@/dev/fixtures/shop";
import { scratchDir, startStack } from "@/dev/stack";
import type { StackInfo } from "@/dev/stack-file";

declare module "vitest" {
  interface ProvidedContext {
    browserStack: StackInfo;
    /** The address of the example of a storefront. */
    storefront: string;
    /** The cookies of signed-in users. Each user signs in once, because the shop limits the attempts in 15 minutes. */
    sessions: Record<"customer" | "manager" | "admin", Session["storageState"]>;
  }
}

/** Starts the whole shop in production mode, with its own data. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const dir = scratchDir("browser");
  ensureBuilt(console.log);
  const stack = await startStack({
    dir,
    mode: "start",
    // An email that waits for its slot is not an error, but Inngest's client logs it as one.
    log: (line) => /error/i.test(line) && !/limit is used up/.test(line) && console.error(line),
    env: FIXTURE_ENV,
  });
  const { pid, app, inngest, stripe, mailbox, database, users } = stack;
  project.provide("storefront", stack.storefront);
  project.provide("browserStack", { pid, app, inngest, stripe, mailbox, database, users });
  const [customer, manager] = [await signIn(stack, "customer"), await signIn(stack, "manager")];
  const admin = await signIn(stack, "admin");
  project.provide("sessions", {
    ...{ customer: customer.storageState, manager: manager.storageState, admin: admin.storageState },
  });
  return async () => {
    await stack.close();
    rmSync(dir, { recursive: true, force: true });
  };
}
