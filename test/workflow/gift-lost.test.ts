import { afterEach, expect, test } from "vitest";
import { onStatement } from "./fault-injection";
import { audit, HOUR, MINUTE, openShop, type Placed, SECOND } from "./shop";

/** The engine loses the run that gives a first order's coupon. */
const shop = openShop({ env: { RECONCILE_EVERY_MINUTES: "5" } });
afterEach(audit);

const gifts = async ({ email }: Placed) =>
  (await shop.emails(email)).filter(({ subject }) => /off your next order/.test(subject));
const coupons = ({ email }: Placed) => shop.sql("SELECT code FROM coupons WHERE gift_email = $1", [email]);

async function expectOneGift(placed: Placed): Promise<void> {
  await shop.clock.advance(HOUR);
  expect([(await coupons(placed)).length, (await gifts(placed)).length]).toEqual([1, 1]);
  await shop.clock.advance(HOUR);
  expect([(await coupons(placed)).length, (await gifts(placed)).length]).toEqual([1, 1]);
}

/** Lets the run fail at a statement, and loses it before it attempts again. */
async function loseRunAt(placed: Placed, statement: RegExp): Promise<void> {
  // The confirmation has gone out by then; the batch has not begun.
  await shop.clock.advance(20 * SECOND);
  const repair = onStatement((sql) => (statement.test(sql) ? "before" : undefined));
  await shop.clock.advance(15 * SECOND);
  repair();
  expect(await gifts(placed)).toEqual([]);
  expect(await shop.loseRuns("first-order-gift")).toBe(1);
}

test("run lost between the coupon and its email: the email is sent once", async () => {
  const placed = await shop.checkout(await shop.product(1));
  await loseRunAt(placed, /INSERT INTO \S*emails/);
  expect(await coupons(placed)).toHaveLength(1);
  await expectOneGift(placed);
});

test("run lost before the coupon is inserted: it is created and emailed once", async () => {
  const placed = await shop.checkout(await shop.product(1));
  await loseRunAt(placed, /INSERT INTO \S*coupons/);
  expect(await coupons(placed)).toEqual([]);
  await expectOneGift(placed);
});

test("a customer who refuses offers gets the coupon and no email, however often the sweep runs", async () => {
  const email = "silent@customers.example";
  await shop.sql(
    "INSERT INTO email_preferences (address, category, wanted, updated_at) VALUES ($1, 'marketing', false, $2)",
    [email, new Date(shop.clock.now())],
  );
  const placed = await shop.checkout(await shop.product(1), { email });
  await shop.clock.advance(2 * HOUR + MINUTE);
  expect([(await coupons(placed)).length, (await gifts(placed)).length]).toEqual([1, 0]);
});
