import { beforeAll, expect, test } from "vitest";
import type { loadEndpoints } from "@/app/api/openapi.json/document";
import { type Access, TABLE } from "./access-table";
import { databaseState } from "./database-state";
import { type Operator, signedIn } from "./operator";
import { openShop } from "./shop";

/** Every operation of the API, called by every kind of caller, with objects that exist and belong to `owner`. */
const shop = openShop({ only: [] });

type Caller = "nobody" | "token of another order" | "owner" | "other customer" | "manager" | "admin";
/** `allowed`: the caller is not the reason of a refusal. A problem with the request itself may follow. */
type Answer = "allowed" | 400 | 401 | 403 | 404;

const SESSION = { nobody: 401, "token of another order": 401 } as const;
const EVERYONE = { owner: "allowed", "other customer": "allowed", manager: "allowed", admin: "allowed" } as const;

const ANSWERS: Record<Access, Record<Caller, Answer>> = {
  public: { nobody: "allowed", "token of another order": "allowed", ...EVERYONE },
  session: { ...SESSION, ...EVERYONE },
  owner: { ...SESSION, owner: "allowed", "other customer": 404, manager: 404, admin: 404 },
  order: { nobody: 401, "token of another order": 404, ...EVERYONE, "other customer": 404 },
  manager: { ...SESSION, ...EVERYONE, owner: 403, "other customer": 403 },
  admin: { ...SESSION, owner: 403, "other customer": 403, manager: 403, admin: "allowed" },
  signature: everyone(400),
  link: everyone(400),
  key: everyone(401),
};

function everyone(answer: Answer): Record<Caller, Answer> {
  return {
    ...{ nobody: answer, "token of another order": answer },
    ...{ owner: answer, "other customer": answer, manager: answer, admin: answer },
  };
}

const CALLERS: Caller[] = ["nobody", "token of another order", "owner", "other customer", "manager", "admin"];
let people: Record<Exclude<Caller, "nobody" | "token of another order">, Operator>;
let otherToken = "";
/** The id in the path of each group of operations. */
let ids: [prefix: string, id: string][] = [];

beforeAll(async () => {
  people = {
    owner: await signedIn(shop, "customer"),
    "other customer": await signedIn(shop, "customer"),
    manager: await signedIn(shop, "manager"),
    admin: await signedIn(shop, "admin"),
  };
  const { owner, admin, "other customer": other } = people;
  const create = async (who: Operator, path: string, body: object, status = 201) =>
    who.read<{ id: string }>(who.post(path, body), status);
  const buy = async (who: Operator) => {
    const items = [{ productId: product, quantity: 1 }];
    const body = { items, email: who.email, paymentMethod: "pm_card_visa" };
    return (await who.read<{ order: { id: string; token: string } }>(who.post("/api/checkout", body), 201)).order;
  };
  const product = await shop.product(5);
  const order = await buy(owner);
  otherToken = (await buy(other)).token;
  const endpoint = { url: "http://127.0.0.1:9/hook", events: ["order.confirmed"] };
  const webhook = await create(owner, "/api/account/webhooks", endpoint);
  await shop.sql(
    `INSERT INTO webhook_deliveries (id, endpoint_id, event, body, status, created_at, ended_at)
     VALUES ('whd_1', $1, 'order.confirmed', '{}', 'delivered', now(), now())`,
    [webhook.id],
  );
  const expense = await create(owner, "/api/expenses", { amount: 1_000, currency: "EUR", description: "Taxi" });
  const coupon = await admin.read<{ code: string }>(
    admin.post("/api/admin/coupons", { kind: "percent", percent: 10 }),
    201,
  );
  const broadcast = await create(admin, "/api/admin/broadcasts", {
    ...{ title: "News", message: "Hello", segment: { type: "all" } },
  });
  const job = await create(admin, "/api/admin/jobs", { kind: "customer_value" });
  const file = { url: "http://127.0.0.1:9/a.csv", type: "stock" };
  const imported = await create(admin, "/api/admin/imports", file);
  await shop.sql(
    "INSERT INTO alerts (id, kind, incident, subject, detail, created_at) VALUES ('alert_1', 'k', 'i', 's', '{}', now())",
  );
  await shop.sql(
    "INSERT INTO manual_queue (id, kind, entity_id, cause, created_at) VALUES ('task_1', 'import', $1, $2, now())",
    [imported.id, { code: "source_refused", message: "The file's server answers 404." }],
  );
  const [email] = await shop.sql<{ id: string }>("SELECT id FROM emails WHERE recipient = $1", [owner.email]);
  for (const who of Object.values(people))
    await create(who, "/api/account/subscription", { planId: "plan_plus", paymentMethod: "pm_card_visa" });
  // Without an open charge a cancelled subscription is live until its period ends, so it can be cancelled again.
  await shop.sql("UPDATE subscription_charges SET status = 'waived'");
  ids = [
    ["/api/account/webhooks/", webhook.id],
    ["/api/admin/alerts/", "alert_1"],
    ["/api/admin/broadcasts/", broadcast.id],
    ["/api/admin/coupons/", coupon.code],
    ["/api/admin/customers/", owner.id],
    ["/api/admin/emails/", email?.id ?? expect.fail("no email")],
    ["/api/admin/expenses/", expense.id],
    ["/api/admin/experiments/", "welcome-subject"],
    ["/api/admin/imports/", imported.id],
    ["/api/admin/jobs/", job.id],
    ["/api/admin/manual-queue/", "task_1"],
    ["/api/admin/orders/", order.id],
    ["/api/admin/plans/", "plan_plus"],
    ["/api/admin/products/", product],
    ["/api/admin/users/", owner.id],
    ["/api/expenses/", expense.id],
    ["/api/orders/", order.id],
    ["/api/products/", product],
  ];
});

/** The calls that change something come after those that read, and those that delete come last. */
const RANK = ["GET", "POST", "PUT", "PATCH", "DELETE"];
const OPERATIONS = Object.entries(TABLE)
  .map(([operation, [access]]) => {
    const [method = "", path = ""] = operation.split(" ");
    return { operation, method, path, access };
  })
  .sort((a, b) => RANK.indexOf(a.method) - RANK.indexOf(b.method));

function addressOf({ method, path }: { method: string; path: string }): string {
  const id = ids.find(([prefix]) => path.startsWith(prefix))?.[1] ?? "";
  return path
    .replace("{all}", method === "GET" ? "get-session" : "sign-in/email")
    .replace("{file}", "swagger-ui.css")
    .replace("{deliveryId}", "whd_1")
    .replace(/\{(id|code)\}/, id);
}

async function call(caller: Caller, operation: (typeof OPERATIONS)[number]): Promise<string> {
  const { method, access } = operation;
  const headers: Record<string, string> = { "content-type": "application/json" };
  if (caller === "token of another order") headers.authorization = `Bearer ${otherToken}`;
  const path = addressOf(operation) + (access === "link" ? "?token=none" : "");
  const init = { method, headers, body: method === "GET" ? null : "{}" };
  const signed = caller === "nobody" || caller === "token of another order" ? undefined : people[caller];
  const response = await (signed ? signed.send(path, init) : fetch(`${shop.app}${path}`, init));
  const { status } = response;
  const refused = [401, 403, 404].includes(status) || (status === 400 && ["link", "signature"].includes(access));
  if (!refused) return status >= 500 && status !== 503 ? String(status) : "allowed";
  return String(status);
}

test("the table has every operation of the API", async () => {
  const document: { loadEndpoints: typeof loadEndpoints } = await import("@/app/api/openapi.json/document");
  const defined = Object.entries(await document.loadEndpoints()).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method} ${path}`),
  );
  expect(Object.keys(TABLE).sort()).toEqual(defined.sort());
});

test.each(CALLERS)("%s: each operation that is not theirs is refused, and no row is written", async (caller) => {
  const before = await databaseState(shop);
  const answers: Record<string, string> = {};
  const expected: Record<string, string> = {};
  for (const one of OPERATIONS) {
    const answer = ANSWERS[one.access][caller];
    if (answer === "allowed") continue;
    expected[one.operation] = String(answer);
    answers[one.operation] = await call(caller, one);
  }
  expect(answers).toEqual(expected);
  expect(await databaseState(shop)).toEqual(before);
});

test("the same tokens and ids in the query of an order open nothing either", async () => {
  const before = await databaseState(shop);
  for (const one of OPERATIONS.filter(({ access }) => access === "order")) {
    const path = `${addressOf(one)}?token=${otherToken}`;
    const body = one.method === "POST" ? JSON.stringify({ token: otherToken }) : one.method === "PATCH" ? "{}" : null;
    const headers = { "content-type": "application/json" };
    for (const send of [people["other customer"].send, people.owner.send])
      expect([one.operation, (await send(path, { method: one.method, headers, body })).status]).toEqual([
        one.operation,
        404,
      ]);
  }
  expect(await databaseState(shop)).toEqual(before);
});

test.each(CALLERS)("%s: each operation that is theirs is open", async (caller) => {
  const closed: string[] = [];
  for (const one of OPERATIONS.filter(
    ({ access, method }) => ANSWERS[access][caller] === "allowed" && method !== "DELETE",
  )) {
    const answer = await call(caller, one);
    if (answer !== "allowed") closed.push(`${one.operation}: ${answer}`);
  }
  expect(closed).toEqual([]);
});

test("what a person may delete, they can", async () => {
  const closed: string[] = [];
  for (const one of OPERATIONS.filter(({ method }) => method === "DELETE"))
    for (const caller of CALLERS.filter((who) => ANSWERS[one.access][who] === "allowed")) {
      const answer = await call(caller, one);
      if (answer !== "allowed") closed.push(`${caller}: ${one.operation}: ${answer}`);
    }
  expect(closed).toEqual([]);
});
