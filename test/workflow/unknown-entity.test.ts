import { afterEach, expect, test } from "vitest";
import type { EventData, EventName } from "@/lib/events";
import { audit, MINUTE, openShop, SECOND } from "./shop";

/** An event about an entity that does not exist: each function ends at once, with a reason. */
const shop = openShop({ env: { RECONCILE_EVERY_MINUTES: "5" } });
afterEach(audit);

/** A valid event for every function with an event trigger. It meets the trigger's condition. */
const EVENTS_OF_UNKNOWN_ENTITIES: { [N in EventName]?: EventData<N> } = {
  "order/created": { orderId: "ord_unknown", attempt: 1, review: true },
  "order/payment-retried": { orderId: "ord_unknown", attempt: 2 },
  "order/confirmed": { orderId: "ord_unknown", totalAmount: 1, currency: "EUR", gift: true },
  "order/cancelled": { orderId: "ord_unknown", reason: "customer", stored: true },
  "order/shipped": { orderId: "ord_unknown", shipmentId: "shp_unknown" },
  "order/delivered": { orderId: "ord_unknown" },
  "payment/failed": { orderId: "ord_unknown", attempt: 1, reason: "payment_declined" },
  "payment/process": { purpose: "order", id: "ord_unknown", amount: 1, currency: "EUR" },
  "payment/changed": { intentId: "pi_unknown" },
  "refund/requested": { refundId: "ref_unknown" },
  "refund/succeeded": { orderId: "ord_unknown", refundId: "ref_unknown" },
  "email/queued": { emailId: "email_unknown" },
  "email/batch-queued": { batchId: "batch_unknown" },
  "email/send-digest": { userId: "usr_unknown", date: "2026-01-05" },
  "user/registered": { userId: "usr_unknown", stored: true },
  "user/profile-updated": { userId: "usr_unknown2", stored: true },
  "expense/submitted": { expenseId: "exp_unknown", stored: true },
  "subscription/charge-due": { chargeId: "sch_unknown", attempt: 1 },
  "subscription/payment-changed": { chargeId: "sch_unknown" },
  "subscription/cancelled": { subscriptionId: "sub_unknown" },
  "notification/broadcast": { broadcastId: "bc_unknown" },
  "notification/send-individual": { broadcastId: "bc_unknown", chunk: 0 },
  "data/process": { jobId: "job_unknown" },
  "data/import": { importId: "imp_unknown" },
  "data/import-ended": { importId: "imp_unknown", status: "done", at: "2026-01-05T09:00:00.000Z" },
  "api/call": { deliveryId: "whd_unknown", userId: "usr_unknown" },
};

/** These events name a cursor or a run, and no entity. */
const NO_OBJECT = ["email/digest-continued", "cleanup/continued", "inngest/function.failed"];

interface Run {
  function: { id: string };
  status: string;
  durationMs?: string;
  output?: unknown;
}

async function runsFor(name: string, data: unknown): Promise<Run[]> {
  const sent = await fetch(`${shop.inngest}/e/test`, { method: "POST", body: JSON.stringify({ name, data }) });
  const { ids } = (await sent.json()) as { ids: string[] };
  // Some functions batch or debounce events.
  await shop.clock.advance(6 * MINUTE);
  const answer = await fetch(`${shop.inngest}/api/v2/events/${ids[0]}/runs?includeOutput=true`);
  return ((await answer.json()) as { data: Run[] }).data;
}

/** The reason in a run's output. */
const HAS_REASON = /no such|no_such|not_found|no_longer_there|_deleted"|"deleted"/;
/** In one attempt: the first retry comes after a quarter of a minute. */
const ended = ({ status, durationMs, output }: Run) =>
  status === "COMPLETED" && Number(durationMs) < SECOND && HAS_REASON.test(JSON.stringify(output));

const run = new Set<string>();

test.each(Object.entries(EVENTS_OF_UNKNOWN_ENTITIES))(
  "%s for an unknown entity: each function ends at once, with a reason",
  async (name, data) => {
    const runs = await runsFor(name, data);
    expect(runs.length).toBeGreaterThan(0);
    expect(runs.filter((one) => !ended(one))).toEqual([]);
    for (const one of runs) run.add(`${one.function.id} ${name}`);
  },
);

test("an unknown expense is not paid either", async () => {
  const data = { purpose: "expense", id: "exp_unknown", amount: 1, currency: "EUR" };
  expect((await runsFor("payment/process", data)).map(ended)).toEqual([true]);
});

test("every function and each of its events was covered", async () => {
  const { functions } = await import("@/inngest/functions");
  const expected = functions.flatMap((fn) =>
    (fn.id().startsWith("ingest-") ? [] : (fn.opts.triggers ?? [])).flatMap((trigger) => {
      if (!("event" in trigger) || !trigger.event) return [];
      const event = typeof trigger.event === "string" ? trigger.event : trigger.event.name;
      return NO_OBJECT.includes(event) ? [] : [`${fn.id()} ${event}`];
    }),
  );
  expect([...run].sort()).toEqual(expected.sort());
});
