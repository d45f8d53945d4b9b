import { createWriteStream, mkdirSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import type { TestProject } from "vitest/node";
import { ensureBuilt } from "@/dev/build";
import type { Secrets } from "@/dev/environment";
import { type Stack, scratchDir, startStack } from "@/dev/stack";
import { STACKS } from "../stacks";

export interface Shop
  extends Pick<Stack, "app" | "inngest" | "stripe" | "mailbox" | "database" | "storefront" | "users">,
    Secrets {}

declare module "vitest" {
  interface ProvidedContext {
    /** For each file that runs at once a stack: the built app, as in production, and its services. */
    shops: Shop[];
  }
}

/** The log of the app under test. Many of its errors are provoked by the tests. */
const LOG = ".local/test-http.log";

/** Starts the stacks (vitest's global setup); with INNGEST_BASE_URL, one on that Inngest server. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  ensureBuilt(console.log);
  const log = createWriteStream(LOG);
  const started = await Promise.all(Array.from({ length: STACKS }, () => startShop((line) => log.write(`${line}\n`))));
  project.provide(
    "shops",
    started.map(({ shop }) => shop),
  );
  return async () => void (await Promise.all(started.map(({ close }) => close())));
}

async function startShop(log: (line: string) => void): Promise<{ shop: Shop; close(): Promise<void> }> {
  const dir = scratchDir("test");
  mkdirSync(dir, { recursive: true });
  const stack = await startStack({ dir, mode: "start", log });
  const { app, inngest, stripe, mailbox, database, storefront, users } = stack;
  const secrets: Secrets = JSON.parse(readFileSync(path.join(dir, "secrets.json"), "utf8"));
  return {
    shop: { app, inngest, stripe, mailbox, database, storefront, users, ...secrets },
    async close() {
      await stack.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
