import { afterEach, beforeAll, expect, test } from "vitest";
import { type Operator, signedIn } from "./operator";
import { problem } from "./problem";
import { audit, HOUR, MINUTE, openShop } from "./shop";

/** An alert is open until an operator resolves it or its cause ends. The same incident can raise another one afterwards. */
const shop = openShop();
afterEach(audit);
let manager: Operator;
beforeAll(async () => {
  manager = await signedIn(shop);
});

interface Alert {
  id: string;
  subject: string;
}

const alerts = async (status: "open" | "resolved", about: string) =>
  (await manager.read<{ items: Alert[] }>(manager.get(`/api/admin/alerts?status=${status}`))).items.filter((alert) =>
    alert.subject.includes(about),
  );
const resolve = (id: string | undefined) => manager.post(`/api/admin/alerts/${id}/resolve`);
const emails = async (about: string) =>
  (await shop.emails("operators@steadfast.example")).filter(({ subject }) => subject.includes(about)).length;

test("an incident has one open alert; resolved, it raises another one, which is emailed again", async () => {
  const nobody = "No manager can decide";
  const submitter = await signedIn(shop, "customer");
  // The manager of this test decides on nothing: the alert is about an expense of the only manager.
  await shop.sql("UPDATE users SET role = 'customer' WHERE role <> 'customer' AND id <> $1", [manager.id]);
  const own = await manager.read<{ id: string }>(
    manager.post("/api/expenses", { amount: 100, currency: "EUR", description: "Bus" }),
    201,
  );
  await shop.clock.advance(2 * MINUTE);
  const [first] = await alerts("open", nobody);
  expect(await emails(nobody)).toBe(1);

  // The same event again, while the alert is open and after it.
  const again = (id: string) =>
    fetch(`${shop.inngest}/e/key`, {
      method: "POST",
      body: JSON.stringify({ name: "expense/submitted", id, data: { expenseId: own.id } }),
    });
  await again("one");
  await shop.clock.advance(2 * MINUTE);
  expect(await alerts("open", nobody)).toHaveLength(1);
  expect((await resolve(first?.id)).status).toBe(200);
  expect((await resolve(first?.id)).status).toBe(200);
  expect(await alerts("open", nobody)).toEqual([]);
  expect(await alerts("resolved", nobody)).toHaveLength(1);
  await again("two");
  await shop.clock.advance(2 * MINUTE);
  expect(await alerts("open", nobody)).toHaveLength(1);
  expect(await emails(nobody)).toBe(2);
  expect(await problem(await resolve("alert_none"))).toMatchObject({ status: 404 });
  expect((await submitter.get("/api/admin/alerts")).status).toBe(403);
});

test("a decision in the manual queue resolves the alert of its task", async () => {
  const placed = await shop.checkout(await shop.product(1), { paymentMethod: "pm_card_refundFail" });
  await shop.finish(placed);
  expect(await shop.cancel(placed)).toBe(202);
  await shop.clock.advance(3 * HOUR);
  expect(await alerts("open", "Refund")).toHaveLength(1);
  const { items } = await manager.read<{ items: { id: string; kind: string }[] }>(
    manager.get("/api/admin/manual-queue"),
  );
  const task = items.find(({ kind }) => kind === "refund");
  expect((await manager.post(`/api/admin/manual-queue/${task?.id}/resolve`, { action: "dismiss" })).status).toBe(200);
  expect(await alerts("open", "Refund")).toEqual([]);
  await shop.clock.advance(20 * MINUTE);
  expect(await alerts("open", "Refund")).toEqual([]);
});
