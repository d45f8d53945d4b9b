import { afterEach, beforeAll, expect, test } from "vitest";
import { type Operator, signedIn } from "./operator";
import { audit, HOUR, MINUTE, openShop } from "./shop";

/** Inngest refuses one event: a name that it keeps for itself. */
const shop = openShop({ only: ["process-order", "reconcile", "health-check"] });
let manager: Operator;
beforeAll(async () => {
  manager = await signedIn(shop);
});
afterEach(audit);

const GOOD = "email/sent";
const commit = (id: string, name: string, count = 1) =>
  shop.sql(
    `INSERT INTO outbox (id, name, data, created_at, not_before) SELECT $1 || n, $2, '{}', $3, $3 FROM generate_series(1, $4::int) n`,
    [id, name, new Date(shop.clock.now()), count],
  );
const unsent = async (prefix: string) =>
  (await shop.sql("SELECT id FROM outbox WHERE sent_at IS NULL AND starts_with(id, $1)", [prefix])).length;
const health = async () =>
  (await (await manager.get("/api/health")).json()) as {
    status: string;
    checks: Record<string, { status: string; detail?: string }>;
  };

interface Task {
  id: string;
  kind: string;
  entityId: string;
  cause: { code: string; message: string };
}
const tasks = async () =>
  (await manager.read<{ items: Task[] }>(manager.get("/api/admin/manual-queue"))).items.filter(
    ({ kind }) => kind === "event",
  );
const decide = (task: Task | undefined, action: string) =>
  manager.post(`/api/admin/manual-queue/${task?.id}/resolve`, { action });

test("the others go out in the same minute; the refused one waits for a person, with its cause, and health names it", async () => {
  await commit("good", GOOD, 6);
  await commit("evil", "inngest/evil");
  await commit("fine", GOOD, 5);
  await shop.clock.advance(MINUTE);
  expect([await unsent("good"), await unsent("fine"), await unsent("evil")]).toEqual([0, 0, 1]);
  await commit("later", GOOD);
  await shop.clock.advance(5 * MINUTE);
  expect(await unsent("later")).toBe(0);
  const [task, ...more] = await tasks();
  expect(more).toEqual([]);
  expect(task).toMatchObject({ entityId: "evil1", cause: { code: "event_refused" } });
  expect(task?.cause.message).toContain("reserved for internal use");
  const { status, checks } = await health();
  expect([status, checks.outbox?.status, checks.events?.status]).toEqual(["ok", "ok", "failing"]);
  expect(checks.events?.detail).toContain("evil1");
  // Nobody knocks with it any more, and orders go their way.
  const placed = await shop.checkout(await shop.product(1));
  await shop.clock.advance(2 * HOUR);
  expect(await shop.order(placed)).toMatchObject({ status: "confirmed" });
  expect((await tasks()).length).toBe(1);

  await shop.sql("UPDATE outbox SET name = $1 WHERE id = 'evil1'", [GOOD]);
  expect((await decide(task, "resume")).status).toBe(200);
  await shop.clock.advance(MINUTE);
  expect(await unsent("evil")).toBe(0);
  expect((await health()).checks.events).toEqual({ status: "ok" });
});

test("given up, it is gone and asked about no more", async () => {
  await commit("evil2-", "inngest/evil");
  await commit("other", GOOD);
  for (let round = 0; round < 5; round++) {
    await shop.clock.advance(MINUTE);
    await commit(`more${round}`, GOOD);
  }
  await shop.clock.advance(2 * MINUTE);
  const [task] = await tasks();
  expect(task?.entityId).toBe("evil2-1");
  await decide(task, "dismiss");
  expect(await shop.sql("SELECT id FROM outbox WHERE starts_with(id, 'evil2-')")).toEqual([]);
  expect((await health()).checks.events).toEqual({ status: "ok" });
});

test("as long as nothing else goes through, the fault is not the event's: it is tried on", async () => {
  await commit("alone", "inngest/evil");
  await shop.clock.advance(10 * MINUTE);
  expect(await tasks()).toEqual([]);
  expect(await unsent("alone")).toBe(1);
  await shop.sql("DELETE FROM outbox WHERE id = 'alone1'");
});
