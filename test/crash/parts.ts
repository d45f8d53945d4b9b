import path from "node:path";
import { startArguments } from "@/dev/build";
import { localEnvironment, newSecrets } from "@/dev/environment";
import { freePort } from "@/dev/ports";
import { type Postgres, startPostgres } from "@/dev/postgres";
import { waitUntil } from "@/dev/wait-until";
import { type Program, run, runProgram } from "../child";
import { Link } from "./link";

/** A process that can be killed, stopped and started again. */
export interface Part {
  name: string;
  start(): Promise<void>;
  /** Sends SIGKILL, and waits for the end. */
  kill(): Promise<void>;
  /** The process that runs now. */
  pid(): number | undefined;
  /** SIGSTOP or SIGCONT. PostgreSQL has none: its processes would not stop together. */
  signal?(signal: "SIGSTOP" | "SIGCONT"): void;
}

export interface Parts {
  parts: Part[];
  links: Link[];
  /** Customers reach the app through its link. The others are for checks, which no link cuts off. */
  addresses: { app: string; stripe: string; mailbox: string; database: string };
  close(): Promise<void>;
}

interface PartsOptions {
  /** The program of a real Inngest server, which then takes the place of the engine, with keys, as one hosts it oneself. */
  server?: string | undefined;
  /** Arguments of the mailbox, whose limit is Resend's unless they say otherwise. */
  mailboxArguments?: string[];
}

/** The parts that can be cut off. */
export const LINKED_PARTS = ["app", "database", "engine", "stripe", "mailbox"];

/** Starts the built shop as two instances on one database, each part in a process of its own, with a link before each part. */
export async function startParts(dir: string, { server, mailboxArguments = [] }: PartsOptions = {}): Promise<Parts> {
  const [first, second, engine, stripe, mailbox] = await Promise.all(Array.from({ length: 5 }, () => freePort()));
  if (!first || !second || !engine || !stripe || !mailbox) throw new Error("There is no free port.");
  const database = await databasePart(path.join(dir, "postgres"));
  const links = {
    app: await Link.open("app", [first, second]),
    database: await Link.open("database", [database.port]),
    engine: await Link.open("engine", [engine]),
    stripe: await Link.open("stripe", [stripe]),
    mailbox: await Link.open("mailbox", [mailbox]),
  };
  const at = (link: Link) => `http://127.0.0.1:${link.port}`;
  const throughLink = database.url.replace(`:${database.port}/`, `:${links.database.port}/`);
  const secrets = newSecrets();
  const app = at(links.app);
  const environment = {
    ...localEnvironment(
      { app, database: throughLink, inngest: at(links.engine), stripe: at(links.stripe), mailbox: at(links.mailbox) },
      secrets,
    ),
    // All customers have one address, and many of their cards are declined.
    ...{ CHECKOUTS_PER_MINUTE: "100000", CLIENT_FAILURES_PER_HOUR: "100000" },
    ...{ LOG_LEVEL: "silent", WEB_CONCURRENCY: "1", HOST: "127.0.0.1" },
    ...(server && { INNGEST_DEV: "0", INNGEST_EVENT_KEY: EVENT_KEY, INNGEST_SIGNING_KEY: SIGNING_KEY }),
  };
  const webhookSecrets = { STRIPE_WEBHOOK_SECRET: secrets.stripeWebhook, RESEND_WEBHOOK_SECRET: secrets.resendWebhook };
  const service = (name: string, port: number, more: string[] = []) => {
    const stored = ["--port", `${port}`, "--store", path.join(dir, name), "--app", app];
    return part(name, port, () => run(["--import", "tsx", "dev/serve.ts", name, ...stored, ...more], webhookSecrets));
  };
  const instance = (name: string, port: number) =>
    part(name, port, () => run(startArguments(), { ...environment, PORT: `${port}` }));
  const parts: Part[] = [
    database,
    service("stripe", stripe),
    service("mailbox", mailbox, mailboxArguments),
    instance("app-1", first),
    instance("app-2", second),
    server
      ? part("engine", engine, () => runProgram(server, serverArguments(engine, path.join(dir, "engine"), app), {}))
      : service("engine", engine),
  ];
  const prepared = run(["--import", "tsx", "dev/serve.ts", "migrate"], { DATABASE_URL: database.url });
  if ((await prepared.ended) !== 0) throw new Error(prepared.output());
  for (const one of parts.slice(1)) await one.start();
  return {
    parts,
    links: Object.values(links),
    addresses: {
      app,
      stripe: `http://127.0.0.1:${stripe}`,
      mailbox: `http://127.0.0.1:${mailbox}`,
      database: database.url,
    },
    async close() {
      for (const one of parts.slice(1)) await one.kill();
      await database.close();
      for (const link of Object.values(links)) link.close();
    },
  };
}

const EVENT_KEY = "a1b2c3";
const SIGNING_KEY = "0123456789abcdef";

/**
 * `inngest start`: state in SQLite, and its queue in memory with a copy on disk every minute. The ports after the first are its
 * own.
 */
function serverArguments(port: number, dir: string, app: string): string[] {
  const own = { "connect-gateway-port": 1, "connect-gateway-grpc-port": 2, "connect-executor-grpc-port": 3 };
  return [
    ...["start", "--host", "127.0.0.1", "--port", `${port}`, "--sqlite-dir", dir, "--sdk-url", `${app}/api/inngest`],
    ...["--event-key", EVENT_KEY, "--signing-key", SIGNING_KEY, "--log-level", "warn"],
    ...Object.entries(own).flatMap(([name, offset]) => [`--${name}`, `${port + offset}`]),
  ];
}

function part(name: string, port: number, begin: () => Program): Part {
  let program: Program | undefined;
  return {
    name,
    async start() {
      const begun = begin();
      program = begun;
      const answers = () =>
        fetch(`http://127.0.0.1:${port}/`).then(
          () => true,
          () => false,
        );
      await waitUntil(() => begun.process.exitCode !== null || answers(), `${name} to answer`, { timeout: 60_000 });
      if (begun.process.exitCode !== null) throw new Error(`${name} has ended:\n${begun.output()}`);
    },
    async kill() {
      program?.process.kill("SIGKILL");
      await program?.ended;
    },
    pid: () => program?.process.pid,
    signal: (signal) => void program?.process.kill(signal),
  };
}

async function databasePart(dir: string): Promise<Part & { port: number; url: string; close(): Promise<void> }> {
  let server: Postgres = await startPostgres({ dir });
  const { port } = server;
  await server.createDatabase("steadfast");
  const url = server.url("steadfast");
  return {
    name: "database",
    port,
    url,
    close: () => server.close(),
    pid: () => undefined,
    async start() {
      // Processes of the killed server may hold its memory for a moment, and the server then refuses to start.
      const started = () =>
        startPostgres({ dir, port }).then(
          (next) => {
            server = next;
            return true;
          },
          () => false,
        );
      await waitUntil(started, "PostgreSQL to start", { timeout: 60_000 });
      if (server.port !== port) throw new Error(`PostgreSQL has started at port ${server.port} instead of ${port}.`);
    },
    kill: () => server.kill(),
  };
}
