import { afterEach, beforeAll, expect, test } from "vitest";
import { EXPENSE_FUNCTIONS, type Expenses, openExpenses } from "./expenses";
import { payouts } from "./payouts";
import { audit, HOUR, openShop } from "./shop";

const shop = openShop({ env: { RECONCILE_EVERY_MINUTES: "15" }, only: [...EXPENSE_FUNCTIONS, "reconcile"] });
let office: Expenses;
beforeAll(async () => {
  office = await openExpenses(shop);
});
const { approved, alerts, refuseSettlement, expectPaidOnce } = payouts(shop, () => office);
afterEach(async () => {
  await shop.clearFaults();
  await audit();
});

const after = (ms: number) => shop.clock.now() + ms;

test("the answer to a transfer is lost, and Stripe is down until its key expires: the transfer is found, not repeated", async () => {
  await shop.fault("stripe", { kind: "answer_lost", path: "/v1/transfers", method: "POST", times: 2 });
  const id = await approved();
  await shop.fault("stripe", { kind: "error", status: 503, until: after(26 * HOUR) });
  await shop.clock.advance(26 * HOUR);
  expect(await alerts("payment_run_failed")).toBeGreaterThan(0);
  await expectPaidOnce(id);
});

test("settlement fails, and Stripe is down when the transfer should be reversed: it is reversed when Stripe is back", async () => {
  const id = await office.submit(office.submitter);
  await refuseSettlement(id);
  await shop.settle();
  await office.decide(office.manager, id, true);
  await shop.settle();
  expect(await office.sent(id)).toEqual({ transfers: 1, collected: 4_200 });
  await shop.fault("stripe", { kind: "error", status: 503, until: after(8 * HOUR) });
  await shop.clock.advance(9 * HOUR);
  expect(await office.sent(id)).toEqual({ transfers: 1, collected: 0 });
  expect(await office.read(id)).toMatchObject({ status: "payment_failed", payout: { status: "reversed" } });
});

test("settlement fails, and the account's balance is too low for the reversal: it is reversed once there is enough", async () => {
  const id = await office.submit(office.submitter);
  await refuseSettlement(id);
  await shop.settle();
  await office.decide(office.manager, id, true);
  await shop.settle();
  const short = { kind: "error", status: 400, code: "balance_insufficient", method: "POST", path: "/v1/transfers" };
  await shop.fault("stripe", short);
  await shop.clock.advance(9 * HOUR);
  expect(await office.sent(id)).toEqual({ transfers: 1, collected: 0 });
  expect(await office.read(id)).toMatchObject({ status: "payment_failed", payout: { status: "reversed" } });
});

test("reversed in Stripe's dashboard: the ledger follows, and the operators are alerted", async () => {
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

test("a transfer of an unknown payout raises one alert", async () => {
  const form = { amount: "700", currency: "eur", destination: "acct_steadfastexpenses" };
  const [installation] = await shop.sql<{ id: string }>("SELECT id FROM installation");
  const own = { "metadata[payout_id]": "po_gone", "metadata[installation_id]": installation?.id ?? "" };
  await shop.stripeApi("POST", "/v1/transfers", { ...form, ...own });
  // Of another installation on the same account.
  await shop.stripeApi("POST", "/v1/transfers", { ...form, "metadata[payout_id]": "po_other" });
  await shop.clock.advance(2 * HOUR);
  expect(await alerts("unknown_transfer")).toBe(1);
});

test("the approval run is lost: the reconciler rejects, notifies and pays in its place", async () => {
  const [undecided, decided] = [await office.submit(office.submitter), await office.submit(office.submitter)];
  await shop.settle();
  const page = await fetch(`${shop.inngest}/?function=steadfast-approval-workflow&status=RUNNING`);
  for (const [, run] of (await page.text()).matchAll(/href="\/runs\/(\w+)"/g))
    await fetch(`${shop.inngest}/api/v2/runs/${run}/cancel`, { method: "POST" });
  await office.decide(office.manager, decided, true);
  await expectPaidOnce(decided);
  await shop.sql("UPDATE expenses SET deadline_at = created_at + interval '1 hour' WHERE id = $1", [undecided]);
  await shop.clock.advance(HOUR);
  expect(await office.read(undecided)).toMatchObject({ status: "rejected", decision: { via: "timeout" } });
});
