import { afterEach, beforeAll, expect, test } from "vitest";
import { type Operator, signedIn } from "./operator";
import { problem } from "./problem";
import { audit, MINUTE, openShop, type Placed } from "./shop";

/** A payment that its customer disputes at the bank: nothing ships until the dispute is won. */
const shop = openShop({ env: { RECONCILE_EVERY_MINUTES: "5" } });
let manager: Operator;
beforeAll(async () => {
  manager = await signedIn(shop);
});
afterEach(async () => {
  await shop.webhooks("deliver");
  await audit();
});

async function disputed(paymentMethod = "pm_card_createDispute"): Promise<Placed> {
  const placed = await shop.checkout(await shop.product(1), { paymentMethod });
  expect(await shop.finish(placed)).toMatchObject({ status: "confirmed" });
  await shop.clock.advance(MINUTE);
  return placed;
}

const ship = ({ id }: Placed) =>
  manager.post(`/api/admin/orders/${id}/ship`, { carrier: "DHL", trackingNumber: `T-${id}` });
const alerts = async ({ id }: Placed, status = "open") =>
  (
    await manager.read<{ items: { subject: string }[] }>(manager.get(`/api/admin/alerts?status=${status}&limit=100`))
  ).items.filter(({ subject }) => subject.includes(id));

/** Sends evidence for the order's dispute, which Stripe's test mode decides at once. */
async function decide({ id }: Placed, evidence: "winning_evidence" | "losing_evidence"): Promise<void> {
  const [intent] = await shop.intents(id);
  const { data } = await shop.stripeApi<{ data: { id: string }[] }>("GET", `/v1/disputes?payment_intent=${intent?.id}`);
  await shop.stripeApi("POST", `/v1/disputes/${data[0]?.id}`, { "evidence[uncategorized_text]": evidence });
  await shop.clock.advance(MINUTE);
}

test("a disputed order does not ship until the dispute is won; the operators are alerted once", async () => {
  const placed = await disputed();
  const refused = await ship(placed);
  expect(await problem(refused)).toMatchObject({ status: 409, code: "order_not_shippable" });
  expect(await alerts(placed)).toHaveLength(1);
  await decide(placed, "winning_evidence");
  expect(await alerts(placed)).toEqual([]);
  expect((await ship(placed)).status).toBe(201);
  const types = (await shop.order(placed)).timeline.map(({ type }) => type);
  expect(types.filter((type) => /dispute/.test(type))).toEqual(["payment_disputed", "dispute_closed"]);
});

test("a lost dispute: the order still does not ship, and an alert says that the money is gone", async () => {
  const placed = await disputed("pm_card_createDisputeProductNotReceived");
  await decide(placed, "losing_evidence");
  expect((await ship(placed)).status).toBe(409);
  expect((await alerts(placed)).map(({ subject }) => subject)).toEqual([expect.stringMatching(/^Lost/)]);
});

test("an inquiry also stops the shipment, and its money can be refunded", async () => {
  const placed = await disputed("pm_card_createDisputeInquiry");
  expect((await ship(placed)).status).toBe(409);
  expect(await shop.cancel(placed)).toBe(202);
  expect(await shop.finish(placed)).toMatchObject({ status: "cancelled", refunds: [{ status: "succeeded" }] });
});

test("no webhook comes: the reconciler finds the dispute, and later its end", async () => {
  await shop.webhooks("drop");
  const placed = await disputed();
  await shop.clock.advance(60 * MINUTE);
  expect((await ship(placed)).status).toBe(409);
  await decide(placed, "winning_evidence");
  expect((await ship(placed)).status).toBe(409);
  await shop.clock.advance(90 * MINUTE);
  expect((await ship(placed)).status).toBe(201);
});

test("many webhooks about one dispute, in any order, leave the same state", async () => {
  await shop.webhooks("hold");
  const placed = await disputed();
  await decide(placed, "winning_evidence");
  await shop.flush({ order: "reverse", duplicate: true });
  await shop.clock.advance(10 * MINUTE);
  expect((await ship(placed)).status).toBe(201);
  expect(await alerts(placed)).toEqual([]);
});
