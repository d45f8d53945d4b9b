import { afterEach, beforeAll, expect, test } from "vitest";
import { EXPENSE_FUNCTIONS, type Expenses, openExpenses } from "./expenses";
import { problem } from "./problem";
import { audit, HOUR, openShop, SECOND } from "./shop";

/** Whom an approved expense is paid to. */
const shop = openShop({
  only: [...EXPENSE_FUNCTIONS, "reconcile"],
  env: { RECONCILE_EVERY_MINUTES: "15", STRIPE_EXPENSES_ACCOUNT: "" },
});
let office: Expenses;
beforeAll(async () => {
  office = await openExpenses(shop);
});
afterEach(async () => {
  await shop.clearFaults();
  await audit();
});

const PERSON = "acct_steadfastperson";
const path = () => `/api/admin/users/${office.submitter.id}/payout-account`;
/** The account is set by the one admin there is. */
const put = (account: unknown, by = office.other) => by.patch(path(), { account });

async function approve(): Promise<string> {
  const id = await office.submit(office.submitter);
  await shop.settle();
  await office.decide(office.manager, id, true);
  await shop.settle();
  return id;
}

interface Task {
  id: string;
  kind: string;
  entityId: string;
  cause: { code: string; message: string };
}
async function taskOf(id: string): Promise<Task> {
  const { items } = await office.manager.read<{ items: Task[] }>(office.manager.get("/api/admin/manual-queue"));
  return items.find(({ entityId }) => entityId === id) ?? expect.fail("not in the manual queue");
}
const decide = (task: Task, action: string) =>
  office.manager.post(`/api/admin/manual-queue/${task.id}/resolve`, { action });
const destinations = async (id: string) =>
  (
    await shop.stripeApi<{ data: { destination: string; metadata: { expense_id?: string } }[] }>(
      "GET",
      "/v1/transfers?limit=100",
    )
  ).data
    .filter(({ metadata }) => metadata.expense_id === id)
    .map(({ destination }) => destination);

test("without an account the expense stays approved and waits in the manual queue; with an account it is paid there once", async () => {
  const id = await approve();
  expect(await office.read(id)).toMatchObject({ status: "approved", payout: { status: "created" } });
  const task = await taskOf(id);
  expect(task).toMatchObject({ kind: "payout", cause: { code: "no_payout_account" } });
  // It waits for a person, not for the reconciler.
  await shop.clock.advance(6 * HOUR);
  expect(await office.sent(id)).toEqual({ transfers: 0, collected: 0 });
  expect(await office.read(await put(PERSON).then(() => id))).toMatchObject({ status: "approved" });
  expect((await decide(task, "resume")).status).toBe(200);
  await shop.settle();
  expect(await office.read(id)).toMatchObject({ status: "paid" });
  expect(await destinations(id)).toEqual([PERSON]);
  expect(await office.subjects(office.submitter)).toContain("Paid: your expense of €42.00");
});

test("released and held again: the operators are alerted again", async () => {
  await put(null);
  const id = await approve();
  const waitAlerts = () =>
    shop.sql("SELECT id FROM alerts WHERE kind = 'payout_waits' AND detail->>'expenseId' = $1", [id]);
  expect(await waitAlerts()).toHaveLength(1);
  await put("acct_nobodys");
  await decide(await taskOf(id), "resume");
  await shop.settle();
  expect(await office.read(id)).toMatchObject({ status: "approved" });
  expect(await waitAlerts()).toHaveLength(2);
});

test("Stripe refuses the account: the queue shows the reason, and the expense is paid to the corrected account", async () => {
  for (const account of ["acct_steadfastrestricted", "acct_nobodys"]) {
    expect((await put(account)).status).toBe(200);
    const id = await approve();
    expect(await office.read(id)).toMatchObject({ status: "approved" });
    const task = await taskOf(id);
    expect(task.cause.message).toContain(account === "acct_nobodys" ? account : "capabilities");
    await put(PERSON);
    await decide(task, "resume");
    await shop.settle();
    expect([(await office.read(id)).status, await destinations(id)]).toEqual(["paid", [PERSON]]);
  }
});

test("dismissed: the expense is not paid, and its submitter is notified", async () => {
  await put(null);
  const id = await approve();
  await decide(await taskOf(id), "dismiss");
  await shop.clock.advance(10 * SECOND);
  expect(await office.read(id)).toMatchObject({ status: "payment_failed", payout: { status: "failed" } });
  expect(await office.subjects(office.submitter)).toContain("Not paid yet: your expense of €42.00");
});

test("withdrawn in the manual queue: nothing is sent, even if an operator resumes it", async () => {
  const id = await approve();
  const task = await taskOf(id);
  expect((await office.submitter.post(`/api/expenses/${id}/withdraw`)).status).toBe(200);
  await put(PERSON);
  await decide(task, "resume");
  await shop.settle();
  expect(await office.read(id)).toMatchObject({ status: "withdrawn", payout: { status: "failed" } });
  expect(await office.sent(id)).toEqual({ transfers: 0, collected: 0 });
});

test("only an admin sets the account, only an account id is accepted, and only for a user", async () => {
  for (const account of ["", "acct_", "sk_live_x", "acct_x y", 7])
    expect(await problem(await put(account))).toMatchObject({ status: 422, fields: ["account"] });
  expect((await put(PERSON, office.manager)).status).toBe(403);
  expect((await put(PERSON, office.submitter)).status).toBe(403);
  expect((await office.other.patch("/api/admin/users/usr_nobody/payout-account", { account: PERSON })).status).toBe(
    404,
  );
  expect((await fetch(`${shop.app}${path()}`)).status).toBe(401);
  await put(PERSON);
  expect(await office.other.read(office.other.get(path()))).toMatchObject({ account: PERSON, setBy: office.other.id });
});
