import { rmSync } from "node:fs";
import type { TestProject } from "vitest/node";
import { ensureBuilt } from "@/dev/build";
import { type Session, signIn } from "@/dev/fixtures/session";
import { FIXTURE_ENV } from "@/dev/fixtures/shop";
import { scratchDir, startStack } from "@/dev/stack";
import type { StackInfo } from "@/dev/stack-file";

/** A shop in production mode, with data of its own. */
export interface BrowserShop extends StackInfo {
  /** The address of the example of a storefront. */
  storefront: string;
  /** The cookies of signed-in users. Each user signs in once, because the shop limits the attempts in 15 minutes. */
  sessions: Record<"customer" | "manager" | "admin", Session["storageState"]>;
}

declare module "vitest" {
  interface ProvidedContext {
    /** One for each worker, so that files that run at the same time do not share one. */
    shops: BrowserShop[];
  }
}

/** Starts the shops (vitest's global set-up). */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  ensureBuilt(console.log);
  const opened: (() => Promise<void>)[] = [];
  const close = async () => void (await Promise.all(opened.splice(0).map((end) => end())));
  try {
    const shops: BrowserShop[] = [];
    for (let worker = 1; worker <= project.config.maxWorkers; worker++) shops.push(await openShop(opened));
    project.provide("shops", shops);
    return close;
  } catch (error) {
    await close();
    throw error;
  }
}

async function openShop(opened: (() => Promise<void>)[]): Promise<BrowserShop> {
  const dir = scratchDir("browser");
  const stack = await startStack({
    dir,
    mode: "start",
    // An email that waits for its slot is not an error, but Inngest's client logs it as one.
    log: (line) => /error/i.test(line) && !/limit is used up/.test(line) && console.error(line),
    env: FIXTURE_ENV,
  });
  opened.push(async () => {
    await stack.close();
    rmSync(dir, { recursive: true, force: true });
  });
  const { pid, app, inngest, stripe, mailbox, database, users, storefront } = stack;
  const cookies = async (role: keyof BrowserShop["sessions"]) => (await signIn(stack, role)).storageState;
  const sessions = {
    customer: await cookies("customer"),
    manager: await cookies("manager"),
    admin: await cookies("admin"),
  };
  return { pid, app, inngest, stripe, mailbox, database, users, storefront, sessions };
}
