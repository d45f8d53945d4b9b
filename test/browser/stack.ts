import { rmSync } from "node:fs";
import type { TestProject } from "vitest/node";
import { ensureBuilt } from "@/dev/build";
import { type Session, signIn } from "@/dev/fixtures/session";
import { FIXTURE_ENV } from "@/dev/fixtures/shop";
import { scratchDir, startStack } from "@/dev/stack";
import type { StackInfo } from "@/dev/stack-file";
import { STACKS } from "../stacks";

/** A running stack. */
interface BrowserShop {
  stack: StackInfo;
  /** The address of the example of a storefront. */
  storefront: string;
  /** The cookies of signed-in users. Each user signs in once, because the shop limits the attempts in 15 minutes. */
  sessions: Record<"customer" | "manager" | "admin", Session["storageState"]>;
}

declare module "vitest" {
  interface ProvidedContext {
    /** One for each file that runs at once. */
    browserShops: BrowserShop[];
  }
}

/** Starts as many shops in production mode as test files run at once, each with its own data. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  ensureBuilt(console.log);
  const started = await Promise.all(Array.from({ length: STACKS }, startShop));
  project.provide(
    "browserShops",
    started.map(({ shop }) => shop),
  );
  return async () => void (await Promise.all(started.map(({ close }) => close())));
}

async function startShop(): Promise<{ shop: BrowserShop; close(): Promise<void> }> {
  const dir = scratchDir("browser");
  const started = await startStack({
    dir,
    mode: "start",
    // An email that waits for its slot is not an error, but Inngest's client logs it as one.
    log: (line) => /error/i.test(line) && !/limit is used up/.test(line) && console.error(line),
    env: FIXTURE_ENV,
  });
  const { pid, app, inngest, stripe, mailbox, database, users, storefront } = started;
  const stack = { pid, app, inngest, stripe, mailbox, database, users };
  const customer = (await signIn(stack, "customer")).storageState;
  const manager = (await signIn(stack, "manager")).storageState;
  const admin = (await signIn(stack, "admin")).storageState;
  return {
    shop: { stack, storefront, sessions: { customer, manager, admin } },
    async close() {
      await started.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
