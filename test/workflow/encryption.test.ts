import { encryptionMiddleware } from "@inngest/middleware-encryption";
import { Inngest } from "inngest";
import { afterEach, expect, test } from "vitest";
import { audit, MINUTE, openShop } from "./shop";

/** The key is being replaced: a storefront still encrypts with the former one. */
const [KEY, FORMER] = ["k".repeat(32), "f".repeat(32)];
const shop = openShop({
  only: ["process-order", "ingest-user-registered", "ingest-order-created"],
  env: { GIFT_PERCENT: "0", INNGEST_ENCRYPTION_KEY: KEY, INNGEST_ENCRYPTION_KEY_FALLBACK: FORMER },
});
afterEach(audit);

/** A storefront that shares an encryption key with the shop. */
const storefront = (key: string) =>
  new Inngest({
    ...{ id: "storefront", isDev: true, baseUrl: shop.inngest, eventKey: "key" },
    middleware: [encryptionMiddleware({ key })],
  });

/** Returns all that the engine shows of the events and runs. */
async function seenByInngest(): Promise<string> {
  const text = async (path: string) => (await fetch(`${shop.inngest}${path}`)).text();
  const lists = await Promise.all(["/", "/events"].map(text));
  const pages = lists
    .flatMap((list) => [...list.matchAll(/href="(\/(?:runs|events)\/[^"?]+)"/g)])
    .map(([, path]) => path);
  return (await Promise.all([...new Set(pages)].map((path) => text(path ?? "")))).join("\n");
}

test("an order runs with encrypted results; Inngest gets no address, and others read it with the key", async () => {
  const placed = await shop.checkout(await shop.product(1));
  expect(await shop.finish(placed)).toMatchObject({ status: "confirmed" });
  const [sent] = await shop.sql<{ data: object }>(
    "SELECT o.data FROM outbox o JOIN emails e ON o.id = 'email-sent:' || e.id WHERE e.recipient = $1",
    [placed.email],
  );
  expect(sent?.data).toMatchObject({ kind: "order_confirmed", encrypted: { to: placed.email } });
  const seen = await seenByInngest();
  expect(seen).toContain("email/sent");
  expect(seen).toContain("__ENCRYPTED__");
  expect(seen).not.toContain(placed.email);
});

test.each([
  { which: "the current", key: KEY },
  { which: "the former", key: FORMER },
])("a storefront sends personal data encrypted with $which key", async ({ key }) => {
  const [userId, email] = [`U-${key[0]}`, `encrypted-${key[0]}@customers.example`];
  await storefront(key).send({ name: "user/registered", data: { userId, encrypted: { email, name: "Ann" } } });
  const items = [{ productId: await shop.product(1), quantity: 1 }];
  const order = { orderId: `A-${key[0]}`, items, paymentMethod: "pm_card_visa", encrypted: { email } };
  await storefront(key).send({ name: "order/created", data: order });
  await shop.clock.advance(MINUTE);
  expect(await shop.sql("SELECT name FROM users WHERE external_id = $1 AND email = $2", [userId, email])).toEqual([
    { name: "Ann" },
  ]);
  expect(await shop.sql("SELECT status, email FROM orders WHERE external_id = $1", [order.orderId])).toEqual([
    { status: "confirmed", email },
  ]);
  expect(await seenByInngest()).not.toContain(email);
});

test("data encrypted with another key is refused, and stores nothing", async () => {
  await storefront("o".repeat(32)).send({
    name: "user/registered",
    data: { userId: "U-o", encrypted: { email: "o@x.example" } },
  });
  await shop.clock.advance(MINUTE);
  expect(await shop.sql("SELECT 1 FROM users WHERE external_id = 'U-o'")).toEqual([]);
});
