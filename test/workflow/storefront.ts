import { beforeAll, expect } from "vitest";
import { type Operator, signedIn } from "./operator";
import { MINUTE, openShop, type Placed } from "./shop";

interface Sending {
  /** The event's id, by which the server drops a second one. */
  id?: string;
  copies?: number;
  wait?: number;
}

interface Run {
  function: { id: string };
  status: string;
  output: { [field: string]: unknown };
}

const address = { line1: "Torstraße 1", city: "Berlin", postalCode: "10119", country: "DE" };

/**
 * A shop whose events come from a storefront, in full or with the id of what exists, and its manager. It has one connection to the
 * database: a transaction that asked for another one would wait for itself.
 */
export function openStorefront({ wires = false, env = {} as Record<string, string> } = {}) {
  const shop = openShop({
    wires,
    env: { GIFT_PERCENT: "0", RECONCILE_EVERY_MINUTES: "5", DATABASE_POOL: "1", ...env },
  });
  const manager = {} as Operator;
  beforeAll(async () => void Object.assign(manager, await signedIn(shop)));

  let count = 0;
  const unique = (prefix: string) => `${prefix}-${++count}`;

  /** Sends events, and waits. Returns their ids. */
  async function post(name: string, data: unknown, { id, copies = 1, wait = MINUTE }: Sending): Promise<string[]> {
    const events = Array.from({ length: copies }, () => ({ name, data, id }));
    const sent = await fetch(`${shop.inngest}/e/key`, { method: "POST", body: JSON.stringify(events) });
    expect(sent.status).toBe(200);
    await shop.clock.advance(wait);
    return ((await sent.json()) as { ids: string[] }).ids;
  }

  /** Sends an event, and returns the run that took it in. */
  async function send(name: string, data: unknown, sending: Sending = {}): Promise<Run> {
    const [id] = await post(name, data, sending);
    const answer = await fetch(`${shop.inngest}/api/v2/events/${id}/runs?includeOutput=true`);
    const { data: runs } = (await answer.json()) as { data: Run[] };
    const run = runs.find(({ function: { id } }) => id.includes("ingest-"));
    return run ?? expect.fail(`no function takes in ${name}`);
  }

  const ordered = async (externalId: string) => {
    const rows = await shop.sql<Placed & { status: string; end_reason: string | null; metadata: unknown }>(
      "SELECT id, token, email, status, end_reason, metadata FROM orders WHERE external_id = $1",
      [externalId],
    );
    expect(rows).toHaveLength(1);
    return rows[0] ?? expect.fail("no such order");
  };

  /** An order in full, as a storefront sends it. */
  async function newOrder(more: Record<string, unknown> = {}) {
    const orderId = unique("A");
    const productId = await shop.product(5);
    const items = [{ productId, quantity: 2, price: 2_500 }];
    const buyer = { email: `${orderId.toLowerCase()}@customers.example`, name: "Ann", shippingAddress: address };
    const data = { orderId, ...buyer, items, total: 5_000, currency: "EUR", paymentMethod: "pm_card_visa", ...more };
    return { orderId, productId, data };
  }

  const alerts = async (about: string) => {
    const list = manager.get("/api/admin/alerts?limit=100");
    const { items } = await manager.read<{ items: { subject: string; detail: object }[] }>(list);
    return items.filter(({ subject }) => subject.includes(about));
  };

  /** A customer with a card that a subscription has saved. */
  async function withSavedCard(paymentMethod = "pm_card_visa"): Promise<Operator> {
    await shop.sql(
      `INSERT INTO plans (id, name, description, amount, currency, interval, created_at)
       VALUES ('plan_s', 'Plan', 'A plan', 900, 'EUR', 'month', '2026-01-01') ON CONFLICT DO NOTHING`,
    );
    const customer = await signedIn(shop, "customer");
    const subscription = { planId: "plan_s", paymentMethod };
    expect((await customer.post("/api/account/subscription", subscription)).status).toBe(201);
    await shop.clock.advance(MINUTE);
    return customer;
  }

  /** An order of the storefront that is paid. */
  async function confirmed() {
    const { orderId, productId, data } = await newOrder();
    await send("order/created", data);
    const order = await ordered(orderId);
    expect(await shop.finish(order)).toMatchObject({ status: "confirmed" });
    return { ...order, externalId: orderId, productId };
  }

  /** Returns the id of the task of this kind whose cause contains a text. */
  async function manualTask(kind: string, about: string): Promise<string | undefined> {
    const { items } = await manager.read<{ items: { id: string; kind: string; cause: { message: string } }[] }>(
      manager.get("/api/admin/manual-queue?limit=100"),
    );
    return items.find((task) => task.kind === kind && task.cause.message.includes(about))?.id;
  }

  return { shop, manager, unique, send, post, ordered, newOrder, alerts, confirmed, manualTask, withSavedCard };
}
