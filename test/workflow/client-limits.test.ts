import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { startProvider } from "./messaging-providers";
import { signedIn } from "./operator";
import { problem } from "./problem";
import { audit, HOUR, MINUTE, openShop, type Placed } from "./shop";

/** What one client can try: stolen cards, coupon codes, stock that it never pays for, emails to other people. */
const turnstile = await startProvider(({ body }) => ({
  status: 200,
  body: { success: new URLSearchParams(body.toString()).get("response")?.startsWith("solved") },
}));
const shop = openShop({
  env: {
    ...{ TRUSTED_PROXY_HOPS: "1", CLIENT_FAILURES_PER_HOUR: "6", GIFT_PERCENT: "0", EMAILS_PER_HOUR: "5" },
    ...{ TURNSTILE_SITE_KEY: "site-key", TURNSTILE_SECRET_KEY: "secret", TURNSTILE_VERIFY_URL: turnstile.url },
  },
});
afterEach(audit);
afterAll(() => turnstile.close());

let product = "";
beforeAll(async () => {
  product = await shop.product(10_000);
});

const DECLINED = "pm_card_visa_chargeDeclined";
const CHALLENGED = "pm_card_threeDSecure2Required";
let count = 0;

/** Sends a checkout of a new email address from a client. A solved challenge is sent along unless `token` is another text. */
function checkout(client: string, more: Record<string, unknown> = {}, token = `solved-${++count}`): Promise<Response> {
  const body = { items: [{ productId: product, quantity: 1 }], email: `c${++count}@customers.example`, ...more };
  return send("/api/checkout", client, { paymentMethod: "pm_card_visa", ...body }, token);
}

const send = (path: string, client: string, body: unknown, token: string) =>
  fetch(`${shop.app}${path}`, {
    method: "POST",
    headers: {
      ...{ "content-type": "application/json", "x-forwarded-for": client },
      ...(token && { "challenge-token": token }),
    },
    body: JSON.stringify(body),
  });

async function placed(response: Response, email = ""): Promise<Placed> {
  expect(response.status, await response.clone().text()).toBe(201);
  const { order } = (await response.json()) as { order: { id: string; token: string } };
  return { ...order, email };
}

test("declined cards under different addresses: the client is refused after some, another one is not, until an hour is over", async () => {
  for (let index = 0; index < 6; index++) {
    await placed(await checkout("198.51.100.1", { paymentMethod: DECLINED }));
    await shop.settle();
  }
  const refused = await checkout("198.51.100.1");
  expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
  expect(await problem(refused)).toMatchObject({ status: 429, code: "too_many_failures" });
  await placed(await checkout("198.51.100.2"));
  await shop.clock.advance(HOUR);
  await placed(await checkout("198.51.100.1"));
  await shop.settle();
});

test("many checkouts at once: the cards behind the limit are never tried at Stripe", async () => {
  const client = "198.51.100.3";
  const orders = await Promise.all(
    Array.from({ length: 80 }, async () => placed(await checkout(client, { paymentMethod: DECLINED }))),
  );
  await shop.clock.advance(MINUTE);
  const ended = await Promise.all(orders.map((order) => shop.order(order)));
  const reasons = ended.map(({ failureReason }) => failureReason);
  const tried = reasons.filter((reason) => reason === "payment_declined").length;
  // Fifty orders are processed at the same time.
  expect(tried).toBeLessThanOrEqual(6 + 50);
  expect(reasons.filter((reason) => reason === "too_many_failures")).toHaveLength(80 - tried);
});

test("coupon codes cannot be guessed: refusals count for the address, and for the client under all addresses", async () => {
  const guess = (client: string, email?: string) =>
    checkout(client, { couponCode: `GUESS-${++count}`, ...(email && { email }) });
  const statuses = async (guesses: Promise<Response>[]) => (await Promise.all(guesses)).map(({ status }) => status);
  const byClient = await statuses(Array.from({ length: 20 }, () => guess("198.51.100.4")));
  expect(byClient.filter((status) => status === 422).length).toBeLessThan(20);
  expect((await guess("198.51.100.4")).status).toBe(429);
  const byEmail: number[] = [];
  for (let index = 0; index < 12; index++)
    byEmail.push((await guess(`203.0.113.${index}`, "guesser@customers.example")).status);
  expect(byEmail.filter((status) => status === 422)).toHaveLength(10);
  expect(byEmail.at(-1)).toBe(429);
});

test("after three failures a payment needs a solved challenge; it is asked for at the checkout and when paying again", async () => {
  const client = "198.51.100.5";
  let order: Placed | undefined;
  for (let index = 0; index < 3; index++) {
    order = await placed(await checkout(client, { paymentMethod: DECLINED }, ""));
    await shop.settle();
  }
  const asked = await checkout(client, {}, "");
  expect(await asked.clone().json()).toMatchObject({ siteKey: "site-key" });
  expect(await problem(asked)).toMatchObject({ status: 403, code: "challenge_required" });
  expect((await checkout(client, {}, "wrong")).status).toBe(403);
  const pay = (token: string) =>
    send(`/api/orders/${order?.id}/pay?token=${order?.token}`, client, { paymentMethod: "pm_card_visa" }, token);
  expect((await pay("")).status).toBe(403);
  expect((await pay("solved")).status).toBe(202);
  await placed(await checkout(client));
  // A client without failures is not asked.
  await placed(await checkout("198.51.100.6", {}, ""));
  turnstile.fault("/", { status: 500 });
  expect(await problem(await checkout(client))).toMatchObject({ status: 503, code: "challenge_unavailable" });
  await shop.settle();
});

test("five cards an order, and five emails", async () => {
  const email = "five@customers.example";
  const order = await placed(await checkout("198.51.100.7", { email, paymentMethod: DECLINED }), email);
  await shop.clock.advance(MINUTE);
  for (let card = 2; card <= 5; card++) {
    const client = `203.0.113.${100 + card}`;
    const pay = await send(`/api/orders/${order.id}/pay?token=${order.token}`, client, { paymentMethod: DECLINED }, "");
    expect(pay.status).toBe(202);
    await shop.clock.advance(MINUTE);
  }
  expect(await shop.pay(order)).toBe(409);
  expect((await shop.order(order)).nextAction).toBeUndefined();
  const emails = await shop.emails(email);
  expect(emails).toHaveLength(5);
  expect(emails.filter(({ text }) => text.includes("Try again"))).toHaveLength(4);
});

test("an unpaid order holds a share of the stock at most; what it does not hold is sold when it is paid", async () => {
  const [rare, common] = [await shop.product(4), await shop.product(100)];
  const order = async (client: string, productId: string, quantity: number) => {
    const response = await checkout(client, { items: [{ productId, quantity }], paymentMethod: CHALLENGED });
    const order = await placed(response);
    await shop.settle();
    return order;
  };
  await order("198.51.100.8", rare, 4);
  expect(await shop.stock(rare)).toMatchObject({ available: 0, reserved: 4 });
  await order("198.51.100.8", common, 15);
  expect(await shop.stock(common)).toMatchObject({ available: 85, reserved: 15 });
  // The same client's orders count together.
  const more = await order("198.51.100.8", common, 15);
  const large = await order("198.51.100.9", common, 60);
  const other = await order("198.51.100.10", common, 20);
  expect(await shop.stock(common)).toMatchObject({ available: 65, reserved: 35 });
  await shop.authenticate(large);
  await shop.settle();
  expect((await shop.finish(large)).status).toBe("confirmed");
  // The rest is sold before the second order without a reservation is paid.
  await shop.authenticate(more);
  await shop.authenticate(other);
  expect(await shop.finish(other)).toMatchObject({ status: "confirmed" });
  expect(await shop.finish(more)).toMatchObject({ status: "failed", failureReason: "stock_lost" });
  expect((await shop.money(more.id)).collected).toBe(0);
  expect((await shop.stock(common)).sold).toBe(80);
});

test("the share of a stock of a hundred million units is computed", async () => {
  const plenty = await shop.product(100_000_000);
  const order = await placed(
    await checkout("198.51.100.12", { paymentMethod: CHALLENGED, items: [{ productId: plenty, quantity: 1 }] }),
  );
  await shop.settle();
  await shop.authenticate(order);
  await shop.settle();
  expect(await shop.order(order)).toMatchObject({ status: "confirmed" });
  expect(await shop.stock(plenty)).toEqual({ available: 99_999_999, reserved: 0, sold: 1 });
});

test("a run that is lost while its order is not reserved: the order is confirmed all the same", async () => {
  const scarce = await shop.product(20);
  const items = [{ productId: scarce, quantity: 15 }];
  const order = await placed(await checkout("198.51.100.11", { items, paymentMethod: CHALLENGED }));
  await shop.settle();
  expect(await shop.stock(scarce)).toMatchObject({ available: 20, reserved: 0 });
  await shop.loseRuns();
  await shop.authenticate(order);
  expect(await shop.finish(order)).toMatchObject({ status: "confirmed" });
  expect(await shop.stock(scarce)).toEqual({ available: 5, reserved: 0, sold: 15 });
});

test("a recipient gets a bounded number of emails of one kind in an hour; the others follow later", async () => {
  const accounts = [await signedIn(shop, "customer"), await signedIn(shop, "customer")];
  for (const account of accounts)
    for (let filed = 0; filed < 4; filed++)
      expect((await account.post("/api/expenses", { amount: 100, currency: "EUR", description: "Bus" })).status).toBe(
        201,
      );
  await shop.clock.advance(10 * MINUTE);
  const asked = async () =>
    (await shop.emails("manager@steadfast.example")).filter(({ subject }) => /EUR 1.00 for|€1.00 for/.test(subject))
      .length;
  expect(await asked()).toBe(5);
  await shop.clock.advance(HOUR);
  expect(await asked()).toBe(8);
});

test("an account files a bounded number of expenses in an hour", async () => {
  const account = await signedIn(shop, "customer");
  const file = () => account.post("/api/expenses", { amount: 100, currency: "EUR", description: "Bus" });
  const statuses = await Promise.all(Array.from({ length: 25 }, async () => (await file()).status));
  expect(statuses.filter((status) => status === 201)).toHaveLength(20);
  expect(statuses.filter((status) => status === 429)).toHaveLength(5);
});
