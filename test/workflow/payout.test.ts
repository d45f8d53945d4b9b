import { afterEach, beforeAll, expect, test } from "vitest";
import { EXPENSE_FUNCTIONS, type Expenses, openExpenses } from "./expenses";
import { audit, HOUR, MINUTE, openShop } from "./shop";

const shop = openShop({ only: [...EXPENSE_FUNCTIONS, "reconcile-ledgers"] });
let office: Expenses;
beforeAll(async () => {
  office = await openExpenses(shop);
});
afterEach(async () => {
  await shop.heal();
  await audit();
});

const DAY = 24 * HOUR;
const after = (ms: number) => shop.clock.now() + ms;
const alerts = async (kind: string) => (await shop.sql("SELECT id FROM alerts WHERE kind = $1", [kind])).length;

/** An expense that a manager has just approved; nothing has run since. */
async function approved(): Promise<string> {
  const id = await office.submit(office.submitter);
  await shop.settle();
  expect((await office.decide(office.manager, id, true)).status).toBe(200);
  return id;
}

async function expectPaidOnce(id: string): Promise<void> {
  await shop.clock.runUntil(async () => (await office.read(id)).status === "paid", 2 * DAY);
  await shop.clock.advance(40 * MINUTE);
  expect(await office.sent(id)).toEqual({ transfers: 1, kept: 4_200 });
  expect(await office.read(id)).toMatchObject({ status: "paid", payout: { status: "paid" } });
}

test.each([
  ["a 500 that Stripe repeats under the same key", { kind: "error", status: 500 }],
  ["an outage that never reached the endpoint", { kind: "error", status: 503, times: 3 }],
  ["an answer that is lost", { kind: "answer_lost", times: 2 }],
  ["a connection that breaks", { kind: "reset", times: 2 }],
  ["a call that is never answered", { kind: "timeout" }],
  ["too many requests", { kind: "rate_limit", times: 2 }],
  ["a balance that is short for a while", { kind: "error", status: 400, code: "balance_insufficient", times: 3 }],
])("%s: the expense is paid, once", async (_what, fault) => {
  await shop.fault("stripe", { ...fault, path: "/v1/transfers", method: "POST" });
  await expectPaidOnce(await approved());
});

test("Stripe sends the money, its answer is lost, and it is down until it has forgotten the key: found, not sent again", async () => {
  await shop.fault("stripe", { kind: "answer_lost", path: "/v1/transfers", method: "POST", times: 2 });
  const id = await approved();
  await shop.fault("stripe", { kind: "error", status: 503, until: after(26 * HOUR) });
  await shop.clock.advance(26 * HOUR);
  expect(await alerts("payment_run_failed")).toBeGreaterThan(0);
  await expectPaidOnce(id);
});

test("an account that takes no transfers: nothing is sent, the submitter and the operators are told", async () => {
  const before = await alerts("payout_failed");
  const id = await office.submit(office.submitter);
  await shop.settle();
  await shop.fault("stripe", {
    kind: "error",
    status: 400,
    code: "insufficient_capabilities_for_transfer",
    path: "/v1/transfers",
  });
  await office.decide(office.manager, id, true);
  await shop.settle();
  expect(await office.read(id)).toMatchObject({ status: "payment_failed", payout: { status: "failed" } });
  expect(await office.sent(id)).toEqual({ transfers: 0, kept: 0 });
  expect(await office.subjects(office.submitter)).toContain("Not paid yet: your expense of €42.00");
  expect(await alerts("payout_failed")).toBe(before + 1);
});

test("withdrawn while Stripe is down: nothing is sent when it is back", async () => {
  await shop.fault("stripe", { kind: "error", status: 503, until: after(HOUR) });
  const id = await approved();
  await shop.clock.advance(MINUTE);
  expect((await office.submitter.post(`/api/expenses/${id}/withdraw`)).status).toBe(200);
  await shop.clock.advance(6 * HOUR);
  expect(await office.read(id)).toMatchObject({ status: "withdrawn", payout: { status: "failed" } });
  expect(await office.sent(id)).toEqual({ transfers: 0, kept: 0 });
});

test("withdrawn after the money left and before the shop knew: it comes back, once", async () => {
  await shop.fault("stripe", { kind: "answer_lost", path: "/v1/transfers", method: "POST", times: 2 });
  const id = await approved();
  await shop.fault("stripe", { kind: "error", status: 503, until: after(HOUR) });
  await shop.clock.advance(MINUTE);
  expect((await office.submitter.post(`/api/expenses/${id}/withdraw`)).status).toBe(200);
  await shop.clock.advance(6 * HOUR);
  expect(await office.sent(id)).toEqual({ transfers: 1, kept: 0 });
  expect(await office.read(id)).toMatchObject({ status: "withdrawn", payout: { status: "reversed" } });
});

/** The database refuses to book it, whenever it is asked: fulfilment fails for good. */
async function refuseToBook(id: string): Promise<void> {
  await shop.sql(`CREATE FUNCTION refuse_${id}() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'the books are closed'; END $$`);
  await shop.sql(`CREATE TRIGGER refuse_${id} BEFORE UPDATE ON expenses FOR EACH ROW
    WHEN (NEW.id = '${id}' AND NEW.status = 'paid') EXECUTE FUNCTION refuse_${id}()`);
}

test("it cannot be booked for good: the money is fetched back, the failure logged, alerted and told", async () => {
  const before = await alerts("payment_run_failed");
  const id = await office.submit(office.submitter);
  await refuseToBook(id);
  await shop.settle();
  await office.decide(office.manager, id, true);
  await shop.clock.advance(6 * HOUR);
  expect(await office.sent(id)).toEqual({ transfers: 1, kept: 0 });
  expect(await office.read(id)).toMatchObject({ status: "payment_failed", payout: { status: "reversed" } });
  const [alert] = await shop.sql<{ detail: Record<string, string> }>(
    "SELECT detail FROM alerts WHERE kind = 'payment_run_failed' AND detail->>'id' = $1",
    [id],
  );
  expect(alert?.detail).toMatchObject({ purpose: "expense", runId: expect.any(String) });
  expect(alert?.detail.stack).toContain("the books are closed");
  expect(await alerts("payment_run_failed")).toBe(before + 1);
});

test("it cannot be booked, and Stripe is down when the money should come back: it comes back when Stripe does", async () => {
  const id = await office.submit(office.submitter);
  await refuseToBook(id);
  await shop.settle();
  await office.decide(office.manager, id, true);
  await shop.settle();
  expect(await office.sent(id)).toEqual({ transfers: 1, kept: 4_200 });
  await shop.fault("stripe", { kind: "error", status: 503, until: after(8 * HOUR) });
  await shop.clock.advance(9 * HOUR);
  expect(await office.sent(id)).toEqual({ transfers: 1, kept: 0 });
  expect(await office.read(id)).toMatchObject({ status: "payment_failed", payout: { status: "reversed" } });
});

test("reversed in Stripe's dashboard: the books follow, and the operators are told", async () => {
  const before = await alerts("payout_reversed");
  const id = await approved();
  await shop.settle();
  const [payout] = await shop.sql<{ transfer_id: string }>("SELECT transfer_id FROM payouts WHERE expense_id = $1", [
    id,
  ]);
  await shop.stripeApi("POST", `/v1/transfers/${payout?.transfer_id}/reversals`);
  await shop.clock.advance(HOUR);
  expect(await office.read(id)).toMatchObject({ status: "payment_failed", payout: { status: "reversed" } });
  expect(await alerts("payout_reversed")).toBe(before + 1);
});

test("money that Stripe has sent and no payout knows of raises an alert, once", async () => {
  const form = { amount: "700", currency: "eur", destination: "acct_steadfastexpenses" };
  await shop.stripeApi("POST", "/v1/transfers", { ...form, "metadata[payout_id]": "po_gone" });
  await shop.clock.advance(2 * HOUR);
  expect(await alerts("unknown_transfer")).toBe(1);
});

test("a run that is lost with everything it waited for: the reconciler rejects, tells and pays in its place", async () => {
  const [silent, said] = [await office.submit(office.submitter), await office.submit(office.submitter)];
  await shop.settle();
  const page = await fetch(`${shop.inngest}/?function=steadfast-approval-workflow&status=RUNNING`);
  for (const [, run] of (await page.text()).matchAll(/href="\/runs\/(\w+)"/g))
    await fetch(`${shop.inngest}/api/v2/runs/${run}/cancel`, { method: "POST" });
  await office.decide(office.manager, said, true);
  await expectPaidOnce(said);
  await shop.sql("UPDATE expenses SET deadline_at = created_at + interval '1 hour' WHERE id = $1", [silent]);
  await shop.clock.advance(HOUR);
  expect(await office.read(silent)).toMatchObject({ status: "rejected", decision: { via: "timeout" } });
});
