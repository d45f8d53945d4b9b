import { randomBytes } from "node:crypto";
import pg from "pg";
import { afterAll, expect, inject } from "vitest";
import type { z } from "zod";
import { problem } from "@/app/contract/answers";
import { type Cart, Shopper } from "@/dev/shopper";
import { until } from "@/dev/until";

/** The shop as a test sees it: through HTTP, and by SQL for what it sets up or asserts behind the app's back. */
export const shop = inject("shop");
export const shopper = new Shopper(shop.app, shop.mailbox);

const pool = new pg.Pool({ connectionString: shop.database, max: 2 });

afterAll(async () => {
  const { closeDb } = await import("@/lib/db");
  await closeDb();
  await pool.end();
});

/** The answers to a query. */
export async function sql<T extends pg.QueryResultRow>(query: string, values: unknown[] = []): Promise<T[]> {
  return (await pool.query<T>(query, values)).rows;
}

/** How many rows a query finds. */
export async function count(query: string, values: unknown[] = []): Promise<number> {
  const [row] = await sql<{ n: number }>(`SELECT count(*)::int AS n FROM ${query}`, values);
  return row?.n ?? 0;
}

const unique = () => randomBytes(6).toString("hex");

/** Nobody has ordered with this address before: the limit on checkouts counts by customer. */
export const someone = () => `buyer-${unique()}@customers.example`;

/** A product that no other test buys. */
export async function newProduct(
  stock: number,
  { price = 2_500, currency = "EUR", active = true, name = "A thing" } = {},
): Promise<string> {
  const id = `prod_${unique()}`;
  await sql(
    `WITH made AS (INSERT INTO products (id, sku, name, description, price_amount, currency, active, created_at, updated_at)
       VALUES ($1, $1, $2, 'For a test', $3, $4, $5, now(), now()))
     INSERT INTO inventory (product_id, available, received) VALUES ($1, $6, $6)`,
    [id, name, price, currency, active, stock],
  );
  return id;
}

export async function stockOf(product: string): Promise<{ available: number; reserved: number; sold: number }> {
  const [row] = await sql<{ available: number; reserved: number; sold: number }>(
    "SELECT available, reserved, sold FROM inventory WHERE product_id = $1",
    [product],
  );
  return row ?? expect.fail(`no stock of ${product}`);
}

export const cartOf = (productId: string, more: Partial<Cart> = {}): Cart => ({
  items: [{ productId, quantity: 1 }],
  email: someone(),
  paymentMethod: "pm_card_visa",
  ...more,
});

/** Places an order that must be accepted. */
export async function place(cart: Cart) {
  const { order, problem: refusal } = await shopper.checkout(cart);
  return order ?? expect.fail(JSON.stringify(refusal));
}

export const get = (path: string, init: RequestInit = {}) => fetch(`${shop.app}${path}`, init);

export const post = (path: string, body?: unknown, headers: Record<string, string> = {}) =>
  get(path, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: body === undefined ? null : typeof body === "string" ? body : JSON.stringify(body),
  });

/** Holds an answer to a documented schema. */
export async function answer<S extends z.ZodType>(response: Response, status: number, schema: S): Promise<z.output<S>> {
  const text = await response.text();
  expect(response.status, text).toBe(status);
  return schema.parse(JSON.parse(text));
}

/** Holds an answer to the form of a problem (RFC 9457) and returns it. */
export async function problemOf(response: Response, status: number): Promise<z.output<typeof problem>> {
  expect(response.headers.get("content-type")).toBe("application/problem+json");
  const body = await answer(response, status, problem);
  expect(body.status).toBe(status);
  return body;
}

/** Every invariant of the design, by SQL, on the database at `url`. */
export async function audit(url = shop.database): Promise<void> {
  process.env.DATABASE_URL = url;
  const { findViolations } = await import("@/lib/invariants");
  expect(await findViolations()).toEqual([]);
}

/** Waits until every order on these products has ended: none open, nothing set aside, no refund on its way. */
export async function settled(products: string[], query: typeof sql = sql): Promise<void> {
  const open = async () => {
    const [row] = await query<{ n: number }>(
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
