import FakeTimers from "@sinonjs/fake-timers";
import pg from "pg";
import { serveRoutes } from "./app-server";
import { startEngine } from "./engine";
import { type VirtualClock, virtualClock } from "./engine/virtual-clock";
import { localEnvironment, newSecrets, webhookEndpoints } from "./environment";
import { startMailbox } from "./mailbox";
import { freePort } from "./ports";
import { startStripe } from "./stripe";
import { Wires } from "./wire";

/**
 * The whole shop in one process on a virtual clock: the app's route handlers, the engine and both stand-ins, talking HTTP
 * to one another, over a real PostgreSQL. `Date` follows the clock everywhere in the process.
 */
export interface World {
  clock: VirtualClock;
  app: string;
  inngest: string;
  stripe: string;
  mailbox: string;
  /** The lines between the app and its neighbours; only with `wires`. */
  wires?: Wires;
  /** SQL for what a test asserts or sets up. */
  sql<T extends pg.QueryResultRow>(query: string, values?: unknown[]): Promise<T[]>;
  /** API calls that Stripe and the mail provider have seen. */
  calls(): { stripe: number; mail: number };
  close(): Promise<void>;
}

export interface WorldOptions {
  /** A migrated database of its own. */
  database: string;
  /** The order among what could happen at the same moment. */
  seed?: number;
  /** Added to the app's environment. */
  env?: Record<string, string>;
  /** Lays lines between the app and its neighbours that a test can cut. */
  wires?: boolean;
  /** The ids of the functions to serve; default: all. A cron of every minute makes a week on the clock long. */
  only?: string[];
  /** The ids of functions not to serve. */
  without?: string[];
}

/** A Monday, so that a week is a week. */
const START = Date.UTC(2026, 0, 5, 9);

/** The app reads its environment once, so a process can hold one world after the other, not two. */
export async function startWorld(options: WorldOptions): Promise<World> {
  const { database, seed, env = {}, wires: wired = false, only, without = [] } = options;
  // An environment of its own; a plain copy, because each look at Node's own asks the operating system.
  const outer = process.env;
  process.env = { ...outer };
  const clock = virtualClock({ start: START });
  const time = FakeTimers.install({ toFake: ["Date"], now: START });
  clock.onChange((now) => time.setSystemTime(now));
  const stopWatching = watchEvents(clock);

  const port = await freePort();
  const app = `http://127.0.0.1:${port}`;
  const secrets = newSecrets();
  const engine = await startEngine({ clock, seed });
  const webhooks = webhookEndpoints(app, secrets);
  const stripe = await startStripe({ clock, webhook: webhooks.stripe });
  const mailbox = await startMailbox({ clock, webhook: webhooks.resend });
  const addresses = { app, database, inngest: engine.url, stripe: stripe.url, mailbox: mailbox.url };
  const wires = wired ? new Wires(clock) : undefined;
  const seen = {
    ...addresses,
    inngest: (await wires?.lay("inngest", engine.url)) ?? engine.url,
    stripe: (await wires?.lay("stripe", stripe.url)) ?? stripe.url,
    mailbox: (await wires?.lay("mailbox", mailbox.url)) ?? mailbox.url,
  };
  Object.assign(process.env, { LOG_LEVEL: "silent" }, localEnvironment(seen, secrets), env);

  const { functions } = await import("@/inngest/functions");
  const served = functions.filter((one) => (only?.includes(one.id()) ?? true) && !without.includes(one.id()));
  functions.splice(0, functions.length, ...served);
  const server = await serveRoutes(clock, port);
  await engine.sync(`${(await wires?.lay("app", app)) ?? app}/api/inngest`);
  const pool = new pg.Pool({ connectionString: database, max: 2 });
  return {
    clock,
    ...addresses,
    wires,
    sql: async (query, values) => (await pool.query(query, values)).rows,
    calls: () => ({ stripe: stripe.calls(), mail: mailbox.calls() }),
    async close() {
      await engine.close();
      await server.close();
      await wires?.close();
      await Promise.all([stripe.close(), mailbox.close(), pool.end()]);
      const { closeDb } = await import("@/lib/db");
      await closeDb();
      stopWatching();
      time.uninstall();
      process.env = outer;
    },
  };
}

/**
 * A request does not wait for the event API for longer than a second; the clock does, so that time does not go on over an
 * event that is under way on a machine that is busy.
 */
function watchEvents(clock: VirtualClock): () => void {
  const original = globalThis.fetch;
  globalThis.fetch = (input, init) => {
    const answer = original(input, init);
    return new URL(input instanceof Request ? input.url : input).pathname.startsWith("/e/")
      ? clock.busy(answer)
      : answer;
  };
  return () => {
    globalThis.fetch = original;
  };
}
