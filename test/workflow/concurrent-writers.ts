import pg from "pg";
import { watch } from "./fault-injection";
import type { Shop } from "./shop";

/**
 * Runs `writers` into a lock: `statement` is carried out in a transaction of the test's, the writers are started one after the
 * other, each once the one before it waits, and then the transaction commits. So the order among them is the one given, and each
 * has taken its snapshot before the one in front of it wrote.
 */
export async function behindLock<T>(
  statement: string,
  values: unknown[],
  writers: (() => Promise<T>)[],
): Promise<PromiseSettledResult<T>[]> {
  const client = new pg.Client({ connectionString: process.env.DATABASE_URL, application_name: "lock" });
  await client.connect();
  try {
    await client.query("BEGIN");
    await client.query(statement, values);
    const started: Promise<T>[] = [];
    for (const writer of writers) {
      started.push(writer());
      started.at(-1)?.catch(() => {});
      while ((await waiting(client)) < started.length);
    }
    await client.query("COMMIT");
    return await Promise.allSettled(started);
  } finally {
    await client.end();
  }
}

/** How many of the app's connections wait for a lock. */
async function waiting(client: pg.Client): Promise<number> {
  // Within a transaction PostgreSQL shows its activity as it was when it was first asked.
  await client.query("SELECT pg_stat_clear_snapshot()");
  const { rows } = await client.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM pg_stat_activity
     WHERE datname = current_database() AND application_name = 'steadfast' AND wait_event_type = 'Lock'`,
  );
  return rows[0]?.count ?? 0;
}

/** A promise and what keeps it. */
function signal() {
  let give = () => {};
  const given = new Promise<void>((resolve) => {
    give = resolve;
  });
  return { give, given };
}

/**
 * Calls `charge` twice at once, with a PaymentIntent for each: the answer to the first one's is on its way when the other, which
 * has met a 500 of Stripe, goes on under a new key (`renew`). Both are held before they confirm until the other has come as far.
 */
export async function withTwoIntents<T>(shop: Shop, charge: () => Promise<T>, renew: string): Promise<T[]> {
  const [first, second] = [signal(), signal()];
  let calls = 0;
  let later: Promise<T> | undefined;
  const stop = watch(shop, async ({ to, path }, stage) => {
    if (to !== "stripe") return undefined;
    if (path === "/v1/payment_intents" && stage === "after" && ++calls === 1) {
      await shop.sql(renew);
      later = charge();
      await second.given;
    }
    if (path.endsWith("/confirm") && stage === "before" && calls === 2) {
      calls++;
      second.give();
      await first.given;
    }
    return undefined;
  });
  const ends = [await charge()];
  first.give();
  if (later) ends.push(await later);
  stop();
  return ends;
}
