import { createHash, randomBytes } from "node:crypto";
import { type Session, signIn, signUp } from "@/dev/fixtures/session";
import type { StackInfo } from "@/dev/stack-file";
import type { Caller, Context } from "./requests";

export type Query = <T extends object>(text: string, values?: unknown[]) => Promise<T[]>;

export interface Target extends Pick<StackInfo, "app" | "mailbox" | "users"> {
  sql: Query;
  /** Values that no answer may contain. */
  secrets: string[];
}

/** The headers with which each caller shows who it is. `account` is a customer whose session may end. */
export type Credentials = Record<Exclude<Caller, "nobody"> | "account", [name: string, value: string]>;

const cookieOf = ({ storageState }: Session): [string, string] => [
  "cookie",
  storageState.cookies.map(({ name, value }) => `${name}=${value}`).join("; "),
];

const ALL_SCOPES = Object.fromEntries(
  [
    "orders",
    "catalogue",
    "coupons",
    "broadcasts",
    "reports",
    "operations",
    "webhooks",
    "customers",
    "emails",
    "expenses",
  ]
    .map((resource): [string, string[]] => [resource, ["read", "write"]])
    .concat([["checkout", ["use"]]]),
);

/** Creates an API key and returns it. Its limit is above what a run sends. */
async function createKey(sql: Query, permissions: object): Promise<[string, string]> {
  const key = `sk_${randomBytes(32).toString("hex")}`;
  const hash = createHash("sha256").update(key).digest("base64url");
  await sql(
    `INSERT INTO api_keys (id, name, start, user_id, key, permissions, rate_limit_max, rate_limit_time_window, expires_at, created_at, updated_at)
     VALUES ($1, 'Fuzz', $2, 'usr_admin', $3, $4, 1000000, 60000, now() + interval '1 day', now(), now())`,
    [`api_${hash.slice(0, 8)}`, key.slice(0, 8), hash, JSON.stringify(permissions)],
  );
  return ["authorization", `Bearer ${key}`];
}

/**
 * Signs the callers in and creates objects of their own, so that a run changes none of the shop's. Returns the credentials and the
 * values that requests choose from.
 */
export async function createFixtures({
  app,
  mailbox,
  users,
  sql,
}: Target): Promise<{ credentials: Credentials; context: Context }> {
  const run = randomBytes(4).toString("hex");
  const [admin, manager] = [await signIn({ app, users }, "admin"), await signIn({ app, users }, "manager")];
  const newCustomer = (name: string) =>
    signUp({ app, mailbox }, name, `${name.toLowerCase()}-${run}@customers.example`);
  const [customer, account, target] = [
    await newCustomer("Fuzz"),
    await newCustomer("Account"),
    await newCustomer("Target"),
  ];
  const [user] = await sql<{ id: string }>("SELECT id FROM users WHERE email = $1", [target.email]);
  const userId = user?.id ?? "";
  const products: string[] = [];
  for (const sku of ["A", "B", "C"]) {
    const request = {
      sku: `FUZZ-${run}-${sku}`,
      name: `Thing ${sku}`,
      description: "For a test",
      price: EUR(1_000),
      stock: 5_000,
    };
    products.push((await admin.post<{ id: string }>("/api/admin/products", request)).id);
  }
  const items = [{ productId: products[0], quantity: 1 }];
  const cart = { items, email: customer.email, paymentMethod: "pm_card_visa" };
  const [first, second] = [await order(customer, cart), await order(customer, cart)];
  const other = await order(target, { ...cart, email: target.email });
  const coupons: string[] = [];
  for (const percent of [10, 20, 30])
    coupons.push((await admin.post<{ code: string }>("/api/admin/coupons", { kind: "percent", percent })).code);
  const later = new Date(Date.now() + 7 * 86_400_000).toISOString();
  const broadcast = await admin.post<{ id: string }>("/api/admin/broadcasts", {
    ...{ title: "Fuzz", message: "Hello", segment: { type: "role", role: "admin" }, scheduledAt: later },
  });
  const monthly = { name: "Fuzz plan", price: EUR(900), interval: "month" };
  const plan = await admin.post<{ id: string }>("/api/admin/plans", monthly);
  const job = await admin.post<{ id: string }>("/api/admin/jobs", { kind: "customer_value" });
  const file = { url: "http://127.0.0.1:9/a.csv", type: "stock", dryRun: true };
  const imported = await admin.post<{ id: string }>("/api/admin/imports", file);
  const hook = await customer.post<{ id: string }>("/api/account/webhooks", {
    ...{ url: "http://127.0.0.1:9/hook", events: ["order.confirmed"] },
  });
  const expense = await customer.post<{ id: string }>("/api/expenses", { ...EUR(1_000), description: "Taxi" });
  await sql(
    `INSERT INTO webhook_deliveries (id, endpoint_id, event, body, status, created_at, ended_at)
     VALUES ($1, $2, 'order.confirmed', '{}', 'delivered', now(), now())`,
    [`whd_${run}`, hook.id],
  );
  await sql(
    "INSERT INTO alerts (id, kind, incident, subject, detail, created_at) VALUES ($1, 'fuzz', $1, 's', '{}', now())",
    [`alert_${run}`],
  );
  const [email] = await sql<{ id: string }>("SELECT id FROM emails WHERE recipient = $1", [target.email]);
  const credentials: Credentials = {
    ...{ admin: cookieOf(admin), manager: cookieOf(manager), customer: cookieOf(customer), account: cookieOf(account) },
    key: await createKey(sql, ALL_SCOPES),
    "narrow key": await createKey(sql, { coupons: ["read"] }),
    "order token": ["authorization", `Bearer ${first.token}`],
  };
  const orders = [first.id, second.id, other.id];
  const context: Context = {
    fields: {
      ...{ productId: products, email: [target.email, customer.email], userId: [userId], couponCode: coupons },
      ...{
        paymentMethod: CARDS,
        country: ["DE", "US", "JP"],
        postalCode: ["10115", "90210"],
        currency: ["EUR", "USD"],
      },
      ...{
        planId: ["plan_plus", plan.id, "plan_none"],
        token: [first.token],
        segment: [{ type: "role", role: "admin" }],
      },
      ...{ url: LOCAL, endpoint: LOCAL, expectedTotal: [EUR(1_000), EUR(999)], cursor: [""], paths: [""] },
      ...{ events: [["order.confirmed"], ["order.shipped", "order.cancelled"]], scheduledAt: [later] },
      jsonrpc: ["2.0"],
      method: ["tools/list", "tools/call", "initialize", "ping", "resources/list"],
    },
    params: [
      ["/api/account/webhooks/{id}/deliveries/", [hook.id, `whd_${run}`]],
      ["/api/account/webhooks/", [hook.id]],
      ["/api/admin/alerts/", [`alert_${run}`]],
      ["/api/admin/broadcasts/", [broadcast.id]],
      ["/api/admin/coupons/", coupons],
      ["/api/admin/customers/", [userId]],
      ["/api/admin/emails/", [email?.id ?? "none"]],
      ["/api/admin/expenses/", [expense.id]],
      ["/api/admin/imports/", [imported.id]],
      ["/api/admin/jobs/", [job.id]],
      ["/api/admin/orders/", orders],
      ["/api/admin/plans/", [plan.id]],
      ["/api/admin/products/", products],
      ["/api/admin/users/", [userId]],
      ["/api/auth/", AUTH_PATHS],
      ["/api/docs/", ["swagger-ui.css", "index.html"]],
      ["/api/expenses/", [expense.id]],
      ["/api/orders/", orders],
      ["/api/products/", products],
    ],
  };
  return { credentials, context };
}

const EUR = (amount: number) => ({ amount, currency: "EUR" });
const LOCAL = ["http://127.0.0.1:9/a.csv", "http://127.0.0.1:9/hook"];
const CARDS = ["pm_card_visa", "pm_card_visa_chargeDeclined", "pm_card_authenticationRequired", "pm_none"];
const AUTH_PATHS =
  "get-session sign-in/email sign-up/email sign-out verify-email change-password change-email delete-user reset-password request-password-reset send-verification-email update-user list-sessions revoke-sessions revoke-session reset-password/none verify-password delete-user/callback api-key/create list-accounts ok error".split(
    " ",
  );

const order = async (buyer: Session, cart: object) =>
  (await buyer.post<{ order: { id: string; token: string } }>("/api/checkout", cart)).order;
