import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { localEnvironment, newSecrets } from "@/dev/environment";
import { type Postgres, startScratchPostgres } from "@/dev/postgres";
import { migrate } from "@/prisma/migrate";
import { seed } from "@/prisma/seed";

/**
 * How many orders of one product a second PostgreSQL reserves and sells: each locks the product's row twice. Many products have no
 * lock in common, so the difference is what the row costs. No HTTP, no engine and no payment: only the two transactions.
 */
const ORDERS = 1_000;
const WIDE = 16;

let server: Postgres;
/** Accepts the events. */
const events = createServer((request, response) => {
  request
    .resume()
    .on("end", () => response.setHeader("content-type", "application/json").end('{"ids":[],"status":200}'));
});

beforeAll(async () => {
  server = await startScratchPostgres();
  await server.createDatabase("steadfast");
  const database = server.url("steadfast");
  await migrate(database);
  await seed(database);
  await new Promise<void>((resolve) => events.listen(0, "127.0.0.1", resolve));
  const inngest = `http://127.0.0.1:${(events.address() as AddressInfo).port}`;
  const nobody = "http://127.0.0.1:9";
  const addresses = { app: nobody, database, inngest, stripe: nobody, mailbox: nobody };
  Object.assign(process.env, localEnvironment(addresses, newSecrets()), {
    DATABASE_POOL: String(WIDE),
    LOG_LEVEL: "silent",
  });
});
afterAll(async () => {
  await (await import("@/lib/db")).closeDb();
  events.closeAllConnections();
  events.close();
  await server.close();
});

/** Works on all items, `WIDE` at once. Returns how many were done in a second. */
async function rate<T>(items: T[], work: (item: T) => Promise<unknown>): Promise<number> {
  const queue = items.values();
  const start = performance.now();
  await Promise.all(
    Array.from({ length: WIDE }, async () => {
      for (const item of queue) await work(item);
    }),
  );
  return items.length / ((performance.now() - start) / 1_000);
}

/** Places orders of these products in turn and says that they are paid. Returns the rate at which they are reserved and sold. */
async function sell(products: string[], round: number): Promise<number> {
  const [{ placeOrder }, { db }, { reserveStock }, { confirmOrder }] = await Promise.all([
    import("@/lib/checkout/place-order"),
    import("@/lib/db"),
    import("@/lib/inventory/reservations"),
    import("@/lib/orders/change-order"),
  ]);
  await db().$executeRaw`UPDATE inventory SET available = 1000000, received = 1000000 + sold WHERE reserved = 0`;
  const ids: string[] = [];
  await rate(
    Array.from({ length: ORDERS }, (_, n) => n),
    async (n) => {
      const items = [{ productId: products[n % products.length] ?? "", quantity: 1 }];
      const { answer } = await placeOrder({
        items,
        email: `hot${round}-${n}@customers.example`,
        paymentMethod: "pm_card_visa",
      });
      ids.push(answer.order.id);
    },
  );
  await db().$executeRaw`
    INSERT INTO payments (id, order_id, attempt, status, amount, currency, payment_method, idempotency_key, captured, created_at, updated_at)
    SELECT 'pay_' || id, id, attempt, 'succeeded', total_amount, currency, payment_method, id, total_amount, created_at, created_at
    FROM orders WHERE status = 'pending'`;
  return rate(ids, async (id) => {
    expect(await reserveStock(id, 1)).toEqual({ outcome: "reserved" });
    expect(await confirmOrder(id, 1)).toBe("confirmed");
  });
}

test("orders of one product a second, and of thirty", async () => {
  const { db } = await import("@/lib/db");
  const products = (await db().product.findMany({ orderBy: { id: "asc" }, take: 30, select: { id: true } })).map(
    ({ id }) => id,
  );
  await sell(products, 0);
  const rates = { one: [0], thirty: [0] };
  for (let round = 1; round <= 3; round++) {
    rates.one.push(await sell(products.slice(0, 1), 2 * round));
    rates.thirty.push(await sell(products, 2 * round + 1));
  }
  const best = (all: number[]) => Math.max(...all).toFixed(0);
  console.log(`  orders of one product, reserved and sold a second        ${best(rates.one)}`);
  console.log(`  orders of thirty products, reserved and sold a second    ${best(rates.thirty)}`);
});
