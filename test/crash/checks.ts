import type pg from "pg";
import { DemoCustomer } from "@/dev/demo-customer";
import { waitUntil } from "@/dev/wait-until";
import { intents } from "../audit";
import type { Bought } from "./orders";

interface OrderRow {
  id: string;
  status: string;
  total: number;
}

/**
 * The longest time from the last answer until all work is done, with its emails. A confirmation waits ten seconds before it is
 * queued.
 */
const REST_MS = 600_000;

interface Addresses {
  stripe: string;
  mailbox: string;
  app: string;
  database: string;
}

/** Waits until all work is done. Returns what is wrong then: violated invariants, lost or double orders, charges and emails. */
export async function comeToRest(database: pg.Pool, addresses: Addresses, bought: Bought[]): Promise<string[]> {
  const begun = performance.now();
  let faults: string[] = [];
  const isAtRest = async () => {
    if ((await openWork(database)) > 0) return false;
    faults = await findFaults(database, addresses, bought);
    return faults.length === 0;
  };
  const rest = waitUntil(() => isAtRest().catch(() => false), "all work to be done", {
    timeout: REST_MS,
    every: 1_000,
  });
  await rest.catch((error: Error) => faults.push(error.message));
  console.log(`  at rest ${((performance.now() - begun) / 1_000).toFixed(0)} s after the last answer`);
  process.env.DATABASE_URL = addresses.database;
  const { findViolations } = await import("@/lib/invariants");
  return [...(await findViolations()).map((violation) => JSON.stringify(violation)), ...faults];
}

/** What is still to do in the whole shop: open orders, unsent events, queued emails, open refunds and reserved units. */
async function openWork(database: pg.Pool): Promise<number> {
  const { rows } = await database.query<{ open: number }>(
    `SELECT ((SELECT count(*) FROM orders WHERE status IN ('pending', 'awaiting_payment'))
       + (SELECT count(*) FROM outbox WHERE sent_at IS NULL)
       + (SELECT count(*) FROM emails WHERE status = 'queued')
       + (SELECT count(*) FROM refunds WHERE status = 'pending')
       + (SELECT count(*) FROM inventory WHERE reserved > 0))::int AS open`,
  );
  return rows[0]?.open ?? 0;
}

/** Compares what the customers got, our books, Stripe's and the mailbox. Returns what is wrong. */
async function findFaults(database: pg.Pool, { stripe, mailbox, app }: Addresses, bought: Bought[]): Promise<string[]> {
  const { rows } = await database.query<OrderRow>("SELECT id, status::text, total_amount::float8 AS total FROM orders");
  const orders = new Map(rows.map((row) => [row.id, row]));
  const charged = new Map<string, number[]>();
  for (const { status, amount_received, metadata, latest_charge } of await intents(stripe)) {
    const net = status === "succeeded" ? amount_received - (latest_charge?.amount_refunded ?? 0) : 0;
    if (net > 0) charged.set(metadata.order_id ?? "", [...(charged.get(metadata.order_id ?? "") ?? []), net]);
  }
  const faults = rows
    .filter(({ id, status, total }) => `${charged.get(id) ?? ""}` !== (status === "confirmed" ? `${total}` : ""))
    .map(({ id, status, total }) => `order ${id} of ${total} is ${status}, and Stripe keeps ${charged.get(id) ?? 0}`);
  for (const id of charged.keys()) if (!orders.has(id)) faults.push(`Stripe keeps money of ${id}, which is no order`);
  const customer = new DemoCustomer(app, mailbox);
  for (const { email, order, refusal } of bought) {
    const status = order ? orders.get(order.id)?.status : undefined;
    if (order && !status) faults.push(`order ${order.id} was accepted, and there is no such order`);
    if (refusal && refusal !== "insufficient_stock") faults.push(`a checkout was refused: ${refusal}`);
    const subjects = (await customer.emails(email)).map(({ subject }) => subject);
    const count = (pattern: RegExp) => subjects.filter((subject) => pattern.test(subject)).length;
    const received = [count(/is confirmed/), count(/could not be completed/)];
    const owed = [status === "confirmed" ? 1 : 0, status === "failed" ? 1 : 0];
    if (`${received}` !== `${owed}`)
      faults.push(`the customer of ${order?.id} (${status}) got: ${subjects.join("; ") || "nothing"}`);
  }
  return faults;
}
