import { afterAll, beforeAll, expect, inject } from "vitest";
import {
  startTestEnvironment as startWorld,
  type TestEnvironment as World,
  type TestEnvironmentOptions as WorldOptions,
} from "@/dev/test-environment";
import type { findViolations } from "@/lib/invariants";
import { freshDatabase } from "../postgres";
import { type StripeInspector, stripeInspector } from "./stripe";

/** The shop as a test sees it: a customer at its HTTP api, an auditor at its database. */
export interface Shop extends World, StripeInspector {
  /** A product of its own, so that tests do not share stock. */
  product(stock: number, price?: number): Promise<string>;
  checkout(productId: string, more?: Record<string, unknown>): Promise<Placed>;
  order(placed: Placed): Promise<OrderBody>;
  post(path: string, body?: unknown): Promise<Response>;
  cancel(placed: Placed): Promise<number>;
  /** Pays again for an order that failed; the status of the answer. */
  pay(placed: Placed, paymentMethod?: string): Promise<number>;
  /** Goes to the bank's page that the order's next action leads to. */
  authenticate(placed: Placed, outcome?: "succeeded" | "failed"): Promise<void>;
  emails(to: string): Promise<Email[]>;
  /** What the emails to the customer of an order are about, oldest first. */
  notifications(placed: Placed): Promise<string[]>;
  stock(productId: string): Promise<{ available: number; reserved: number; sold: number }>;
  fault(service: "stripe" | "mailbox", fault: Record<string, unknown>): Promise<void>;
  /** Ends all faults, and what webhooks were notified to do. */
  clearFaults(): Promise<void>;
  /** Everything that can happen now has happened. */
  settle(): Promise<void>;
  /** The engine loses every unfinished run of a function, `process-order` unless named; returns how many. */
  loseRuns(name?: string): Promise<number>;
  /** Lets time pass until the order has ended and all that follows from it is done. */
  rest(placed: Placed, limit?: number): Promise<void>;
  /** As `rest`; then lets one more round of the reconciler go by, and looks at the order. */
  finish(placed: Placed, limit?: number): Promise<OrderBody>;
}

export interface Placed {
  id: string;
  token: string;
  email: string;
}

export interface Email {
  subject: string;
  text: string;
  html: string;
  /** Names of files. */
  attachments: string[];
}

export interface OrderBody {
  status: string;
  total: { amount: number; currency: string };
  timeline: { type: string; at: string; data: Record<string, unknown> }[];
  nextAction?: { type: string; url?: string };
  refunds: { amount: { amount: number }; status: string; reason: string }[];
  failureReason?: string;
}

export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;

/** For tests with a neighbour who does not answer: the real time that a call to it may take. */
export const HASTY = { STRIPE_TIMEOUT_MS: "300", RESEND_TIMEOUT_MS: "300" };

let count = 0;

/** Crons that only observe. In many virtual hours they cost more than what is tested, and `audit` checks the invariants. */
const OBSERVERS = ["check-invariants", "health-check"];

/**
 * One shop for a test file. Every test in it ends with the invariants: call `audit` last. Without `only` or `without` it serves
 * all functions but those that only observe.
 */
export function openShop(options: Omit<WorldOptions, "database"> = {}): Shop {
  const shop = {} as Shop;
  const without = options.only ? [] : OBSERVERS;
  beforeAll(async () => {
    const world = await startWorld({ without, ...options, database: await freshDatabase(inject("postgres")) });
    Object.assign(shop, world, shopApi(world), stripeInspector(world));
  });
  afterAll(() => shop.close());
  return shop;
}

const KINDS: [RegExp, string][] = [
  [/is confirmed/, "confirmed"],
  [/is cancelled/, "cancelled"],
  [/could not be completed/, "failed"],
  [/sent .* back to you/, "refunded"],
];

/** The shop's HTTP api, as a customer uses it. */
export function shopApi(world: World): Omit<Shop, keyof World | keyof StripeInspector> {
  const send = (address: string, body?: unknown) =>
    fetch(address, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: body === undefined ? null : JSON.stringify(body),
    });
  const post = (path: string, body?: unknown) => send(`${world.app}${path}`, body);
  const order = async ({ id, token }: Placed) => {
    const response = await fetch(`${world.app}/api/orders/${id}?token=${token}`);
    expect(response.status).toBe(200);
    return (await response.json()) as OrderBody;
  };
  const emails = async (to: string) => {
    const response = await fetch(`${world.mailbox}/messages?to=${encodeURIComponent(to)}`);
    return ((await response.json()) as { items: Email[] }).items;
  };
  const rest = async ({ id }: Placed, limit = 6 * HOUR) => {
    const done = async () => (await unfinished(world, id)) === 0;
    await world.clock.runUntil(done, limit);
    // The confirmation comes ten seconds after the end, and whatever should not come would come now.
    await world.clock.advance(12 * SECOND);
    await world.clock.runUntil(done, limit);
  };
  return {
    post,
    order,
    emails,
    settle: () => world.clock.settle(),
    async product(stock, price = 2_500) {
      const id = `prod_t${++count}`;
      await world.sql(
        `INSERT INTO products (id, sku, name, description, price_amount, currency, created_at, updated_at)
         VALUES ($1, $1, $1, 'A thing', $2, 'EUR', '2026-01-01', '2026-01-01')`,
        [id, price],
      );
      await world.sql("INSERT INTO inventory (product_id, available, received) VALUES ($1, $2, $2)", [id, stock]);
      return id;
    },
    async checkout(productId, more = {}) {
      const email = `buyer${++count}@customers.example`;
      const body = { items: [{ productId, quantity: 1 }], email, paymentMethod: "pm_card_visa", ...more };
      const response = await post("/api/checkout", body);
      expect(response.status, await response.clone().text()).toBe(201);
      const placed = ((await response.json()) as { order: { id: string; token: string } }).order;
      return { id: placed.id, token: placed.token, email: body.email };
    },
    cancel: async ({ id, token }) => (await post(`/api/orders/${id}/cancel`, { token })).status,
    pay: async ({ id, token }, paymentMethod = "pm_card_visa") =>
      (await post(`/api/orders/${id}/pay?token=${token}`, { paymentMethod })).status,
    async authenticate(placed, outcome = "succeeded") {
      const { nextAction } = await order(placed);
      expect(nextAction).toMatchObject({ type: "authenticate" });
      const body = new URLSearchParams({ outcome });
      const response = await fetch(nextAction?.url ?? "", { method: "POST", body, redirect: "manual" });
      expect(response.status).toBe(303);
    },
    async notifications({ email }) {
      // The gift for a first order is about the next one. The reminder of an open payment tells no outcome.
      const others = /next order|waits for your payment/;
      const subjects = (await emails(email)).map(({ subject }) => subject).filter((text) => !others.test(text));
      const kind = (subject: string) => KINDS.find(([pattern]) => pattern.test(subject))?.[1] ?? subject;
      return subjects.map(kind).reverse();
    },
    async stock(productId) {
      const [row] = await world.sql<{ available: number; reserved: number; sold: number }>(
        "SELECT available, reserved, sold FROM inventory WHERE product_id = $1",
        [productId],
      );
      if (!row) throw new Error(`no stock of ${productId}`);
      return row;
    },
    async fault(service, fault) {
      expect((await send(`${world[service]}/faults`, fault)).status).toBe(201);
    },
    async clearFaults() {
      for (const service of ["stripe", "mailbox"] as const) {
        await fetch(`${world[service]}/faults`, { method: "DELETE" });
        await send(`${world[service]}/webhooks/control`, { mode: "deliver" });
      }
    },
    async loseRuns(name = "process-order") {
      const page = await fetch(`${world.inngest}/?function=steadfast-${name}&status=RUNNING`);
      const ids = [...(await page.text()).matchAll(/href="\/runs\/(\w+)"/g)].map(([, id]) => id);
      for (const id of ids) await send(`${world.inngest}/api/v2/runs/${id}/cancel`);
      return ids.length;
    },
    rest,
    async finish(placed, limit) {
      await rest(placed, limit);
      await world.clock.advance(MINUTE);
      await rest(placed, limit);
      return order(placed);
    },
  };
}

async function unfinished(world: World, orderId: string): Promise<number> {
  const [row] = await world.sql<{ left: number }>(
    `SELECT (SELECT count(*) FROM orders WHERE id = $1 AND status IN ('pending', 'awaiting_payment'))::int
       + (SELECT count(*) FROM outbox WHERE sent_at IS NULL)::int
       + (SELECT count(*) FROM refunds WHERE order_id = $1 AND status = 'pending')::int
       + (SELECT count(*) FROM emails WHERE status = 'queued')::int AS left`,
    [orderId],
  );
  return row?.left ?? 0;
}

/** Every invariant of the design, by SQL, and that Inngest gets no address of a customer in our own events. */
export async function audit(): Promise<void> {
  const module: { findViolations: typeof findViolations } = await import("@/lib/invariants");
  expect(await module.findViolations()).toEqual([]);
  const { db }: Pick<typeof import("@/lib/db"), "db"> = await import("@/lib/db");
  // An event with items is one that a test sends as a storefront.
  expect(
    await db().$queryRaw`
      SELECT name, data FROM outbox WHERE NOT data ? 'items' AND (data - 'encrypted')::text LIKE '%@customers.example%'`,
  ).toEqual([]);
}
