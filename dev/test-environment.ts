import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { ClientRequest } from "node:http";
import FakeTimers from "@sinonjs/fake-timers";
import pg from "pg";
import { type EngineOptions, startEngine } from "./engine";
import { localEnvironment, newSecrets, webhookEndpoints } from "./environment";
import { FaultProxy } from "./fault-proxy";
import { startMailbox } from "./mailbox";
import { serveRoutes } from "./route-server";
import { type VirtualClock, virtualClock } from "./shared/virtual-clock";
import { startStripe } from "./stripe";

/**
 * The whole shop in one process on a virtual clock: the app's route handlers, the engine and both fake servers, connected
 * by HTTP, over a real PostgreSQL. `Date` follows the clock everywhere in the process.
 */
export interface TestEnvironment {
  clock: VirtualClock;
  app: string;
  inngest: string;
  stripe: string;
  mailbox: string;
  /** The address of its database. */
  database: string;
  /** The proxies between the app and its services; only with the option `wires`. */
  wires?: FaultProxy;
  /** SQL for assertions and set-up. */
  sql<T extends pg.QueryResultRow>(query: string, values?: unknown[]): Promise<T[]>;
  /** The number of API calls to Stripe and the email provider. */
  calls(): { stripe: number; email: number };
  /** Replaces the engine and both fake servers by empty ones, at other addresses. Needs the option `wires`. */
  restart(seed: number, options?: Pick<EngineOptions, "store">): Promise<void>;
  /** Ends the engine, calls `between`, and starts it from its file. */
  restartEngine(between: () => void): Promise<void>;
  /**
   * Loads the app's modules again, as another process has them: with a memory of its own. It answers the requests for which `answers`
   * returns true. Under vitest, call `vi.resetModules` before.
   */
  startSecondProcess(answers: () => boolean): Promise<void>;
  /** Starts a run of a function with a schedule. */
  runCron(id: string): void;
  close(): Promise<void>;
}

export interface TestEnvironmentOptions {
  /** A migrated database that no other test environment uses. */
  database: string;
  /** Decides the order of work that is due at the same moment. */
  seed?: number;
  /** Added to the app's environment. */
  env?: Record<string, string>;
  /** Starts proxies between the app and its services, through which a test injects faults. */
  wires?: boolean;
  /** The ids of the functions to serve. Default: all. A cron of every minute makes a week on the clock slow. */
  only?: string[];
  /** The ids of functions not to serve. */
  without?: string[];
  /** Schedules start no runs. `runCron` does. */
  manualCrons?: boolean;
}

/** Reads a BIGINT as a number. */
const NUMBERS: pg.CustomTypesConfig = {
  getTypeParser: (oid, format) => (oid === pg.types.builtins.INT8 ? Number : pg.types.getTypeParser(oid, format)),
};

/** A Monday, the first day of a week. */
const START = Date.UTC(2026, 0, 5, 9);

/** The app reads its environment once, so a process can have one test environment after another, not two at a time. */
export async function startTestEnvironment(options: TestEnvironmentOptions): Promise<TestEnvironment> {
  const { database, seed, env = {}, wires: proxied = false, only, without = [], manualCrons } = options;
  // A copy as a plain object: each read of Node's own environment asks the operating system.
  const outer = process.env;
  process.env = { ...outer };
  const clock = virtualClock({ start: START });
  const time = FakeTimers.install({ toFake: ["Date"], now: START });
  clock.onChange((now) => time.setSystemTime(now));
  const stopWatching = watchEvents(clock);

  const server = await serveRoutes(clock);
  const app = server.url;
  const secrets = newSecrets();
  const webhooks = webhookEndpoints(app, secrets);
  let engineOptions: EngineOptions = { clock, seed, manualCrons };
  const start = async () => ({
    engine: await startEngine(engineOptions),
    stripe: await startStripe({ clock, webhook: webhooks.stripe }),
    mailbox: await startMailbox({ clock, webhook: webhooks.resend }),
  });
  let services = await start();
  const { engine, stripe, mailbox } = services;
  const addresses = { app, database, inngest: engine.url, stripe: stripe.url, mailbox: mailbox.url };
  const wires = proxied ? new FaultProxy(clock) : undefined;
  const fromApp = {
    ...addresses,
    inngest: (await wires?.open("inngest", engine.url)) ?? engine.url,
    stripe: (await wires?.open("stripe", stripe.url)) ?? stripe.url,
    mailbox: (await wires?.open("mailbox", mailbox.url)) ?? mailbox.url,
  };
  // Most tests read the state itself. Live progress would only add calls between the app and the engine.
  Object.assign(process.env, { LOG_LEVEL: "silent", INNGEST_REALTIME: "0" }, localEnvironment(fromApp, secrets), env);

  const { functions } = await import("@/inngest/functions");
  const served = functions.filter((one) => (only?.includes(one.id()) ?? true) && !without.includes(one.id()));
  functions.splice(0, functions.length, ...served);
  await server.load();
  const serveUrl = `${(await wires?.open("app", app)) ?? app}/api/inngest`;
  await engine.sync(serveUrl);
  const stop = ({ engine, stripe, mailbox }: typeof services) =>
    Promise.all([engine.close(), stripe.close(), mailbox.close()]);
  const redirect = async () => {
    if (!wires) throw new Error("The app reads the addresses of its services once, so a restart needs `wires`.");
    for (const [name, { url }] of [
      ["inngest", services.engine],
      ["stripe", services.stripe],
      ["mailbox", services.mailbox],
    ] as const) {
      wires.redirect(name, url);
      environment[name] = url;
    }
    await services.engine.sync(serveUrl);
  };
  const pool = new pg.Pool({ connectionString: database, max: 2, types: NUMBERS });
  const environment: TestEnvironment = {
    clock,
    ...addresses,
    wires,
    sql: async (query, values) => (await pool.query(query, values)).rows,
    calls: () => ({ stripe: services.stripe.calls(), email: services.mailbox.calls() }),
    async restart(seed, { store } = {}) {
      await stop(services);
      engineOptions = { clock, seed, manualCrons, store };
      services = await start();
      await redirect();
    },
    async restartEngine(between) {
      await services.engine.close();
      between();
      services.engine = await startEngine(engineOptions);
      // A fault may hit the registration.
      await redirect().catch(redirect).catch(redirect);
    },
    startSecondProcess: server.loadSecond,
    runCron: (id) => services.engine.runCron(`steadfast-${id}`),
    async close() {
      await services.engine.close();
      await server.close();
      await wires?.close();
      await Promise.all([services.stripe.close(), services.mailbox.close(), pool.end()]);
      const { closeDb } = await import("@/lib/db");
      await closeDb();
      stopWatching();
      time.uninstall();
      process.env = outer;
    },
  };
  return environment;
}

/**
 * Makes the clock wait for calls to the event API. The app gives up on them after a second, but on a slow machine virtual
 * time must not pass while an event is being sent. Returns a function that ends this.
 */
function watchEvents(clock: VirtualClock): () => void {
  const started = "http.client.request.start";
  const watch = (message: unknown) => {
    const { request } = message as { request: ClientRequest };
    if (request.path.startsWith("/e/")) void clock.busy(new Promise<void>((resolve) => request.once("close", resolve)));
  };
  subscribe(started, watch);
  return () => void unsubscribe(started, watch);
}
