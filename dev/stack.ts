import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { hashPassword } from "better-auth/crypto";
import pg from "pg";
import { migrate } from "@/prisma/migrate";
import { OPERATORS, seed } from "@/prisma/seed";
import { startArguments } from "./build";
import { type Child, startChild } from "./child-process";
import { appEnvironment, newSecrets, type Secrets } from "./environment";
import { orderSubjects } from "./order-subjects";
import { freePort } from "./ports";
import { removePostgres, startPostgres } from "./postgres";
import { type Service, startEmail, startInngest, startPayments } from "./services";
import {
  claimFolder,
  killLeftoverNext,
  refuseOther,
  removeCompiledPages,
  removeStack,
  type StackInfo,
  writeStack,
} from "./stack-file";
import { startStorefront } from "./storefront";
import { waitUntil } from "./wait-until";

export interface StackOptions {
  /** The folder of the data and `stack.json`. */
  dir: string;
  /** `dev`: Next.js compiles on demand. `start`: the built app, as production runs it. */
  mode: "dev" | "start";
  /** Use the well-known ports where they are free, otherwise any. */
  fixedPorts?: boolean;
  devServer?: boolean;
  /** Seed also the database that `DATABASE_URL` names. The stack's own one is always seeded. */
  seed?: boolean;
  env?: Record<string, string>;
  /** Options of Node.js for the built app. */
  nodeArgs?: string[];
  log?: (line: string) => void;
  /** Wraps each phase of the start, to show it. */
  phase?: <T>(what: string, work: () => Promise<T>) => Promise<T>;
}

export interface Stack extends StackInfo {
  /** The address of the example of a storefront. */
  storefront: string;
  notes: Partial<Record<"database" | "inngest" | "stripe" | "mailbox", string>>;
  /** Registers the app's functions again. */
  sync(): Promise<void>;
  /** Resolves to the exit code of the app. */
  appEnded: Promise<number>;
  /** Kills the app and starts it again. */
  restartApp(): Promise<void>;
  close(): Promise<void>;
}

/** Starts the services that the environment does not name, and the app. A failed start stops what it has started. */
export async function startStack(options: StackOptions): Promise<Stack> {
  const { dir, mode, fixedPorts = false, devServer = false, seed: seedGiven = false } = options;
  const { env = {}, nodeArgs = [], log = () => {}, phase = (_, work) => work() } = options;
  const wasKilled = claimFolder(dir);
  await killLeftoverNext(dir);
  if (wasKilled && mode === "dev") removeCompiledPages();
  const opened: (() => Promise<void>)[] = [];
  const close = async () => {
    for (const one of opened.splice(0).reverse()) await one();
    await killLeftoverNext(dir); // in case the guard of the app was killed
    removeStack(dir);
  };
  try {
    const database = await phase("Starting the database and applying migrations", () =>
      startDatabase(dir, fixedPorts, seedGiven, opened),
    );
    const secrets = storedSecrets(dir);
    const app = `http://127.0.0.1:${await freePort(fixedPorts ? 3000 : undefined)}`;
    const { stripeWebhook, resendWebhook } = secrets;
    const subjects = orderSubjects(app, database.url, log);
    const settings = { dir, app, secrets: { stripeWebhook, resendWebhook }, fixedPorts, devServer, subjects, log };
    const start = async (starting: Promise<Service>) => {
      const service = await starting;
      opened.push(service.close);
      return service;
    };
    const inngest = await start(startInngest(settings));
    const stripe = await start(startPayments(settings));
    const mailbox = await start(startEmail(settings));
    const addresses = { app, database: database.url, inngest: inngest.url, stripe: stripe.url, mailbox: mailbox.url };
    const storefront = await startStorefront(app, await freePort(fixedPorts ? 3030 : undefined));
    opened.push(storefront.close);
    const environment = { CORS_ORIGINS: storefront.url, ...appEnvironment(addresses, secrets, process.env), ...env };
    let child = startApp(mode, app, environment, log, nodeArgs);
    opened.push(() => child.stop());
    // Next.js compiles a page at its first request.
    const ready = () => Promise.all([appReady(child, app), mode === "dev" && answered(child, `${app}/`, () => true)]);
    await phase("Starting the app and compiling its first page and its API", ready);
    await phase("Registering the workflows", () => inngest.sync(app));
    // A database that is not the stack's own gets no known passwords.
    const users = database.note ? [] : await setLocalPasswords(database.url, secrets.password);
    const info: StackInfo = { pid: process.pid, ...addresses, users };
    writeStack(dir, info);
    return {
      ...info,
      storefront: storefront.url,
      notes: { database: database.note, inngest: inngest.note, stripe: stripe.note, mailbox: mailbox.note },
      sync: () => inngest.sync(app),
      appEnded: child.ended,
      async restartApp() {
        await child.kill();
        child = startApp(mode, app, environment, log, nodeArgs);
        await appReady(child, app);
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Starts the stack's own database, or migrates the one that `DATABASE_URL` names: that one gets the seed only if it is asked for. */
async function startDatabase(
  dir: string,
  fixed: boolean,
  seedGiven: boolean,
  opened: (() => Promise<void>)[],
): Promise<{ url: string; note?: string }> {
  const { DATABASE_URL: given } = process.env;
  if (given) {
    await migrate(given);
    if (seedGiven) await seed(given);
    const note = `from DATABASE_URL${seedGiven ? "" : "; `npm run dev -- --seed` adds the example data"}`;
    return { url: given, note };
  }
  const server = await startPostgres({ dir: path.join(dir, "postgres"), port: fixed ? 5432 : undefined });
  opened.push(server.close);
  await server.createDatabase("steadfast");
  const url = server.url("steadfast");
  await migrate(url);
  await seed(url);
  return { url };
}

/** The secrets, stored with the data: a webhook that was signed before a restart is valid after it. */
function storedSecrets(dir: string): Secrets {
  const file = path.join(dir, "secrets.json");
  const stored: Partial<Secrets> = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : {};
  const secrets = { ...newSecrets(), ...stored };
  writeFileSync(file, JSON.stringify(secrets), { mode: 0o600 });
  return secrets;
}

function startApp(
  mode: StackOptions["mode"],
  app: string,
  env: NodeJS.ProcessEnv,
  log: (line: string) => void,
  nodeArgs: string[],
): Child {
  const { port } = new URL(app);
  const next = path.resolve("node_modules/next/dist/bin/next");
  const program =
    mode === "dev" ? [next, "dev", "--hostname", "127.0.0.1", "--port", port] : [...nodeArgs, ...startArguments()];
  const settings: NodeJS.ProcessEnv = {
    NODE_ENV: mode === "dev" ? "development" : "production",
    HOST: "127.0.0.1",
    PORT: port,
    NEXT_TELEMETRY_DISABLED: "1",
    // Tests end the app by its pid.
    WEB_CONCURRENCY: env.WEB_CONCURRENCY ?? "1",
  };
  return startChild([process.execPath, ...program], { ...env, ...settings }, log);
}

const appReady = (child: Child, app: string): Promise<void> =>
  // With a signing key it answers 401 to everyone but Inngest.
  answered(child, `${app}/api/inngest`, (status) => status < 500);

/** Waits until the app answers with a status that `accepts`. @throws if the app has ended */
async function answered(child: Child, url: string, accepts: (status: number) => boolean): Promise<void> {
  await waitUntil(
    async () => {
      if (!child.alive()) throw new Error("The app did not start; its output is above.");
      return fetch(url).then(
        ({ status }) => accepts(status),
        () => false,
      );
    },
    "the app to answer",
    { timeout: 300_000, every: 50 },
  );
}

/** Deletes the data of all local services. */
export async function resetStack(dir: string): Promise<void> {
  refuseOther(dir);
  await killLeftoverNext(dir);
  await removePostgres(path.join(dir, "postgres"));
  rmSync(dir, { recursive: true, force: true });
}

/** A folder for the stack of one command. */
export function scratchDir(name: string): string {
  return path.resolve(".local", `${name}-${process.pid}-${randomBytes(2).toString("hex")}`);
}

export interface LocalUser {
  role: string;
  email: string;
  password: string;
}

const CUSTOMER = { id: "usr_001", email: "amira.almeida@customers.example", role: "customer" };

/** Sets a password for an admin, a manager and a customer of the seed. Only for a database that the stack started. */
async function setLocalPasswords(url: string, password: string): Promise<LocalUser[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const users = [...OPERATORS, CUSTOMER];
    const { rows } = await client.query<{ user_id: string }>(
      "SELECT user_id FROM accounts WHERE provider_id = 'credential'",
    );
    const missing = users.filter(({ id }) => !rows.some((row) => row.user_id === id));
    for (const { id } of missing)
      await client.query(
        `INSERT INTO accounts (id, account_id, provider_id, user_id, password, created_at, updated_at)
         VALUES ($1, $2, 'credential', $2, $3, '2026-01-01', '2026-01-01') ON CONFLICT DO NOTHING`,
        [`acc_${id}`, id, await hashPassword(password)],
      );
    return users.map(({ role, email }) => ({ role, email, password }));
  } finally {
    await client.end();
  }
}
