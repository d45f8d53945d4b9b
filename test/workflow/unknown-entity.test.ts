import { afterEach, expect, test } from "vitest";
import type { EventData, EventName } from "@/lib/events";
import { audit, MINUTE, openShop, SECOND } from "./shop";

/** An event for something that is no more, or never was: whoever gets it ends at once, and says so. */
const shop = openShop();
afterEach(audit);

/** A well-formed event for every function that an event starts; what a trigger asks for besides is given. */
const GHOSTS: { [N in EventName]?: EventData<N> } = {
  "order/created": { orderId: "ord_ghost", attempt: 1, review: true },
  "order/payment-retried": { orderId: "ord_ghost", attempt: 2 },
  "order/confirmed": { orderId: "ord_ghost", totalAmount: 1, currency: "EUR", gift: true },
  "order/cancelled": { orderId: "ord_ghost", reason: "customer" },
  "order/shipped": { orderId: "ord_ghost", shipmentId: "shp_ghost" },
  "order/delivered": { orderId: "ord_ghost" },
  "payment/failed": { orderId: "ord_ghost", attempt: 1, reason: "payment_declined" },
  "payment/process": { purpose: "order", id: "ord_ghost", amount: 1, currency: "EUR" },
  "payment/changed": { intentId: "pi_ghost" },
  "refund/requested": { refundId: "ref_ghost" },
  "refund/succeeded": { orderId: "ord_ghost", refundId: "ref_ghost" },
  "email/queued": { emailId: "email_ghost" },
  "email/send-digest": { userId: "usr_ghost", date: "2026-01-05" },
  "user/registered": { userId: "usr_ghost", email: "ghost@customers.example", name: "Ghost" },
  "user/profile-updated": { userId: "usr_ghost2" },
  "expense/submitted": { expenseId: "exp_ghost" },
  "subscription/charge-due": { chargeId: "sch_ghost", attempt: 1 },
  "subscription/payment-changed": { chargeId: "sch_ghost" },
  "subscription/cancelled": { subscriptionId: "sub_ghost" },
  "notification/broadcast": { broadcastId: "bc_ghost" },
  "notification/send-individual": { broadcastId: "bc_ghost", chunk: 0 },
  "data/process": { jobId: "job_ghost" },
  "data/import": { importId: "imp_ghost" },
  "data/import-ended": { importId: "imp_ghost", status: "done", at: "2026-01-05T09:00:00.000Z" },
  "api/call": { deliveryId: "whd_ghost", userId: "usr_ghost" },
};

/** These carry a place in a list and no object: there is nothing that could be missing. */
const NO_OBJECT = ["email/digest-continued", "cleanup/continued"];

interface Run {
  function: { id: string };
  status: string;
  durationMs?: string;
  output?: unknown;
}

async function runsFor(name: string, data: unknown): Promise<Run[]> {
  const sent = await fetch(`${shop.inngest}/e/test`, { method: "POST", body: JSON.stringify({ name, data }) });
  const { ids } = (await sent.json()) as { ids: string[] };
  // Some wait for company, or for somebody to come to rest, before they begin.
  await shop.clock.advance(6 * MINUTE);
  const answer = await fetch(`${shop.inngest}/api/v2/events/${ids[0]}/runs?includeOutput=true`);
  return ((await answer.json()) as { data: Run[] }).data;
}

/** What a run says when there was nothing for it to work on. */
const SAYS_SO = /no such|no_such|not_found|gone/;
/** In one attempt: the first pause before another is a quarter of a minute. */
const ended = ({ status, durationMs, output }: Run) =>
  status === "COMPLETED" && Number(durationMs) < SECOND && SAYS_SO.test(JSON.stringify(output));

const run = new Set<string>();

test.each(Object.entries(GHOSTS))(
  "%s for what is not there: whoever gets it ends at once and says so",
  async (name, data) => {
    const runs = await runsFor(name, data);
    expect(runs.length).toBeGreaterThan(0);
    expect(runs.filter((one) => !ended(one))).toEqual([]);
    for (const one of runs) run.add(`${one.function.id} ${name}`);
  },
);

test("an expense that is not there is not paid, either", async () => {
  const data = { purpose: "expense", id: "exp_ghost", amount: 1, currency: "EUR" };
  expect((await runsFor("payment/process", data)).map(ended)).toEqual([true]);
});

test("that was every function that an event starts, by each of its events", async () => {
  const { functions } = await import("@/inngest/functions");
  const expected = functions.flatMap((fn) =>
    (fn.opts.triggers ?? []).flatMap((trigger) => {
      if (!("event" in trigger) || !trigger.event) return [];
      const event = typeof trigger.event === "string" ? trigger.event : trigger.event.name;
      return NO_OBJECT.includes(event) ? [] : [`${fn.id()} ${event}`];
    }),
  );
  expect([...run].sort()).toEqual(expected.sort());
});
