import { randomBytes } from "node:crypto";
import { afterAll, expect, inject } from "vitest";
import type { z } from "zod";
import { problemSchema } from "@/app/http";
import { type Cart, DemoCustomer } from "@/dev/demo-customer";
import { auditInvariants, database, ordersEnd } from "../audit";
import { claimShop } from "../claim-shop";

/** The shop under test, by HTTP. Tests use SQL for fixtures and for assertions about the database. */
export const shop = await claimShop(inject("shops"), ({ database }) => database);
export const customer = new DemoCustomer(shop.app, shop.mailbox);

const books = database(shop.database);

/** Returns the rows of a query. */
export const { sql } = books;

afterAll(async () => {
  const { closeDb } = await import("@/lib/db");
  await closeDb();
  await books.close();
});

/** Returns the number of rows of a query. */
export async function count(query: string, values: unknown[] = []): Promise<number> {
  const [row] = await sql<{ n: number }>(`SELECT count(*)::int AS n FROM ${query}`, values);
  return row?.n ?? 0;
}

const unique = () => randomBytes(6).toString("hex");

/** Returns a new email address: the rate limit of checkouts counts per customer. */
export const someone = () => `buyer-${unique()}@customers.example`;

/** Creates a product that no other test buys. */
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

/** Places an order and fails if it is refused. */
export async function place(cart: Cart) {
  const { order, problem: refusal } = await customer.checkout(cart);
  return order ?? expect.fail(JSON.stringify(refusal));
}

export const get = (path: string, init: RequestInit = {}) => fetch(`${shop.app}${path}`, init);

export const post = (path: string, body?: unknown, headers: Record<string, string> = {}) =>
  get(path, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: body === undefined ? null : typeof body === "string" ? body : JSON.stringify(body),
  });

/** Checks the status and the schema of a response, and returns its body. */
export async function answer<S extends z.ZodType>(response: Response, status: number, schema: S): Promise<z.output<S>> {
  const text = await response.text();
  expect(response.status, text).toBe(status);
  return schema.parse(JSON.parse(text));
}

/** Checks that a response is a problem (RFC 9457), and returns it. */
export async function problemOf(response: Response, status: number): Promise<z.output<typeof problemSchema>> {
  expect(response.headers.get("content-type")).toBe("application/problem+json");
  const body = await answer(response, status, problemSchema);
  expect(body.status).toBe(status);
  return body;
}

/** Checks every invariant, by SQL. */
export const audit = () => auditInvariants(shop.database);

/** Waits until every order on these products has ended. */
export const settled = (products: string[]) => ordersEnd(products, sql);
