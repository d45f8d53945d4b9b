import { afterEach, beforeAll, expect, test } from "vitest";
import { killAt } from "./fault-injection";
import { type Operator, signedIn } from "./operator";
import { audit, MINUTE, openShop } from "./shop";

/** `kill -9` after the process has claimed work and before it has done it: the claim ends, and the work is done. */
const shop = openShop({
  wires: true,
  only: ["process-order", "cancel-order", "process-refund", "order-shipped", "reconcile"],
});
let manager: Operator;
beforeAll(async () => {
  manager = await signedIn(shop);
});
afterEach(audit);

const isUnsent = async (id: string) =>
  (await shop.sql("SELECT id FROM outbox WHERE id = $1 AND sent_at IS NULL", [id])).length > 0;

/** An event that its own process has not sent. The sweep sends it in the next round. */
async function leaveEvent(id: string): Promise<void> {
  const at = new Date(shop.clock.now());
  const event = "INSERT INTO outbox (id, name, data, created_at, not_before) VALUES ($1, 'email/sent', '{}', $2, $2)";
  await shop.sql(event, [id, at]);
}

test("killed in a round of the sweeps, before it has claimed an event: the sweep runs again when its lease is over", async () => {
  await leaveEvent("claimed-sweep");
  const restart = killAt(shop, { sql: /UPDATE outbox SET not_before/ });
  await shop.clock.advance(MINUTE);
  expect(await isUnsent("claimed-sweep")).toBe(true);
  restart();
  await shop.clock.advance(5 * MINUTE);
  expect(await isUnsent("claimed-sweep")).toBe(false);
});

test("killed with events that it had claimed: they are sent when the claim is over", async () => {
  await leaveEvent("claimed-event");
  const restart = killAt(shop, { call: ({ to, path }) => to === "inngest" && path.startsWith("/e/") });
  await shop.clock.advance(MINUTE);
  expect(await isUnsent("claimed-event")).toBe(true);
  restart();
  await shop.clock.advance(5 * MINUTE);
  expect(await isUnsent("claimed-event")).toBe(false);
});

test("killed in a checkout after the key was claimed: the client repeats it and gets its order", async () => {
  const request = { items: [{ productId: await shop.product(1), quantity: 1 }], email: "killed@customers.example" };
  const headers = { "content-type": "application/json", "idempotency-key": "killed" };
  const body = JSON.stringify({ ...request, paymentMethod: "pm_card_visa" });
  const checkout = () => fetch(`${shop.app}/api/checkout`, { method: "POST", headers, body });
  const restart = killAt(shop, { sql: /INSERT INTO orders/ });
  expect((await checkout()).status).toBe(500);
  restart();
  const response = await checkout();
  expect(response.status).toBe(201);
  await shop.finish((await response.json()).order);
});

test("killed while it sends a text message: the message is sent", async () => {
  const placed = await shop.checkout(await shop.product(1), { phone: "+4930123456" });
  await shop.finish(placed);
  const restart = killAt(shop, { sql: /UPDATE "public"\."messages"/ });
  const shipment = { carrier: "UPS", trackingNumber: "1Z1" };
  expect((await manager.post(`/api/admin/orders/${placed.id}/ship`, shipment)).status).toBe(201);
  await shop.clock.advance(5 * MINUTE);
  restart();
  await shop.clock.advance(5 * MINUTE);
  expect(await shop.sql("SELECT channel FROM messages WHERE status <> 'sent'")).toEqual([]);
});

test("killed after Stripe has refused a refund: what was refunded in its dashboard is known, and the rest goes back", async () => {
  const placed = await shop.checkout(await shop.product(1));
  await shop.finish(placed);
  const [intent] = await shop.intents(placed.id);
  await shop.webhooks("drop");
  await shop.stripeApi("POST", "/v1/refunds", { payment_intent: intent?.id ?? "", amount: "1000" });
  const restart = killAt(shop, {
    call: ({ to, method, path }) => to === "stripe" && method === "GET" && path.startsWith("/v1/refunds"),
  });
  expect(await shop.cancel(placed)).toBe(202);
  await shop.settle();
  restart();
  await shop.clock.advance(3 * MINUTE);
  await shop.webhooks("deliver");
  expect(await shop.money(placed.id)).toEqual({ collected: 0, succeeded: 1, refunds: 2, open: 0 });
});
