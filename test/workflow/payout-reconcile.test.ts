import { afterEach, beforeAll, expect, test } from "vitest";
import { EXPENSE_FUNCTIONS, type Expenses, openExpenses } from "./expenses";
import { payouts } from "./payouts";
import { audit, HOUR, openShop } from "./shop";

const shop = openShop({ env: { RECONCILE_EVERY_MINUTES: "15" }, only: [...EXPENSE_FUNCTIONS, "reconcile"] });
let office: Expenses;
beforeAll(async () => {
  office = await openExpenses(shop);
});
const { approved, alerts, refuseToBook, expectPaidOnce } = payouts(shop, () => office);
afterEach(async () => {
  await shop.heal();
  await audit();
});

const after = (ms: number) => shop.clock.now() + ms;

test("Stripe sends the money, its answer is lost, and it is down until it has forgotten the key: found, not sent again", async () => {
  await shop.fault("stripe", { kind: "answer_lost", path: "/v1/transfers", method: "POST", times: 2 });
  const id = await approved();
  await shop.fault("stripe", { kind: "error", status: 503, until: after(26 * HOUR) });
  await shop.clock.advance(26 * HOUR);
  expect(await alerts("payment_run_failed")).toBeGreaterThan(0);
  await expectPaidOnce(id);
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

test("it cannot be booked, and the account holds too little when the money should come back: it does once there is enough", async () => {
  const id = await office.submit(office.submitter);
  await refuseToBook(id);
  await shop.settle();
  await office.decide(office.manager, id, true);
  await shop.settle();
  const short = { kind: "error", status: 400, code: "balance_insufficient", method: "POST", path: "/v1/transfers" };
  await shop.fault("stripe", short);
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
