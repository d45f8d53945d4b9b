import { afterEach, expect, test } from "vitest";
import { signedIn } from "./operator";
import { audit, openShop, type Placed } from "./shop";

const shop = openShop();
afterEach(audit);

const good = { title: "News", message: "Something happened.", segment: { type: "all" } };

test("a broadcast without text or without recipients is refused with the field's name, and nothing is saved", async () => {
  const manager = await signedIn(shop);
  const refused = async (body: object) => {
    const answer = await manager.post("/api/admin/broadcasts", { ...good, ...body });
    const { code, errors } = (await answer.json()) as { code: string; errors: { path: string }[] };
    return [answer.status, code, errors.map(({ path }) => path)];
  };
  expect(await refused({ title: "" })).toEqual([422, "validation_failed", ["title"]]);
  expect(await refused({ title: "  " })).toEqual([422, "validation_failed", ["title"]]);
  expect(await refused({ title: "two\nlines" })).toEqual([422, "validation_failed", ["title"]]);
  expect(await refused({ message: "" })).toEqual([422, "validation_failed", ["message"]]);
  expect(await refused({ message: "nul\0" })).toEqual([422, "validation_failed", ["message"]]);
  expect(await refused({ segment: { type: "everyone" } })).toEqual([422, "validation_failed", ["segment.type"]]);
  expect(await refused({ segment: { type: "active", days: 0 } })).toEqual([422, "validation_failed", ["segment.days"]]);
  expect(await refused({ segment: { type: "buyers", minOrders: 10_000 } })).toEqual([
    422,
    "validation_failed",
    ["segment"],
  ]);
  expect(await refused({ to: "me" })).toEqual([422, "validation_failed", ["to"]]);
  expect(await shop.sql("SELECT id FROM broadcasts")).toEqual([]);
});

test("the same request twice under one Idempotency-Key creates one broadcast; another request under it is refused", async () => {
  const manager = await signedIn(shop);
  const send = (body: object) => manager.post("/api/admin/broadcasts", body, { "idempotency-key": "click" });
  const segment = { type: "role", role: "manager" };
  const [first, second] = await Promise.all([send({ ...good, segment }), send({ ...good, segment })]);
  expect([first.status, second.status].sort()).toEqual([200, 201]);
  expect(await first.json()).toEqual(await second.json());
  expect((await send({ ...good, segment, title: "Other" })).status).toBe(409);
  expect(await shop.sql("SELECT count(*)::int AS n FROM broadcasts")).toEqual([{ n: 1 }]);
});

test("only managers have access: a visitor gets 401, a customer 403, an unknown id 404", async () => {
  const [manager, customer] = [await signedIn(shop), await signedIn(shop, "customer")];
  const endpoints = [
    ["POST", "/api/admin/broadcasts"],
    ["GET", "/api/admin/broadcasts"],
    ["POST", "/api/admin/broadcasts/preview"],
    ["GET", "/api/admin/broadcasts/bc_none"],
    ["POST", "/api/admin/broadcasts/bc_none/stop"],
  ] as const;
  for (const [method, path] of endpoints) {
    const body = method === "POST" ? good : undefined;
    const visit = await fetch(`${shop.app}${path}`, { method, body: body ? JSON.stringify(body) : null });
    expect([path, visit.status]).toEqual([path, 401]);
    const answer = await (method === "POST" ? customer.post(path, body) : customer.get(path));
    expect([path, answer.status]).toEqual([path, 403]);
  }
  expect((await manager.get("/api/admin/broadcasts/bc_none")).status).toBe(404);
  expect((await manager.post("/api/admin/broadcasts/bc_none/stop")).status).toBe(404);
});

test("the preview counts a segment: all users, by role, by activity, by orders", async () => {
  await shop.sql("DELETE FROM sessions");
  const manager = await signedIn(shop);
  const count = async (segment: object) =>
    (await manager.read<{ recipients: number }>(manager.post("/api/admin/broadcasts/preview", { segment }))).recipients;
  const [{ users, managers }] = (await shop.sql(
    "SELECT count(*)::int AS users, count(*) FILTER (WHERE role = 'manager')::int AS managers FROM users",
  )) as [{ users: number; managers: number }];
  expect(await count({ type: "all" })).toBe(users);
  expect(await count({ type: "role", role: "manager" })).toBe(managers);
  expect(await count({ type: "active", days: 1 })).toBe(1);
  expect(await count({ type: "inactive", days: 1 })).toBe(users - 1);
  const [buyer] = await shop.sql<{ email: string }>("SELECT email FROM users WHERE role = 'customer' LIMIT 1");
  const placed = await shop.checkout(await shop.product(1), { email: buyer?.email });
  expect(await count({ type: "active", days: 1 })).toBe(2);
  await shop.finish({ ...placed, email: buyer?.email ?? "" });
  expect(await count({ type: "buyers" })).toBe(1);
  expect(await count({ type: "buyers", minOrders: 2 })).toBe(0);
  expect(await count({ type: "buyers", days: 1 })).toBe(1);
});

test("a buyer who has changed the email address of the account still is a buyer, and active", async () => {
  const [manager, customer] = [await signedIn(shop), await signedIn(shop, "customer")];
  const count = async (segment: object) =>
    (await manager.read<{ recipients: number }>(manager.post("/api/admin/broadcasts/preview", { segment }))).recipients;
  const counts = async () => [await count({ type: "buyers" }), await count({ type: "active", days: 1 })];
  const items = [{ productId: await shop.product(1), quantity: 1 }];
  const request = { items, email: customer.email, paymentMethod: "pm_card_visa" };
  const { order } = await customer.read<{ order: Placed }>(customer.post("/api/checkout", request), 201);
  await shop.finish({ ...order, email: customer.email });
  await shop.sql("DELETE FROM sessions WHERE user_id = $1", [customer.id]);
  await shop.sql("DELETE FROM user_activity WHERE user_id = $1", [customer.id]);
  const before = await counts();
  await shop.sql("UPDATE users SET email = 'moved@shop.example' WHERE id = $1", [customer.id]);
  expect(await counts()).toEqual(before);
});

test("an event for an unknown broadcast or chunk ends without retries as not found", async () => {
  for (const [name, data] of [
    ["notification/broadcast", { broadcastId: "bc_gone" }],
    ["notification/send-individual", { broadcastId: "bc_gone", chunk: 0 }],
  ] as const) {
    const sent = await fetch(`${shop.inngest}/e/test`, { method: "POST", body: JSON.stringify([{ name, data }]) });
    const { ids } = (await sent.json()) as { ids: string[] };
    await shop.settle();
    const runs = await fetch(`${shop.inngest}/api/v2/events/${ids[0]}/runs?includeOutput=true`);
    const { data: found } = (await runs.json()) as { data: { status: string; output: unknown }[] };
    expect([name, found.length, found[0]?.status]).toEqual([name, 1, "COMPLETED"]);
    expect(JSON.stringify(found[0]?.output)).toContain("not_found");
  }
});
