import { afterEach, beforeEach, expect, test } from "vitest";
import { BILLING_FUNCTIONS, DAY, newSubscriber } from "./billing-shop";
import { EXPENSE_FUNCTIONS, openExpenses } from "./expenses";
import { oneStepOnly, watch } from "./fault-injection";
import { audit, HOUR, openShop } from "./shop";

/**
 * P5 for functions that process no order: each call of the app takes one step and arrives twice, as after a lost answer. So each run
 * knows of its earlier steps what they have returned, and no more. No sweep repairs what it forgets.
 */
const shop = openShop({
  wires: true,
  only: [
    ...["process-order", "first-order-gift", "deliver-email-batch", "daily-report"],
    ...[...EXPENSE_FUNCTIONS, ...BILLING_FUNCTIONS],
  ],
});
beforeEach(() => {
  watch(shop, (call, stage) => {
    if (call.to !== "app" || call.method !== "POST" || stage !== "before") return undefined;
    oneStepOnly(call);
    return "again";
  });
});
afterEach(async () => {
  if (shop.wires) shop.wires.watch = undefined;
  await audit();
});

const subjectsTo = async (address: string) => (await shop.emails(address)).map(({ subject }) => subject);

test("P5, a first order: one gift by email", async () => {
  const placed = await shop.checkout(await shop.product(1));
  await shop.finish(placed);
  expect((await subjectsTo(placed.email)).filter((subject) => /off your next order/.test(subject))).toHaveLength(1);
});

test("P5, the report of the day: one email, in the morning", async () => {
  await shop.clock.advance(DAY);
  expect((await subjectsTo("operators@steadfast.example")).map((subject) => subject.slice(0, 8))).toEqual(["Sales on"]);
});

test("P5, an expense: paid once, and its submitter gets one email of each kind", async () => {
  const office = await openExpenses(shop);
  const id = await office.submit(office.submitter);
  await shop.settle();
  expect((await office.decide(office.manager, id, true)).status).toBe(200);
  await shop.clock.advance(HOUR);
  expect(await office.sent(id)).toEqual({ transfers: 1, collected: 4_200 });
  expect(await office.subjects(office.submitter)).toEqual([
    "Approved: your expense of €42.00",
    "Paid: your expense of €42.00",
  ]);
});

test("P5, a subscription whose card is declined four times: one email for each, and it ends", async () => {
  const user = await newSubscriber(shop);
  await user.subscribe("pm_card_chargeCustomerFail");
  await shop.clock.advance(6 * DAY);
  expect(await user.view()).toMatchObject({ status: "cancelled", charges: [{ status: "failed", attempts: 4 }] });
  const unpaid = "We could not charge €9.00 for Steadfast Plus";
  expect(await user.subjects()).toEqual([unpaid, unpaid, unpaid, "Steadfast Plus has ended"]);
});
