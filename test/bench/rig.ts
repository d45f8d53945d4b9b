import { rmSync } from "node:fs";
import { createServer } from "node:http";
import path from "node:path";
import pg from "pg";
import { ensureBuilt, startArguments } from "@/dev/build";
import { startChild } from "@/dev/child-process";
import { startEngine } from "@/dev/engine";
import { localEnvironment, newSecrets, webhookEndpoints } from "@/dev/environment";
import { FaultProxy as Wires } from "@/dev/fault-proxy";
import { startMailbox } from "@/dev/mailbox";
import { freePort } from "@/dev/ports";
import { startPostgres } from "@/dev/postgres";
import { realClock } from "@/dev/shared/clock";
import { scratchDir } from "@/dev/stack";
import { startStripe } from "@/dev/stripe";
import { waitUntil as until } from "@/dev/wait-until";
import { migrate } from "@/prisma/migrate";
import { seed } from "@/prisma/seed";

/** What has been called since the rig was opened. */
export interface Counts {
  /** Statements of the app, BEGIN and COMMIT included. */
  sql: number;
  stripe: number;
  /** Requests that reach the app from the engine, Stripe and Resend. */
  app: number;
  /** Steps that these calls ran or reported. */
  events: number;
}

export interface Rig {
  app: string;
  /** The app's own connection string. */
  database: string;
  counts(): Promise<Counts>;
  /** SQL that is not counted. */
  query<T extends pg.QueryResultRow>(text: string, values?: unknown[]): Promise<T[]>;
  /** The statements that ran most often since `counts` stood at zero, for the reader. */
  statements(): Promise<{ calls: number; query: string }[]>;
  forget(): Promise<void>;
  close(): Promise<void>;
}

export interface RigOptions {
  /** Counts calls on the way, which costs time. */
  counted?: boolean;
  /** Events are taken and lead to nothing: for a checkout by itself. */
  deaf?: boolean;
}

/** The built app in production mode, durable PostgreSQL, and stand-ins for the rest, with a counter on each line. */
export async function openRig({ counted = false, deaf = false }: RigOptions = {}): Promise<Rig> {
  ensureBuilt(console.log);
  const dir = scratchDir("bench");
  const server = await startPostgres({ dir: path.join(dir, "postgres"), preload: "pg_stat_statements" });
  await server.createDatabase("steadfast");
  const database = server.url("steadfast");
  await migrate(database);
  await seed(database);
  const observer = await observe(database);

  const port = await freePort();
  const app = `http://127.0.0.1:${port}`;
  const secrets = newSecrets();
  const engine = await startEngine({ store: path.join(dir, "engine.jsonl") });
  const calls = { app: 0, events: 0 };
  const wires = counted ? new Wires(realClock()) : undefined;
  if (wires)
    wires.watch = ({ to }, stage) => {
      if (stage === "after" && to === "app") calls.app += 1;
      return undefined;
    };
  const route = (await wires?.open("app", app)) ?? app;
  const webhooks = webhookEndpoints(route, secrets);
  const stripe = await startStripe({ webhook: webhooks.stripe });
  const mailbox = await startMailbox({ webhook: webhooks.resend, ratePerSecond: 10_000 });
  const sink = deaf ? await listenToNothing() : undefined;
  const environment = localEnvironment(
    { app, database, inngest: sink?.url ?? engine.url, stripe: stripe.url, mailbox: mailbox.url },
    secrets,
  );
  const child = startChild(
    [process.execPath, ...startArguments()],
    {
      ...process.env,
      ...environment,
      CHECKOUTS_PER_MINUTE: "100000",
      NODE_ENV: "production",
      HOST: "127.0.0.1",
      PORT: String(port),
      LOG_LEVEL: "error",
    },
    console.error,
  );
  await until(
    () =>
      fetch(`${app}/api/openapi.json`).then(
        ({ ok }) => ok,
        () => false,
      ),
    "the app to answer",
  );
  if (!deaf) await engine.sync(`${route}/api/inngest`);
  return {
    app,
    database,
    query: async (text, values) => (await observer.query(text, values)).rows,
    async counts() {
      const { rows } = await observer.query(`SELECT coalesce(sum(calls), 0)::int AS n ${SEEN}`);
      return { ...calls, sql: rows[0].n, stripe: stripe.calls() };
    },
    statements: async () =>
      (
        await observer.query(
          `SELECT calls::int, left(regexp_replace(query, '\\s+', ' ', 'g'), 100) AS query ${SEEN} ORDER BY calls DESC LIMIT 30`,
        )
      ).rows,
    forget: async () => void (await observer.query("SELECT pg_stat_statements_reset()")),
    async close() {
      await child.stop();
      await engine.close();
      await Promise.all([wires?.close(), stripe.close(), mailbox.close(), sink?.close(), observer.end()]);
      await server.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

const SEEN = "FROM pg_stat_statements s JOIN pg_roles r ON r.oid = s.userid WHERE r.rolname <> 'observer'";

/** A second user: what it asks is notified apart from what the app asks. */
async function observe(database: string): Promise<pg.Pool> {
  const owner = new pg.Client({ connectionString: database });
  await owner.connect();
  await owner.query("CREATE EXTENSION pg_stat_statements; CREATE ROLE observer SUPERUSER LOGIN PASSWORD 'observer'");
  await owner.end();
  const url = new URL(database);
  url.username = "observer";
  url.password = "observer";
  const pool = new pg.Pool({ connectionString: url.href, max: 2 });
  // Its end does not wait until PostgreSQL has received of it, which may still say that it stops.
  pool.on("connect", (client) => client.on("error", () => {}));
  return pool;
}

/** An event API that takes everything. */
async function listenToNothing(): Promise<{ url: string; close(): Promise<void> }> {
  const server = createServer((request, response) => {
    request.resume().on("end", () => response.end('{"ids":["1"],"status":200}'));
  });
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
