import { createWriteStream, mkdirSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import type { TestProject } from "vitest/node";
import { ensureBuilt } from "@/dev/build";
import type { Secrets } from "@/dev/environment";
import { type Stack, scratchDir, startStack } from "@/dev/stack";

export interface Shop
  extends Pick<Stack, "app" | "inngest" | "stripe" | "mailbox" | "database" | "storefront" | "users">,
    Secrets {}

declare module "vitest" {
  interface ProvidedContext {
    /** The running stack: the built app, as in production, and its services. */
    shop: Shop;
  }
}

/** The log of the app under test. Many of its errors are provoked by the tests. */
const LOG = ".local/test-http.log";

/** Starts one stack for all test files (vitest's global setup); with INNGEST_BASE_URL, on that Inngest server. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  ensureBuilt(console.log);
  const dir = scratchDir("test");
  mkdirSync(dir, { recursive: true });
  const log = createWriteStream(LOG);
  const stack = await startStack({ dir, mode: "start", log: (line) => void log.write(`${line}\n`) });
  const { app, inngest, stripe, mailbox, database, storefront, users } = stack;
  const secrets: Secrets = JSON.parse(readFileSync(path.join(dir, "secrets.json"), "utf8"));
  project.provide("shop", { app, inngest, stripe, mailbox, database, storefront, users, ...secrets });
  return async () => {
    await stack.close();
    rmSync(dir, { recursive: true, force: true });
  };
}
