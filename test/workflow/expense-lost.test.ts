import { afterEach, beforeAll, expect, test } from "vitest";
import { EXPENSE_FUNCTIONS, type Expenses, openExpenses } from "./expenses";
import { killAt, onStatement } from "./fault-injection";
import { audit, HOUR, MINUTE, openShop } from "./shop";

/** The engine loses the run that asks for an expense's approval. */
const shop = openShop({
  wires: true,
  env: { RECONCILE_EVERY_MINUTES: "15" },
  only: [...EXPENSE_FUNCTIONS, "reconcile"],
});
let office: Expenses;
beforeAll(async () => {
  office = await openExpenses(shop);
});
afterEach(audit);

const subjects = async () => (await office.subjects(office.manager)).length;

test("lost before a manager was asked: the managers are asked once and can decide", async () => {
  const restore = onStatement((sql) => (/INSERT INTO \S*emails\b/.test(sql) ? "before" : undefined));
  const id = await office.submit(office.submitter);
  await shop.settle();
  expect(await shop.loseRuns("approval-workflow")).toBe(1);
  restore();
  expect(await subjects()).toBe(0);
  await shop.clock.advance(HOUR);
  expect(await subjects()).toBe(1);
  await shop.clock.advance(HOUR);
  expect(await subjects()).toBe(1);
  await office.press(await office.link(office.manager), "approve");
  await shop.clock.advance(HOUR);
  expect(await office.read(id)).toMatchObject({ status: "paid" });
});

test("lost while it waits for a decision: the managers are reminded once", async () => {
  const before = await subjects();
  const id = await office.submit(office.submitter);
  await shop.settle();
  expect(await shop.loseRuns("approval-workflow")).toBe(1);
  await shop.sql("UPDATE expenses SET created_at = created_at - interval '3 days 2 hours' WHERE id = $1", [id]);
  await shop.clock.advance(HOUR);
  expect((await subjects()) - before).toBe(2);
  await shop.clock.advance(HOUR);
  expect((await subjects()) - before).toBe(2);
});

test("the process ends while it reminds the managers: they are reminded once", async () => {
  const before = await subjects();
  const id = await office.submit(office.submitter);
  await shop.settle();
  await shop.sql("UPDATE expenses SET created_at = created_at - interval '3 days' WHERE id = $1", [id]);
  const restart = killAt(shop, { sql: /INSERT INTO emails/ });
  await shop.clock.advance(MINUTE);
  restart();
  await shop.clock.advance(2 * HOUR);
  expect((await subjects()) - before).toBe(2);
});
