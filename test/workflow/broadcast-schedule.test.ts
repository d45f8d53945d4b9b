import { afterEach, beforeAll, expect, test } from "vitest";
import { type Operator, signedIn } from "./operator";
import { audit, HASTY, HOUR, MINUTE, openShop } from "./shop";

const shop = openShop({
  env: HASTY,
  only: ["broadcast-notification", "send-individual-notification", "reconcile"],
});
afterEach(audit);

let manager: Operator;
beforeAll(async () => {
  // The roles select the users of the test.
  await shop.sql("UPDATE users SET role = 'customer'");
  manager = await signedIn(shop);
});

interface View {
  id: string;
  title: string;
  status: string;
  scheduledAt: string | null;
  finishedAt: string | null;
  counts: { recipients: number; sent: number };
}

const SEGMENT = { type: "role", role: "manager" };
const after = (ms: number) => new Date(shop.clock.now() + ms).toISOString();
const schedule = async (title: string, scheduledAt: string) =>
  (
    await manager.read<{ id: string }>(
      manager.post("/api/admin/broadcasts", { title, message: "Soon.", segment: SEGMENT, scheduledAt }),
      201,
    )
  ).id;
const view = (id: string) => manager.read<View>(manager.get(`/api/admin/broadcasts/${id}`));
const received = async (title: string) =>
  (await shop.emails(manager.email)).filter(({ subject }) => subject === title).length;

test("a scheduled broadcast starts at its time, to the users of that moment; a cancelled one never starts", async () => {
  const at = after(20 * MINUTE);
  const id = await schedule("On time", at);
  const cancelled = await schedule("Never", at);
  await shop.clock.advance(10 * MINUTE);
  expect(await view(id)).toMatchObject({ status: "scheduled", scheduledAt: at, finishedAt: null });
  const late = await signedIn(shop);
  const stop = () => manager.read<View>(manager.post(`/api/admin/broadcasts/${cancelled}/stop`), 202);
  expect(await stop()).toMatchObject({ status: "cancelled" });
  expect(await stop()).toMatchObject({ status: "cancelled" });
  await shop.clock.advance(9 * MINUTE);
  expect(await received("On time")).toBe(0);
  await shop.clock.advance(2 * MINUTE);
  expect(await view(id)).toMatchObject({ status: "sent", counts: { recipients: 2, sent: 2 } });
  expect((await shop.emails(late.email)).map(({ subject }) => subject)).toContain("On time");
  expect([await received("On time"), await received("Never")]).toEqual([1, 0]);
  expect(await view(cancelled)).toMatchObject({ status: "cancelled", counts: { recipients: 0 } });
  const finished = await manager.post(`/api/admin/broadcasts/${id}/stop`);
  expect([finished.status, await finished.json()]).toMatchObject([409, { code: "broadcast_finished" }]);
});

test("the run of a scheduled broadcast is lost: it still starts, minutes late, and is sent once", async () => {
  const id = await schedule("Lost", after(10 * MINUTE));
  await shop.settle();
  expect(await shop.loseRuns("broadcast-notification")).toBe(1);
  await shop.clock.advance(12 * MINUTE);
  expect(await received("Lost")).toBe(0);
  await shop.clock.runUntil(async () => (await view(id)).status === "sent", 20 * MINUTE);
  expect(await received("Lost")).toBe(1);
});

test("a start in the past, in more than a year, or without a form is refused with the field's name", async () => {
  for (const scheduledAt of [after(-MINUTE), after(400 * 24 * HOUR), "tomorrow"]) {
    const body = { title: "No", message: "No.", segment: SEGMENT, scheduledAt };
    const answer = await manager.post("/api/admin/broadcasts", body);
    expect([answer.status, await answer.json()]).toMatchObject([422, { errors: [{ path: "scheduledAt" }] }]);
  }
  expect(await shop.sql("SELECT id FROM broadcasts WHERE title = 'No'")).toEqual([]);
});
