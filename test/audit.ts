import pg from "pg";
import { expect } from "vitest";
import { waitUntil as until } from "@/dev/wait-until";

/** What an auditor asks of a stack whose orders it did not see: its database's address, Stripe's address. */
type Query = <T extends pg.QueryResultRow>(text: string, values?: unknown[]) => Promise<T[]>;

/** SQL on a database; `close` when done. */
export function database(url: string): { sql: Query; close(): Promise<void> } {
  const pool = new pg.Pool({ connectionString: url, max: 2 });
  return { sql: async (text, values = []) => (await pool.query(text, values)).rows, close: () => pool.end() };
}

/** Every invariant of the design, by SQL. A process looks at the first database that it is given, no other. */
export async function auditInvariants(url: string): Promise<void> {
  process.env.DATABASE_URL = url;
  const { findViolations } = await import("@/lib/invariants");
  expect(await findViolations()).toEqual([]);
}

/** Waits until every order on these products has ended: none open, nothing set aside, no refund on its way. */
export async function ordersEnd(products: string[], sql: Query): Promise<void> {
  const open = async () => {
    const [row] = await sql<{ n: number }>(
      `SELECT (SELECT count(*) FROM orders o WHERE status IN ('pending', 'awaiting_payment')
          AND EXISTS (SELECT 1 FROM order_lines l WHERE l.order_id = o.id AND l.product_id = ANY($1)))
        + (SELECT count(*) FROM inventory WHERE product_id = ANY($1) AND reserved > 0)
        + (SELECT count(*) FROM refunds r JOIN order_lines l USING (order_id) WHERE r.status = 'pending' AND l.product_id = ANY($1)) AS n`,
      [products],
    );
    return Number(row?.n) === 0;
  };
  await until(open, "every order to end", { timeout: 90_000, every: 200 });
}

interface Intent {
  id: string;
  status: string;
  amount_received: number;
  metadata: { order_id?: string };
  latest_charge: { amount_refunded: number } | null;
}

/** What Stripe holds of all orders: asked of Stripe itself, with the shop's key. */
export async function intents(stripe: string): Promise<Intent[]> {
  const found: Intent[] = [];
  for (let after = "", more = true; more; ) {
    const page = await fetch(
      `${stripe}/v1/payment_intents?limit=100&expand[]=data.latest_charge${after && `&starting_after=${after}`}`,
      { headers: { authorization: `Bearer ${process.env.STRIPE_SECRET_KEY ?? "sk_test_steadfast"}` } },
    );
    if (!page.ok) throw new Error(await page.text());
    const { data, has_more }: { data: Intent[]; has_more: boolean } = await page.json();
    found.push(...data);
    after = data.at(-1)?.id ?? "";
    more = has_more;
  }
  return found;
}
