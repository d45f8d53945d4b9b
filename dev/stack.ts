import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { migrate } from "@/prisma/migrate";
import { seed } from "@/prisma/seed";
import { type Child, startChild } from "./child";
import { localEnvironment, newSecrets, type Secrets, webhookEndpoints } from "./environment";
import { giveLocalPasswords, type LocalUser } from "./local-users";
import { type Neighbour, startInngest, startMail, startPayments } from "./neighbours";
import { endOrphan } from "./orphans";
import { freePort } from "./ports";
import { removePostgres, startPostgres } from "./postgres";
import { claimFolder, refuseOther, removeStack, type StackInfo, writeStack } from "./stack-file";
import { until } from "./until";

export interface StackOptions {
  /** Holds the data and `stack.json`. */
  dir: string;
  /** `dev`: Next.js compiles as you go. `start`: the built app, as production runs it. */
  mode: "dev" | "start";
  /** Take the well-known ports where they are free; otherwise any. */
  fixedPorts?: boolean;
  devServer?: boolean;
  env?: Record<string, string>;
  log?: (line: string) => void;
}

export interface Stack extends StackInfo {
  notes: Partial<Record<"database" | "inngest" | "stripe" | "mailbox", string>>;
  /** Has the engine read the app's functions again. */
  sync(): Promise<void>;
  /** Resolves when the app ended by itself. */
  appEnded: Promise<number>;
  /** Ends the app as a crash would, and starts it again. */
  restartApp(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Starts everything the environment does not name, and the app with the environment set. What was started is stopped in
 * the opposite order; if the start fails half-way, too.
 */
export async function startStack(options: StackOptions): Promise<Stack> {
  const { dir, mode, fixedPorts = false, devServer = false, env = {}, log = () => {} } = options;
  claimFolder(dir);
  await endOrphan(dir);
  const opened: (() => Promise<void>)[] = [];
  const close = async () => {
    for (const one of opened.splice(0).reverse()) await one();
    await endOrphan(dir); // should whoever guards the app have been killed
    removeStack(dir);
  };
  try {
    const database = await startDatabase(dir, fixedPorts, opened);
    const secrets = keptSecrets(dir);
    const app = `http://127.0.0.1:${await freePort(fixedPorts ? 3000 : 0)}`;
    const keep = async (starting: Promise<Neighbour>) => {
      const neighbour = await starting;
      opened.push(neighbour.close);
      return neighbour;
    };
    const webhooks = webhookEndpoints(app, secrets);
    const [inngest, stripe, mailbox] = [
      await keep(startInngest(dir, { devServer, app, log, fixed: fixedPorts })),
      await keep(startPayments(dir, webhooks.stripe, fixedPorts)),
      await keep(startMail(dir, webhooks.resend, fixedPorts)),
    ];
    const addresses = { app, database: database.url, inngest: inngest.url, stripe: stripe.url, mailbox: mailbox.url };
    const environment = { ...appEnvironment(addresses, secrets), ...env };
    let child = startApp(mode, app, environment, log);
    opened.push(() => child.stop());
    await appReady(child, app);
    await inngest.sync(app);
    const info: StackInfo = { pid: process.pid, ...addresses, users: await localUsers(database, secrets) };
    writeStack(dir, info);
    return {
      ...info,
      notes: { database: database.note, inngest: inngest.note, stripe: stripe.note, mailbox: mailbox.note },
      sync: () => inngest.sync(app),
      appEnded: child.ended,
      async restartApp() {
        await child.kill();
        child = startApp(mode, app, environment, log);
        await appReady(child, app);
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function startDatabase(
  dir: string,
  fixed: boolean,
  opened: (() => Promise<void>)[],
): Promise<{ url: string; note?: string }> {
  const named = process.env.DATABASE_URL;
  if (named) {
    await migrate(named);
    await seed(named);
    return { url: named, note: "from DATABASE_URL" };
  }
  const server = await startPostgres({ dir: path.join(dir, "postgres"), port: fixed ? 5432 : undefined });
  opened.push(server.close);
  await server.createDatabase("steadfast");
  const url = server.url("steadfast");
  await migrate(url);
  await seed(url);
  return { url };
}

/** People to sign in as; nobody gets a known password in a database that is not the stack's own. */
async function localUsers({ url, note }: { url: string; note?: string }, { password }: Secrets): Promise<LocalUser[]> {
  return note ? [] : giveLocalPasswords(url, password);
}

/** The webhook secrets live as long as the data: a delivery that was signed before a restart still fits after it. */
function keptSecrets(dir: string): Secrets {
  const file = path.join(dir, "secrets.json");
  const kept: Partial<Secrets> = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : {};
  const secrets = { ...newSecrets(), ...kept };
  writeFileSync(file, JSON.stringify(secrets), { mode: 0o600 });
  return secrets;
}

/** The local environment, less what the environment names itself. */
function appEnvironment(addresses: Parameters<typeof localEnvironment>[0], secrets: Secrets): NodeJS.ProcessEnv {
  const local = localEnvironment(addresses, secrets);
  if (process.env.STRIPE_SECRET_KEY) {
    delete local.STRIPE_API_URL;
    delete local.STRIPE_EXPENSES_ACCOUNT;
  }
  if (process.env.RESEND_API_KEY) delete local.RESEND_BASE_URL;
  if (process.env.INNGEST_EVENT_KEY) {
    delete local.INNGEST_DEV;
    delete local.INNGEST_BASE_URL;
  }
  return {
    ...local,
    ...process.env,
    APP_URL: addresses.app,
    DATABASE_URL: addresses.database,
    LOG_LEVEL: process.env.LOG_LEVEL ?? "warn",
  };
}

function startApp(mode: StackOptions["mode"], app: string, env: NodeJS.ProcessEnv, log: (line: string) => void): Child {
  const { port } = new URL(app);
  const next = path.resolve("node_modules/next/dist/bin/next");
  const program =
    mode === "dev" ? [next, "dev", "--hostname", "127.0.0.1", "--port", port] : ["--import", "tsx", "bin/start.ts"];
  const settings: NodeJS.ProcessEnv = {
    NODE_ENV: mode === "dev" ? "development" : "production",
    HOST: "127.0.0.1",
    PORT: port,
    NEXT_TELEMETRY_DISABLED: "1",
  };
  return startChild([process.execPath, ...program], { ...env, ...settings }, log);
}

async function appReady(child: Child, app: string): Promise<void> {
  await until(
    async () => {
      if (!child.alive()) throw new Error("The app did not start; what it said is above.");
      return fetch(`${app}/api/inngest`).then(
        // With a signing key it answers Inngest only, and everybody else 401.
        ({ status }) => status < 500,
        () => false,
      );
    },
    "the app to answer",
    { timeout: 120_000, every: 50 },
  );
}

/** Forgets everything: the data of all local parts. */
export async function resetStack(dir: string): Promise<void> {
  refuseOther(dir);
  await endOrphan(dir);
  await removePostgres(path.join(dir, "postgres"));
  rmSync(dir, { recursive: true, force: true });
}

/** A folder for a stack that lasts as long as one command. */
export function scratchDir(name: string): string {
  return path.resolve(".local", `${name}-${process.pid}-${randomBytes(2).toString("hex")}`);
}
