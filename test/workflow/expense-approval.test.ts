import { afterEach, beforeAll, expect, test } from "vitest";
import { EXPENSE_FUNCTIONS, type Expenses, openExpenses } from "./expenses";
import { audit, HOUR, MINUTE, openShop } from "./shop";

const DAY = 24 * HOUR;
const shop = openShop({ only: EXPENSE_FUNCTIONS });
let office: Expenses;
beforeAll(async () => {
  office = await openExpenses(shop);
});
afterEach(audit);

test("approved by the link of an email: a GET shows two buttons and decides nothing, the POST decides, and the expense is paid", async () => {
  const id = await office.submit(office.submitter);
  await shop.settle();
  const link = await office.link(office.manager);
  const shown = await office.open(link);
  expect(shown.status).toBe(200);
  expect(shown.text).toContain("Train to the fair");
  expect(shown.text.match(/<button/g)).toHaveLength(2);
  expect(shown.text).not.toContain("<script");
  expect(await office.read(id)).toMatchObject({ status: "pending", decision: null });

  const pressed = await office.press(link, "approve", "Have a good trip");
  expect(pressed.status).toBe(200);
  expect(pressed.text).toMatch(/approved by Staff/);
  await shop.settle();
  expect(await office.read(id)).toMatchObject({
    status: "paid",
    decision: { approved: true, by: { id: office.manager.id }, via: "link", note: "Have a good trip" },
    payout: { status: "paid" },
  });
  expect(await office.sent(id)).toEqual({ transfers: 1, collected: 4_200 });
  expect((await office.subjects(office.submitter)).sort()).toEqual([
    "Approved: your expense of €42.00",
    "Paid: your expense of €42.00",
  ]);
  const [event] = await shop.sql("SELECT data FROM outbox WHERE id = $1", [`expense-approved:${id}`]);
  expect(event).toEqual({ data: { expenseId: id, decidedBy: office.manager.id } });
});

test("rejected through the API: nothing is paid, and the submitter learns who rejected it", async () => {
  const before = (await office.subjects(office.submitter)).length;
  const id = await office.submit(office.submitter);
  await shop.settle();
  expect((await office.decide(office.other, id, false)).status).toBe(200);
  await shop.settle();
  expect(await office.read(id)).toMatchObject({ status: "rejected", payout: null, decision: { via: "api" } });
  expect(await office.sent(id)).toEqual({ transfers: 0, collected: 0 });
  expect((await office.subjects(office.submitter)).slice(before)).toEqual(["Rejected: your expense of €42.00"]);
  const [event] = await shop.sql("SELECT data FROM outbox WHERE id = $1", [`expense-rejected:${id}`]);
  expect(event).toEqual({ data: { expenseId: id, decidedBy: office.other.id } });
});

test("decided while the email provider is down: nobody is asked for the decision any more", async () => {
  const asked = async () =>
    (await office.subjects(office.manager)).filter((subject) => /^Please decide/.test(subject)).length;
  const before = await asked();
  await shop.fault("mailbox", { kind: "error", status: 503, until: shop.clock.now() + 10 * MINUTE });
  const id = await office.submit(office.submitter);
  await shop.clock.advance(MINUTE);
  expect((await office.decide(office.other, id, true)).status).toBe(200);
  await shop.clock.advance(HOUR);
  expect(await office.read(id)).toMatchObject({ status: "paid" });
  expect(await asked()).toBe(before);
  await shop.clearFaults();
});

test("no decision: one reminder after three days, a rejection after seven, and the link has expired then", async () => {
  const before = (await office.subjects(office.manager)).length;
  const id = await office.submit(office.submitter);
  await shop.clock.advance(3 * DAY - MINUTE);
  expect((await office.subjects(office.manager)).slice(before)).toHaveLength(1);
  await shop.clock.advance(2 * MINUTE);
  expect((await office.subjects(office.manager)).slice(before)).toEqual([
    "Please decide: €42.00 for Staff",
    "Still waiting: €42.00 for Staff",
  ]);
  const link = await office.link(office.manager);
  await shop.clock.advance(4 * DAY - 2 * MINUTE);
  expect(await office.read(id)).toMatchObject({ status: "pending" });
  await shop.clock.advance(2 * MINUTE);
  expect(await office.read(id)).toMatchObject({ status: "rejected", decision: { by: null, via: "timeout" } });
  expect((await office.subjects(office.submitter)).at(-1)).toBe("Rejected: your expense of €42.00");
  expect((await office.press(link, "approve")).status).toBe(410);
  expect((await office.decide(office.manager, id, true)).status).toBe(409);
  expect((await office.subjects(office.manager)).slice(before)).toHaveLength(2);
});

test("twenty concurrent decisions of two managers: one decision, one payment, and 409 with the decision for the others", async () => {
  const id = await office.submit(office.submitter);
  await shop.settle();
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, index) =>
      index % 2 === 0 ? office.decide(office.manager, id, true) : office.decide(office.other, id, false),
    ),
  );
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  const refused = await answers.find(({ status }) => status === 409)?.json();
  const { decision } = await office.read(id);
  expect(refused).toMatchObject({
    code: "expense_decided",
    detail: expect.stringContaining(decision?.approved ? "approved by" : "rejected by"),
  });
  await shop.settle();
  const status = decision?.approved ? "paid" : "rejected";
  expect(await office.read(id)).toMatchObject({ status });
  expect((await office.sent(id)).transfers).toBe(decision?.approved ? 1 : 0);
});

test("a decision just before the wait starts is not missed", async () => {
  const id = await office.submit(office.submitter);
  // Nothing waits yet: the emails have not even gone out.
  expect((await office.decide(office.manager, id, true)).status).toBe(200);
  await shop.settle();
  expect(await office.read(id)).toMatchObject({ status: "paid" });
});

test("a lost event delays the effects of a decision by a minute at first, and later by a day at most", async () => {
  const id = await office.submit(office.submitter);
  await shop.clock.advance(2 * DAY + HOUR);
  // As if the event had come before the engine had the wait: only the database knows.
  await shop.sql(
    `UPDATE expenses SET status = 'approved', decided_by = $2, decided_via = 'api', decided_at = created_at WHERE id = $1`,
    [id, office.manager.id],
  );
  await shop.clock.advance(DAY);
  expect(await office.read(id)).toMatchObject({ status: "paid" });
});

test("withdrawn by its submitter while pending: the link says so, and nobody can approve it", async () => {
  const id = await office.submit(office.submitter);
  await shop.settle();
  const link = await office.link(office.manager);
  expect((await office.manager.post(`/api/expenses/${id}/withdraw`)).status).toBe(404);
  expect((await office.submitter.post(`/api/expenses/${id}/withdraw`)).status).toBe(200);
  expect((await office.submitter.post(`/api/expenses/${id}/withdraw`)).status).toBe(200);
  const pressed = await office.press(link, "approve");
  expect(pressed.status).toBe(409);
  expect(pressed.text).toContain("withdrawn");
  await shop.settle();
  expect(await office.read(id)).toMatchObject({ status: "withdrawn", payout: null });
});

test("an event for an unknown expense ends at once and says so", async () => {
  const event = { name: "expense/submitted", data: { expenseId: "exp_gone", stored: true }, id: "gone-expense" };
  const sent = await fetch(`${shop.inngest}/e/key`, { method: "POST", body: JSON.stringify(event) });
  const { ids } = (await sent.json()) as { ids: string[] };
  await shop.settle();
  const runs = await fetch(`${shop.inngest}/api/v2/events/${ids[0]}/runs?includeOutput=true`);
  const { data } = (await runs.json()) as { data: { status: string; output: unknown }[] };
  expect(data[0]).toMatchObject({ status: "COMPLETED", output: { status: "There is no such expense." } });
});
