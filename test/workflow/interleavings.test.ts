import pg from "pg";
import type Stripe from "stripe";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { AppError } from "@/lib/errors";
import { reserveStock } from "@/lib/inventory/reservations";
import { cancelOrder, confirmOrder, failOrder } from "@/lib/orders/change-order";
import { payAgain } from "@/lib/orders/pay-again";
import { refundOrder } from "@/lib/payments/refund-order";
import { syncOrderPayment } from "@/lib/payments/sync-order-payment";
import { syncRefund } from "@/lib/payments/sync-refund";
import { shipOrder } from "@/lib/shipping/ship-order";
import { stripe } from "@/lib/stripe";
import { receiveStripeEvent } from "@/lib/webhooks-in/stripe-event";
import { type Reset, rememberRows } from "../simulation/reset";
import { onStatement } from "./fault-injection";
import { interleave } from "./interleave";
import { audit, openShop, type Placed } from "./shop";

/**
 * All pairs of what can change an order at once, in each state of the order, with the second one at every statement of the first.
 * After each the invariants hold. Here each pair meets at one statement, another one for each pair; `INTERLEAVE=all` takes all of them.
 */
const all = process.env.INTERLEAVE === "all";
const shop = openShop({ only: [], wires: true });

let order: Placed;
let intent: Stripe.PaymentIntent;
let dashboardRefund: Stripe.Refund;
let observer: pg.Client;
const states = new Map<string, Reset>();

const OPERATIONS: Record<string, () => Promise<unknown>> = {
  confirm: () => confirmOrder(order.id, 1),
  cancel: () => cancelOrder(order.id, "customer"),
  ship: () => shipOrder(order.id, { carrier: "DHL", trackingNumber: "1" }, { by: "usr_admin" }),
  refund: () => refundOrder(order.id, { reason: "Broken", amount: 1_500 }, { by: "usr_admin", key: "one" }),
  "another refund": () => refundOrder(order.id, { reason: "Broken", amount: 1_500 }, { by: "usr_admin", key: "two" }),
  "pay again": () => payAgain(order.id, { paymentMethod: "pm_card_visa" }, { solved: true }),
  webhook: () => syncOrderPayment(intent),
  // The function reads the payment first, then its refunds.
  "webhook of a refund": async () => {
    await syncOrderPayment(intent);
    await syncRefund(dashboardRefund);
  },
  sweep: () => failOrder(order.id, 1, "expired"),
  reserve: () => reserveStock(order.id, 1),
};

/** Each state and how the one before it becomes it. */
const STATES: Record<string, () => Promise<unknown>> = {
  "that waits for its customer, who has paid": () => reserveStock(order.id, 1),
  paid: () => syncOrderPayment(intent),
  confirmed: () => confirmOrder(order.id, 1),
};

beforeAll(async () => {
  const { chargeOrder } = await import("@/lib/payments/charge-order");
  order = await shop.checkout(await shop.product(3), { paymentMethod: "pm_card_authenticationRequired" });
  await shop.webhooks("drop");
  await reserveStock(order.id, 1);
  await chargeOrder(order.id, 1);
  const [created] = await shop.intents(order.id);
  await shop.authenticate(order);
  intent = await shop.stripeApi("GET", `/v1/payment_intents/${created?.id}`);
  dashboardRefund = await shop.stripeApi("POST", "/v1/refunds", { payment_intent: intent.id, amount: "700" });
  for (const [name, become] of Object.entries(STATES)) {
    await become();
    states.set(name, await rememberRows(shop.database, name));
  }
  const failed = states.get("that waits for its customer, who has paid");
  await failed?.restore();
  await failOrder(order.id, 1, "payment_expired");
  states.set("failed", await rememberRows(shop.database, "failed"));
  observer = new pg.Client({ connectionString: shop.database, application_name: "observer" });
  await observer.connect();
});
afterAll(async () => {
  await observer.end();
  for (const state of states.values()) await state.close();
});

/** Runs `second` before the nth statement of `first`, and checks the answers and the invariants. Returns the statements of `first`. */
async function meet(state: string, first: string, second: string, nth: number): Promise<number> {
  await states.get(state)?.restore();
  const { statements, results } = await interleave(observer, run(first), run(second), nth);
  const at = `${first} × ${second}, before statement ${nth} of ${statements}`;
  for (const result of results)
    if (result.status === "rejected" && !isRefusal(result.reason)) throw new Error(at, { cause: result.reason });
  await audit().catch((cause) => {
    throw new Error(`${at}: ${cause instanceof Error ? cause.message : cause}`, { cause });
  });
  return statements;
}

describe.each([...Object.keys(STATES), "failed"])("an order %s", (state) => {
  test.each(Object.keys(OPERATIONS))("%s, and any other operation at each of its statements", async (first) => {
    for (const [index, second] of Object.keys(OPERATIONS).entries()) {
      // The first statement is BEGIN, the second one takes the order's lock.
      for (let nth = all ? 1 : 2 + (index % 4), left = true; left; nth++)
        left = nth <= (await meet(state, first, second, nth)) && all;
    }
  });
});

test.each([
  ["paid", "webhook of a refund", "webhook of a refund", 3],
  ["failed", "confirm", "pay again", 1],
  ["failed", "pay again", "confirm", 4],
])("found with INTERLEAVE=all: an order %s: %s × %s, before statement %i", async (...meeting) => {
  await meet(...meeting);
});

test("a webhook beside the run that records its payment is processed, whichever statement comes first", async () => {
  const payload = JSON.stringify({
    ...{ id: "evt_beside", object: "event", type: "payment_intent.succeeded", created: shop.clock.now() / 1_000 },
    data: { object: intent },
  });
  const secret = process.env.STRIPE_WEBHOOK_SECRET ?? "";
  const signature = stripe().webhooks.generateTestHeaderString({
    payload,
    secret,
    timestamp: shop.clock.now() / 1_000,
  });
  const record = () => syncOrderPayment(intent);
  const receive = () => receiveStripeEvent(payload, signature);
  for (const [first, second] of [
    [record, receive],
    [receive, record],
  ] as const)
    for (let nth = 1, left = true; left; nth++) {
      await states.get("that waits for its customer, who has paid")?.restore();
      await shop.sql("UPDATE payments SET status = 'confirming'");
      const { statements, results } = await interleave(observer, first, second, nth);
      expect(results.map(({ status }) => status)).toEqual(["fulfilled", "fulfilled"]);
      const open = await shop.sql("SELECT id FROM webhook_inbox WHERE processed_at IS NULL");
      expect(open, `${first === record ? "record" : "receive"} first, before statement ${nth}`).toEqual([]);
      left = nth <= statements;
    }
});

test("a conflict at COMMIT is tried again, and nobody notices", async () => {
  let conflicts = 0;
  const restore = onStatement((sql) => {
    if (sql !== "COMMIT" || conflicts > 0) return undefined;
    conflicts++;
    return { sqlState: "40001" };
  });
  await states.get("confirmed")?.restore();
  await cancelOrder(order.id, "customer").finally(restore);
  expect(conflicts).toBe(1);
  await audit();
});

const run = (name: string) => OPERATIONS[name] ?? (() => Promise.reject(new Error(name)));

/**
 * What may be answered when another operation came first: a refusal, that the order is not paid, or that a refund of the dashboard and
 * our own are more than was paid. Stripe refuses our own then, and the webhook is tried again.
 */
const isRefusal = (reason: unknown): boolean =>
  (reason instanceof AppError && reason.status < 500) ||
  (reason instanceof Error && /is not paid\.$|payments_refunded_within_captured/.test(reason.message));
