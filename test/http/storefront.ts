import { randomBytes } from "node:crypto";
import { beforeAll, expect } from "vitest";
import { type Session, signIn, signUp } from "@/dev/fixtures/session";
import { waitUntil } from "@/dev/wait-until";
import { newProduct, shop, someone, sql } from "./shop";

/** A storefront that sends events over the event API, and the manager who sees what the shop does with them. */
export const manager = {} as Session;
beforeAll(async () => void Object.assign(manager, await signIn(shop, "manager")));

export const unique = (prefix: string) => `${prefix}-${randomBytes(5).toString("hex")}`;

/** Posts events to the event API. Returns the id of the first. */
export async function send(name: string, data: object, { copies = 1, id }: { copies?: number; id?: string } = {}) {
  const events = Array.from({ length: copies }, () => ({ name, data, id }));
  const key = process.env.INNGEST_EVENT_KEY ?? "storefront";
  const headers = { "content-type": "application/json" };
  const response = await fetch(`${shop.inngest}/e/${key}`, { method: "POST", headers, body: JSON.stringify(events) });
  expect(response.status).toBe(200);
  return ((await response.json()) as { ids: string[] }).ids[0] ?? "";
}

/** Waits until an entry of a list of the API passes, and returns it. */
export async function listed<T>(path: string, passes: (entry: T) => boolean): Promise<T> {
  let found: T | undefined;
  const find = async () => {
    found = (await manager.get<{ items: T[] }>(path)).items.find(passes);
    return found !== undefined;
  };
  await waitUntil(find, `an entry of ${path}`, { timeout: 90_000, every: 200 });
  return found ?? expect.fail();
}

interface Order {
  id: string;
  status: string;
}

/** Waits until the order with this address has the status, and returns it with all that belongs to it. */
export async function orderOf(email: string, status: string) {
  const path = `/api/admin/orders?q=${encodeURIComponent(email)}`;
  const { id } = await listed<Order>(path, (order) => order.status === status);
  expect((await manager.get<{ items: Order[] }>(path)).items).toHaveLength(1);
  return manager.get<Order & { externalId: string; failureReason?: string; total: { amount: number } }>(
    `/api/admin/orders/${id}`,
  );
}

export async function newOrder(more: Record<string, unknown> = {}) {
  const [orderId, email] = [unique("A"), someone()];
  const items = [{ productId: await newProduct(5), quantity: 2, price: 2_500 }];
  return { orderId, email, data: { orderId, email, items, paymentMethod: "pm_card_visa", ...more } };
}

export async function confirmed(more: Record<string, unknown> = {}) {
  const order = await newOrder(more);
  await send("order/created", order.data);
  return { ...order, id: (await orderOf(order.email, "confirmed")).id };
}

export async function waiting(more: Record<string, unknown> = {}) {
  const order = await newOrder({ paymentMethod: undefined, ...more });
  await send("order/created", order.data);
  return { ...order, id: (await orderOf(order.data.email, "awaiting_payment")).id };
}

/** A customer with an account and the card of a subscription. */
export async function member() {
  const session = await signUp(shop, "Ann", someone());
  const [user] = await sql<{ id: string }>("SELECT id FROM users WHERE email = $1", [session.email]);
  const [plan] = (await session.get<{ items: { id: string }[] }>("/api/plans")).items;
  await session.post("/api/account/subscription", { planId: plan?.id, paymentMethod: "pm_card_visa" });
  const attached = () =>
    sql("SELECT 1 FROM subscriptions WHERE user_id = $1 AND attached_method IS NOT NULL", [user?.id]);
  await waitUntil(async () => (await attached()).length > 0, "the saved card");
  return { email: session.email, userId: user?.id };
}
