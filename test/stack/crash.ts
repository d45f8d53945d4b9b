import { randomUUID } from "node:crypto";
import { afterEach, expect } from "vitest";
import type { Cart } from "@/dev/demo-customer";
import type { StackInfo } from "@/dev/stack-file";
import { auditInvariants, database, intents, ordersEnd } from "../audit";
import { endAll } from "../child";

/** For tests that kill a stack of their own. One such test in a file: lib keeps to the first database it is given. */
const PRODUCT = "prod_001";

/** The engine asks again for what a crash cut off after Inngest's pauses: half a minute, then one. */
export const TIMEOUT_MS = 300_000;

/** A server that somebody else runs cannot be asked to die. */
export const own = !process.env.INNGEST_BASE_URL;

export const carts = (count: number): Cart[] =>
  Array.from({ length: count }, () => ({
    items: [{ productId: PRODUCT, quantity: 1 }],
    email: `buyer-${randomUUID()}@customers.example`,
    paymentMethod: "pm_card_visa",
  }));

/** What to close after the test, in the opposite order. */
export const opened: (() => Promise<void>)[] = [];
export async function closeOpened(): Promise<void> {
  for (const close of opened.splice(0).reverse()) await close();
}
afterEach(async () => {
  await closeOpened();
  endAll();
});

/** Every checkout ended, whatever its buyer was notified; every payment at Stripe is that of a confirmed order. */
export async function allIsWell(stack: Pick<StackInfo, "database" | "stripe">): Promise<number> {
  const { sql, close } = database(stack.database);
  opened.push(close);
  await ordersEnd([PRODUCT], sql);
  await auditInvariants(stack.database);
  const confirmed = await sql<{ id: string; total: number }>(
    "SELECT id, total_amount::float8 AS total FROM orders WHERE status = 'confirmed' ORDER BY id",
  );
  expect(await sql("SELECT id FROM orders WHERE status <> 'confirmed'")).toEqual([]);
  const charged = (await intents(stack.stripe))
    .filter(({ status }) => status === "succeeded")
    .map(({ metadata, amount_received }) => ({ id: metadata.order_id, total: amount_received }));
  expect(charged.sort((a, b) => String(a.id).localeCompare(String(b.id)))).toEqual(confirmed);
  return confirmed.length;
}
