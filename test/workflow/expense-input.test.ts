import { afterEach, beforeAll, expect, test } from "vitest";
import { EXPENSE_FUNCTIONS, type Expenses, openExpenses } from "./expenses";
import type { Operator } from "./operator";
import { problem } from "./problem";
import { audit, openShop } from "./shop";

const shop = openShop({ only: EXPENSE_FUNCTIONS });
let office: Expenses;
beforeAll(async () => {
  office = await openExpenses(shop);
});
afterEach(audit);

const GOOD = { amount: 4_200, currency: "EUR", description: "Train to the fair" };
const count = async () => (await shop.sql("SELECT id FROM expenses")).length;

test.each([
  ["no amount", { amount: undefined }, "amount"],
  ["an amount of 0", { amount: 0 }, "amount"],
  ["an amount of 10¹²", { amount: 1e12 }, "amount"],
  ["one more than Stripe accepts", { amount: 100_000_000 }, "amount"],
  ["a negative amount", { amount: -1 }, "amount"],
  ["a fraction of a cent", { amount: 12.5 }, "amount"],
  ["an amount in words", { amount: "4200" }, "amount"],
  ["an unknown currency", { currency: "XXX" }, "currency"],
  ["a currency in lower case", { currency: "eur" }, "currency"],
  ["an empty description", { description: "  " }, "description"],
  ["a huge description", { description: "x".repeat(2_001) }, "description"],
  ["a description with NUL", { description: "a\u0000b" }, "description"],
  ["an unknown field", { status: "approved" }, "status"],
])("%s: refused with the name of the field, and nothing is stored", async (_what, wrong, path) => {
  const before = await count();
  const response = await office.submitter.post("/api/expenses", { ...GOOD, ...wrong });
  expect(response.status).toBe(422);
  expect(response.headers.get("content-type")).toBe("application/problem+json");
  expect(await response.json()).toMatchObject({ code: "validation_failed", errors: [{ path }] });
  expect(await count()).toBe(before);
});

test("submitting and deciding require sign-in, deciding requires a manager, and nobody sees an expense of somebody else", async () => {
  const id = await office.submit(office.submitter);
  expect((await shop.post("/api/expenses", GOOD)).status).toBe(401);
  expect((await shop.post(`/api/admin/expenses/${id}/decision`, { approve: true })).status).toBe(401);
  expect((await office.decide(office.submitter, id, true)).status).toBe(403);
  expect((await office.submitter.get("/api/admin/expenses")).status).toBe(403);
  expect((await office.submitter.get(`/api/expenses/${id}`)).status).toBe(200);
  expect((await office.manager.get(`/api/expenses/${id}`)).status).toBe(404);
  expect((await office.decide(office.manager, "exp_none", true)).status).toBe(404);
  expect(await office.read(id)).toMatchObject({ status: "pending" });
});

test("a decision without an answer, or with a note that is too long, is refused with the name of the field", async () => {
  const id = await office.submit(office.submitter);
  const decide = (body: unknown) => office.manager.post(`/api/admin/expenses/${id}/decision`, body);
  for (const [body, path] of [
    [{}, "approve"],
    [{ approve: "yes" }, "approve"],
    [{ approve: true, note: "x".repeat(1_001) }, "note"],
  ] as const) {
    const response = await decide(body);
    expect(response.status).toBe(422);
    expect(await response.json()).toMatchObject({ errors: [{ path }] });
  }
  expect((await office.manager.get("/api/admin/expenses?status=lost")).status).toBe(422);
  expect((await office.manager.get("/api/admin/expenses?cursor=%00")).status).toBe(422);
  expect(await office.read(id)).toMatchObject({ status: "pending" });
});

test("a manager cannot approve their own expense: not through the API, and there is no link for it", async () => {
  const id = await office.submit(office.manager);
  await shop.settle();
  const refused = await office.decide(office.manager, id, true);
  expect(refused.status).toBe(403);
  expect(await refused.json()).toMatchObject({ code: "own_expense" });
  const { signLink } = await import("@/lib/signed-links");
  const own = `${shop.app}/approvals/${signLink("expense-decision", { expenseId: id, managerId: office.manager.id })}`;
  expect((await office.press(own, "approve")).status).toBe(403);
  const asked = await shop.sql<{ recipient: string }>("SELECT recipient FROM emails WHERE entity_id = $1", [id]);
  expect(asked).toEqual([{ recipient: office.other.email }]);
  expect(await office.read(id)).toMatchObject({ status: "pending" });
});

test("a link is refused if it is changed, of another manager, of a demoted manager, sent without a choice, or used again", async () => {
  const id = await office.submit(office.submitter);
  await shop.settle();
  const link = await office.link(office.manager);
  const [content = "", signature = ""] = link.split("/approvals/")[1]?.split(".") ?? [];
  const swapped = Buffer.from(
    Buffer.from(content, "base64url").toString().replace(office.manager.id, office.other.id),
  ).toString("base64url");
  for (const token of ["nothing", `${swapped}.${signature}`, `${content}.${signature.slice(0, -2)}AA`]) {
    const refused = await office.press(`${shop.app}/approvals/${token}`, "approve");
    expect(refused.status).toBe(400);
    expect(refused.text).toContain("is not a link of ours");
  }
  const borrowed = await office.other.get(link.slice(shop.app.length));
  expect(await borrowed.json()).toMatchObject({ status: 403, code: "link_borrowed" });
  expect((await office.press(link, "maybe")).status).toBe(422);
  expect((await office.press(link, "")).status).toBe(422);
  await shop.sql("UPDATE users SET role = 'customer' WHERE id = $1", [office.manager.id]);
  expect((await office.press(link, "approve")).status).toBe(403);
  await shop.sql("UPDATE users SET role = 'manager' WHERE id = $1", [office.manager.id]);
  expect(await office.read(id)).toMatchObject({ status: "pending" });

  expect((await office.press(link, "reject")).status).toBe(200);
  const again = await office.press(link, "approve");
  expect(again.status).toBe(409);
  expect(again.text).toMatch(/rejected by Staff/);
  expect(await office.read(id)).toMatchObject({ status: "rejected" });
});

test("the pages of a list contain every expense once, newest first", async () => {
  for (let n = 0; n < 3; n++) await office.submit(office.submitter);
  const pages = async (limit: number) => {
    const ids: string[] = [];
    let cursor: string | null = "";
    while (cursor !== null) {
      const path: string = `/api/admin/expenses?limit=${limit}${cursor && `&cursor=${cursor}`}`;
      const page: { items: { id: string }[]; nextCursor: string | null } = await office.manager.read(
        office.manager.get(path),
      );
      ids.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor;
    }
    return ids;
  };
  const stored = await shop.sql<{ id: string }>("SELECT id FROM expenses ORDER BY created_at DESC, id DESC");
  expect(await pages(2)).toEqual(stored.map(({ id }) => id));
  expect((await office.manager.get("/api/admin/expenses?cursor=exp_gone")).status).toBe(422);
});

test("the same request again under one Idempotency-Key is the same expense, also at the same moment", async () => {
  const before = await count();
  const send = (by: Operator, body: object) => by.post("/api/expenses", body, { "idempotency-key": "train" });
  const both = await Promise.all([send(office.submitter, GOOD), send(office.submitter, GOOD)]);
  expect(both.map(({ status }) => status).sort()).toEqual([200, 201]);
  const [first, second] = await Promise.all(both.map((response) => response.json()));
  expect(second).toEqual(first);
  expect(await office.submitter.read(send(office.submitter, GOOD))).toEqual(first);
  const other = send(office.submitter, { ...GOOD, amount: 4_300 });
  expect(await problem(await other)).toMatchObject({ status: 409, code: "idempotency_key_reused" });
  expect(await count()).toBe(before + 1);
  // A key belongs to its caller.
  expect((await send(office.manager, GOOD)).status).toBe(201);
});
