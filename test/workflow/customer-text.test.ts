import { afterEach, expect, test } from "vitest";
import { Client } from "./accounts";
import { signedIn } from "./operator";
import { audit, MINUTE, openShop } from "./shop";

/** The words of a customer in an email to somebody else: quoted, never as a link, never in a sentence of ours. */
const shop = openShop({ env: { REVIEW_FROM: "EUR:50000" } });
afterEach(audit);

const LURE = "Claim at https://evil.example/prize";
/** What an email program would make a link of. */
const LINKS = /https?:\/\/evil|evil\.example|www\.evil/i;

async function emailsTo(address: string): Promise<{ subject: string; text: string; html: string }[]> {
  await shop.clock.advance(MINUTE);
  const emails = await shop.emails(address);
  expect(emails.length).toBeGreaterThan(0);
  return emails;
}

test("a name or an address with a link does not become one in the emails about an order", async () => {
  const [shippingAddress, product] = [
    { line1: LURE, line2: "www.evil.example", city: "evil.example", postalCode: "10115", country: "DE", name: LURE },
    await shop.product(9, 50_000),
  ];
  const more = { name: "Your parcel waits", phone: "+49301", shippingAddress };
  const paid = await shop.checkout(product, more);
  const declined = await shop.checkout(product, { ...more, paymentMethod: "pm_card_visa_chargeDeclined" });
  await shop.clock.advance(MINUTE);
  for (const { email } of [paid, declined])
    for (const { subject, text, html } of await emailsTo(email)) {
      expect(`${subject} ${text} ${html}`).not.toMatch(LINKS);
      expect(text).not.toContain("Hello Your parcel waits");
    }
  const managers = (await emailsTo("manager@steadfast.example")).filter(({ text }) => text.includes(paid.id));
  for (const { subject, text, html } of managers) expect(`${subject} ${text} ${html}`).not.toMatch(LINKS);
});

test("the email to verify an address has no word of the person who signed up with it", async () => {
  const email = "victim@customers.example";
  await new Client(shop).signUp(email, { name: `Nora ${LURE}` });
  await new Client(shop).signUp("second@customers.example", { name: "Your Prize" });
  for (const address of [email, "second@customers.example"])
    for (const { subject, text } of await emailsTo(address)) expect(`${subject} ${text}`).not.toMatch(/prize|evil/i);
});

test("an expense is quoted to managers without links", async () => {
  const [customer, manager] = [await signedIn(shop, "customer"), await signedIn(shop, "manager")];
  await customer.read(customer.patch("/api/account", { name: "Click evil.example" }));
  const expense = { amount: 100, currency: "EUR", description: `${LURE} or mailto:x@evil.example` };
  await customer.read(customer.post("/api/expenses", expense), 201);
  const [request] = (await emailsTo(manager.email)).filter(({ subject }) => /Please decide/.test(subject));
  expect(`${request?.subject} ${request?.text} ${request?.html}`).not.toMatch(LINKS);
  expect(request?.text).toContain("evil[.]example");
});
