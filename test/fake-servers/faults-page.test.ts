import { describe, expect, it } from "vitest";
import { mailboxForTest, stripeError, stripeForTest } from "./harness";

const params = { amount: 500, currency: "usd" };

async function press(url: string, fault: string): Promise<number> {
  const body = new URLSearchParams({ fault });
  return (await fetch(`${url}/break`, { method: "POST", body, redirect: "manual" })).status;
}

/** Each button, and what the page says is under way. */
const BUTTONS = {
  timeout: "timeout, .* until the next call",
  lost: "answer_lost, .* until the next call",
  error: "error, .* until the next call",
  applied: "applied_error, .* until the next call",
  limit: "rate_limit, any call, until 20",
  outage: "reset, any call, until 20",
  dropped: "Webhooks: drop, 0 ms late",
  twice: "Webhooks: duplicate, 0 ms late",
  late: "Webhooks: deliver, 30000 ms late",
};

describe.each([
  ["the fake Stripe", async () => (await stripeForTest()).fakeStripe.url, { ...BUTTONS, decline: "decline, .* until" }],
  ["the mailbox", async () => (await mailboxForTest()).mailbox.url, BUTTONS],
])("the page of faults of %s", (_name, start, buttons) => {
  it.each(Object.entries(buttons))('has the button %s, which "none" ends', async (fault, now) => {
    const url = await start();
    const page = async () => (await fetch(`${url}/break`)).text();
    expect(await page()).toContain(`value="${fault}"`);
    expect(await press(url, fault)).toBe(303);
    expect(await page()).toMatch(new RegExp(now, "s"));
    expect(await press(url, "none")).toBe(303);
    expect(await page()).toMatch(/<h2>Now<\/h2><ul><li>Webhooks: as usual/);
  });

  it("has no other buttons", async () => {
    const url = await start();
    const page = await (await fetch(`${url}/break`)).text();
    const names = [...page.matchAll(/name="fault" value="(\w+)"/g)].map(([, name]) => name);
    expect(names.sort()).toEqual([...Object.keys(buttons), "none"].sort());
    expect(await press(url, "nonsense")).toBe(422);
  });
});

it("a button breaks the next call that moves money, and no other", async () => {
  const { fakeStripe, stripe } = await stripeForTest();
  const create = () => stripe.paymentIntents.create(params);
  await press(fakeStripe.url, "error");
  await stripe.customers.list();
  expect(await stripeError(create())).toMatchObject({ statusCode: 500 });
  expect((await create()).amount).toBe(500);
});
