import { afterEach, beforeAll, expect, test } from "vitest";
import type { createApiKey } from "@/lib/auth/api-keys";
import type { addNote } from "@/lib/notes";
import { type Client, links, PASSWORD, register } from "./accounts";
import { behindLock } from "./concurrent-writers";
import { type Operator, signedIn } from "./operator";
import { audit, openShop } from "./shop";

/** A request has passed its session check when its account is deleted: it is refused, and leaves nothing of the user's. */
const shop = openShop({ only: [] });
afterEach(audit);

let admin: Operator;
let modules: { createApiKey: typeof createApiKey; addNote: typeof addNote };
beforeAll(async () => {
  admin = await signedIn(shop, "admin");
  const [{ createApiKey }, { addNote }] = await Promise.all([import("@/lib/auth/api-keys"), import("@/lib/notes")]);
  modules = { createApiKey, addNote };
  await shop.sql(
    `INSERT INTO plans (id, name, description, amount, currency, interval, created_at)
     VALUES ('plan_e', 'Plan', 'A plan', 900, 'EUR', 'month', '2026-01-01')`,
  );
});

interface User {
  id: string;
  email: string;
  client: Client;
}

const json = (method: string, body: unknown) => ({
  method,
  headers: { "content-type": "application/json" },
  body: JSON.stringify(body),
});
const statusOf = async (answer: Promise<Response>) => (await answer).status;
/** The status of the AppError that a function throws, for what only a server action of the console does. */
const refusalOf = (work: Promise<unknown>) =>
  work.then(
    () => 200,
    ({ status }: { status: number }) => status,
  );

const browser = {
  endpoint: "https://198.51.100.7/push/erased",
  keys: { p256dh: Buffer.alloc(65, 4).toString("base64url"), auth: Buffer.alloc(16, 1).toString("base64url") },
};

const REQUESTS: [string, number, (user: User) => Promise<number>, string][] = [
  [
    "a subscription",
    401,
    ({ client }) =>
      statusOf(client.post("/api/account/subscription", { planId: "plan_e", paymentMethod: "pm_card_visa" })),
    "SELECT 1 FROM subscriptions WHERE user_id = $1",
  ],
  [
    "a change of the profile",
    401,
    ({ client }) => statusOf(client.fetch("/api/account", json("PATCH", { name: "Nora Alt", phone: "+49 30 1" }))),
    "SELECT 1 FROM users LEFT JOIN profiles p ON p.user_id = id WHERE id = $1 AND (name <> 'Deleted account' OR p.user_id = id)",
  ],
  [
    "an expense",
    401,
    ({ client }) => statusOf(client.post("/api/expenses", { amount: 100, currency: "EUR", description: "Train" })),
    "SELECT 1 FROM expenses WHERE submitter_id = $1",
  ],
  [
    "a webhook",
    401,
    ({ client }) =>
      statusOf(client.post("/api/account/webhooks", { url: "https://198.51.100.7/hook", events: ["order.confirmed"] })),
    "SELECT 1 FROM webhook_endpoints WHERE user_id = $1",
  ],
  [
    "a push subscription",
    401,
    ({ client }) => statusOf(client.post("/api/account/push-subscriptions", browser)),
    "SELECT 1 FROM push_subscriptions WHERE user_id = $1",
  ],
  [
    "a payout account",
    404,
    ({ id }) => statusOf(admin.patch(`/api/admin/users/${id}/payout-account`, { account: "acct_1" })),
    "SELECT 1 FROM payout_accounts WHERE user_id = $1",
  ],
  [
    "a note about the user",
    404,
    ({ id }) => refusalOf(modules.addNote({ userId: id }, { text: "Calls often" }, { id: admin.id, name: "Staff" })),
    "SELECT 1 FROM notes WHERE user_id = $1",
  ],
  [
    "an API key",
    401,
    ({ id, email }) =>
      refusalOf(
        modules.createApiKey(
          { id, email, name: "Nora Neu", role: "admin" },
          { name: "Robot", scopes: ["orders:read"], expiresInDays: 7, requestsPerMinute: 10 },
        ),
      ),
    "SELECT 1 FROM api_keys WHERE user_id = $1",
  ],
];

test.each(["signed-in", "guest"])(
  "a checkout in flight of a %s customer while the account is deleted: the order is that of a guest",
  async (who) => {
    const email = `erased-checkout-${who}@customers.example`;
    const client = await register(shop, email);
    const [{ id }] = (await shop.sql<{ id: string }>("SELECT id FROM users WHERE email = $1", [email])) as [User];
    expect(await statusOf(client.post("/api/auth/delete-user", { password: PASSWORD, callbackURL: "/" }))).toBe(200);
    const [link = ""] = await links(shop, email, /delete-user/);
    const order = {
      items: [{ productId: await shop.product(1), quantity: 1 }],
      ...{ email, paymentMethod: "pm_card_visa" },
    };
    const checkout = () =>
      who === "guest"
        ? fetch(`${shop.app}/api/checkout`, json("POST", order))
        : client.fetch("/api/checkout", json("POST", order));
    const ends = await behindLock(
      "SELECT 1 FROM users WHERE id = $1 FOR UPDATE",
      [id],
      [() => statusOf(client.fetch(link)), () => statusOf(checkout())],
    );
    expect(ends).toMatchObject([{ value: 302 }, { value: 201 }]);
    expect(await shop.sql("SELECT user_id FROM orders WHERE email = $1", [email])).toEqual([{ user_id: null }]);
  },
);

test.each(REQUESTS)("%s in flight while the account is deleted: refused, and nothing is stored", async (...row) => {
  const [what, refused, request, rows] = row;
  const email = `erased-${what.replaceAll(" ", "-").toLowerCase()}@customers.example`;
  const client = await register(shop, email);
  const [{ id }] = (await shop.sql<{ id: string }>("SELECT id FROM users WHERE email = $1", [email])) as [User];
  expect(await statusOf(client.post("/api/auth/delete-user", { password: PASSWORD, callbackURL: "/" }))).toBe(200);
  const [link = ""] = await links(shop, email, /delete-user/);
  const ends = await behindLock(
    "SELECT 1 FROM users WHERE id = $1 FOR UPDATE",
    [id],
    [() => statusOf(client.fetch(link)), () => request({ id, email, client })],
  );
  expect(ends).toMatchObject([{ value: 302 }, { value: refused }]);
  expect(await shop.sql("SELECT deleted_at IS NOT NULL AS deleted FROM users WHERE id = $1", [id])).toEqual([
    { deleted: true },
  ]);
  expect(await shop.sql(rows, [id])).toEqual([]);
});
