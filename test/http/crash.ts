import pg from "pg";
import { afterEach, expect } from "vitest";
import type { Cart } from "@/dev/shopper";
import type { StackInfo } from "@/dev/stack-file";
import { endAll } from "./child";
import { audit, settled, someone } from "./shop";
import { intents } from "./stripe";

/** For tests that kill a stack of their own. One such test in a file: lib keeps to the first database it is given. */
const PRODUCT = "prod_001";

/** The engine asks again for what a crash cut off after Inngest's pauses: half a minute, then one. */
export const PATIENCE = 150_000;

/** A server that somebody else runs cannot be asked to die. */
export const own = !process.env.INNGEST_BASE_URL;

export const carts = (count: number): Cart[] =>
  Array.from({ length: count }, () => ({
    items: [{ productId: PRODUCT, quantity: 1 }],
    email: someone(),
    paymentMethod: "pm_card_visa",
  }));

/** What to close after the test, in the opposite order. */
export const opened: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
  endAll();
});

/** SQL on another stack's database. */
function query(url: string) {
  const pool = new pg.Pool({ connectionString: url, max: 1 });
  opened.push(() => pool.end());
  return async <T extends pg.QueryResultRow>(text: string, values: unknown[] = []) =>
    (await pool.query<T>(text, values)).rows;
}

/** Every checkout ended, whatever its buyer was told; every payment at Stripe is that of a confirmed order. */
export async function allIsWell({ database, stripe }: Pick<StackInfo, "database" | "stripe">): Promise<number> {
  const sql = query(database);
  await settled([PRODUCT], sql);
  await audit(database);
  const confirmed = await sql<{ id: string; total: number }>(
    "SELECT id, total_amount AS total FROM orders WHERE status = 'confirmed' ORDER BY id",
  );
  expect(await sql("SELECT id FROM orders WHERE status <> 'confirmed'")).toEqual([]);
  const charged = (await intents(stripe))
    .filter(({ status }) => status === "succeeded")
    .map(({ metadata, amount_received }) => ({ id: metadata.order_id, total: amount_received }));
  expect(charged.sort((a, b) => String(a.id).localeCompare(String(b.id)))).toEqual(confirmed);
  return confirmed.length;
}
