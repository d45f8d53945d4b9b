import { afterAll, beforeAll, expect, inject } from "vitest";
import { startWorld, type World } from "@/dev/world";
import type { findViolations } from "@/lib/invariants";
import { freshDatabase } from "../postgres";

/** The shop as a test sees it: a customer at its HTTP doors, an auditor at its database. */
export interface Shop extends World {
  /** A product of its own, so that tests do not share stock. */
  product(stock: number, price?: number): Promise<string>;
  checkout(productId: string, more?: Record<string, unknown>): Promise<Placed>;
  order(placed: Placed): Promise<OrderBody>;
  post(path: string, body?: unknown): Promise<Response>;
  mails(to: string): Promise<{ subject: string; text: string; html: string }[]>;
  stock(productId: string): Promise<{ available: number; reserved: number; sold: number }>;
  fault(service: "stripe" | "mailbox", fault: Record<string, unknown>): Promise<void>;
  /** Everything that can happen now has happened. */
  settle(): Promise<void>;
  /** What Stripe holds of an order: captured minus refunded, and how many intents succeeded. */
  money(orderId: string): Promise<{ kept: number; succeeded: number; refunds: number; open: number }>;
}

export interface Placed {
  id: string;
  token: string;
  email: string;
}

export interface OrderBody {
  status: string;
  total: { amount: number; currency: string };
  timeline: { type: string; at: string; data: Record<string, unknown> }[];
  nextAction?: { type: string; url?: string };
  refunds: { amount: { amount: number }; status: string }[];
  failureReason?: string;
}

let count = 0;

/** One shop for a test file. Every test in it ends with the invariants: call `audit` last. */
export function openShop(env: Record<string, string> = {}): Shop {
  const shop = {} as Shop;
  beforeAll(async () => {
    const world = await startWorld({ database: await freshDatabase(inject("postgres")), env });
    Object.assign(shop, world, doors(world));
  });
  afterAll(() => shop.close());
  return shop;
}

function doors(world: World): Omit<Shop, keyof World> {
  const post = (path: string, body?: unknown) =>
    fetch(`${world.app}${path}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: body === undefined ? null : JSON.stringify(body),
    });
  return {
    post,
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
      const { order } = (await response.json()) as { order: { id: string; token: string } };
      return { id: order.id, token: order.token, email: body.email };
    },
    async order({ id, token }) {
      const response = await fetch(`${world.app}/api/orders/${id}?token=${token}`);
      expect(response.status).toBe(200);
      return (await response.json()) as OrderBody;
    },
    async mails(to) {
      const response = await fetch(`${world.mailbox}/messages?to=${encodeURIComponent(to)}`);
      return ((await response.json()) as { items: { subject: string; text: string; html: string }[] }).items;
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
      const response = await fetch(`${world[service]}/faults`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(fault),
      });
      expect(response.status).toBe(201);
    },
    money: (orderId) => money(world, orderId),
  };
}

interface Listed {
  data: { id: string; status: string; amount_received: number; amount: number; metadata: { order_id?: string } }[];
}

async function money(world: World, orderId: string) {
  const get = async (path: string): Promise<Listed> => {
    const response = await fetch(`${world.stripe}${path}`, { headers: { authorization: "Bearer sk_test_steadfast" } });
    return (await response.json()) as Listed;
  };
  const intents = (await get("/v1/payment_intents?limit=100")).data.filter(
    (intent) => intent.metadata.order_id === orderId,
  );
  let kept = 0;
  let refunds = 0;
  for (const intent of intents) {
    const made = (await get(`/v1/refunds?payment_intent=${intent.id}&limit=100`)).data.filter(
      (refund) => refund.status !== "failed",
    );
    kept += intent.amount_received - made.reduce((sum, refund) => sum + refund.amount, 0);
    refunds += made.length;
  }
  return {
    kept,
    refunds,
    succeeded: intents.filter((intent) => intent.status === "succeeded").length,
    open: intents.filter((intent) => !["succeeded", "canceled"].includes(intent.status)).length,
  };
}

/** Every invariant of the design, by SQL. */
export async function audit(): Promise<void> {
  const module: { findViolations: typeof findViolations } = await import("@/lib/invariants");
  expect(await module.findViolations()).toEqual([]);
}
