import { afterEach, beforeAll, expect, test } from "vitest";
import { EXPENSE_FUNCTIONS, type Expenses, openExpenses } from "./expenses";
import { payouts } from "./payouts";
import { audit, HASTY, HOUR, MINUTE, openShop } from "./shop";

const shop = openShop({ only: EXPENSE_FUNCTIONS, env: HASTY });
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

test("an insufficient balance is retried with a new key after a top-up, because Stripe replays its answer under the old key for a day", async () => {
  await shop.fault("stripe", { kind: "error", status: 400, code: "balance_insufficient", path: "/v1/transfers" });
  const id = await approved();
  await shop.clock.advance(3 * HOUR);
  expect(await office.read(id)).toMatchObject({ status: "paid" });
  expect(await office.sent(id)).toEqual({ transfers: 1, collected: 4_200 });
});

test("Stripe refuses for good: nothing is sent, and the submitter and the operators are notified", async () => {
  const before = await alerts("payout_failed");
  const id = await office.submit(office.submitter);
  await shop.settle();
  await shop.fault("stripe", {
    kind: "error",
    status: 400,
    code: "currency_not_supported",
    path: "/v1/transfers",
  });
  await office.decide(office.manager, id, true);
  await shop.settle();
  expect(await office.read(id)).toMatchObject({ status: "payment_failed", payout: { status: "failed" } });
  expect(await office.sent(id)).toEqual({ transfers: 0, collected: 0 });
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
  expect(await office.sent(id)).toEqual({ transfers: 0, collected: 0 });
});

test("withdrawn after the transfer and before its answer arrives: it is reversed once", async () => {
  await shop.fault("stripe", { kind: "answer_lost", path: "/v1/transfers", method: "POST", times: 2 });
  const id = await approved();
  await shop.fault("stripe", { kind: "error", status: 503, until: after(HOUR) });
  await shop.clock.advance(MINUTE);
  expect((await office.submitter.post(`/api/expenses/${id}/withdraw`)).status).toBe(200);
  await shop.clock.advance(6 * HOUR);
  expect(await office.sent(id)).toEqual({ transfers: 1, collected: 0 });
  expect(await office.read(id)).toMatchObject({ status: "withdrawn", payout: { status: "reversed" } });
});

test("settlement fails for good: the transfer is reversed, and the failure is logged, alerted and notified", async () => {
  const before = await alerts("payment_run_failed");
  const id = await office.submit(office.submitter);
  await refuseSettlement(id);
  await shop.settle();
  await office.decide(office.manager, id, true);
  await shop.clock.advance(6 * HOUR);
  expect(await office.sent(id)).toEqual({ transfers: 1, collected: 0 });
  expect(await office.read(id)).toMatchObject({ status: "payment_failed", payout: { status: "reversed" } });
  const [alert] = await shop.sql<{ detail: Record<string, string> }>(
    "SELECT detail FROM alerts WHERE kind = 'payment_run_failed' AND detail->>'id' = $1",
    [id],
  );
  expect(alert?.detail).toMatchObject({ purpose: "expense", runId: expect.any(String) });
  expect(alert?.detail.stack).toContain("settlement refused");
  expect(await alerts("payment_run_failed")).toBe(before + 1);
});
