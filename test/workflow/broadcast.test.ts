import { afterEach, beforeAll, expect, test } from "vitest";
import { type Operator, signedIn } from "./operator";
import { audit, HASTY, MINUTE, openShop, SECOND } from "./shop";

// Small pages and short runs, so a few hundred recipients use the same code paths as millions.
const shop = openShop({ env: { ...HASTY, BROADCAST_PAGE: "250", BROADCAST_PAGES_PER_RUN: "2" } });
afterEach(audit);

interface Broadcast {
  id: string;
  status: string;
  progress: number;
  finishedAt: string | null;
  counts: Record<"recipients" | "pending" | "sent" | "refused" | "failed" | "stopped", number>;
}

let manager: Operator;
beforeAll(async () => {
  manager = await signedIn(shop);
  // Another test covers the webhooks, of which there would be two for each of a thousand emails.
  await fetch(`${shop.mailbox}/webhooks/control`, { method: "POST", body: JSON.stringify({ mode: "drop" }) });
});

/** Creates customers of one test. They alone have a role, so it selects them. */
async function audience(size: number): Promise<{ segment: object; address: (index: number) => string }> {
  await shop.sql("UPDATE users SET role = 'customer' WHERE role = 'admin'");
  const prefix = `crowd${Math.random().toString(36).slice(2, 8)}`;
  await shop.sql(
    `INSERT INTO users (id, email, name, role, email_verified, created_at, updated_at)
     SELECT $1 || lpad(n::text, 6, '0'), $1 || n || '@crowd.example', 'Reader ' || n, 'admin', true, '2026-01-01', '2026-01-01'
     FROM generate_series(1, $2::int) n`,
    [prefix, size],
  );
  return { segment: { type: "role", role: "admin" }, address: (index) => `${prefix}${index}@crowd.example` };
}

const send = async (segment: object, title = "News") =>
  (
    await manager.read<Broadcast>(
      manager.post("/api/admin/broadcasts", { title, message: "One.\n\nTwo.", segment }),
      201,
    )
  ).id;
const view = (id: string) => manager.read<Broadcast>(manager.get(`/api/admin/broadcasts/${id}`));
const finish = (id: string) => shop.clock.runUntil(async () => (await view(id)).finishedAt !== null, 60 * MINUTE);

/** Counts the emails with this subject by address. */
async function received(subject: string): Promise<Map<string, number>> {
  const seen = new Map<string, number>();
  let cursor = "";
  do {
    const response = await fetch(
      `${shop.mailbox}/messages?subject=${subject}&limit=100${cursor && `&cursor=${cursor}`}`,
    );
    const page = (await response.json()) as { items: { to: string[] }[]; nextCursor: string | null };
    for (const { to } of page.items) for (const address of to) seen.set(address, (seen.get(address) ?? 0) + 1);
    cursor = page.nextCursor ?? "";
  } while (cursor !== "");
  return seen;
}

test("every user of the segment gets it once, over several pages and runs, with an unsubscribe link", async () => {
  const { segment, address } = await audience(1_230);
  expect(await manager.read(manager.post("/api/admin/broadcasts/preview", { segment }))).toEqual({
    recipients: 1_230,
    email: null,
  });
  const id = await send(segment, "Everybody");
  await finish(id);
  expect(await view(id)).toMatchObject({ status: "sent", progress: 1, counts: { recipients: 1_230, sent: 1_230 } });
  const seen = await received("Everybody");
  expect(seen.size).toBe(1_230);
  expect([...seen.values()].every((times) => times === 1)).toBe(true);
  // Five pages of up to 250 make three chunks each.
  expect(await shop.sql("SELECT count(*)::int AS chunks FROM broadcast_chunks WHERE broadcast_id = $1", [id])).toEqual([
    { chunks: 15 },
  ]);
  const messages = await fetch(`${shop.mailbox}/messages?to=${address(7)}`);
  const { items } = (await messages.json()) as { items: { text: string; headers: Record<string, string> }[] };
  const [email] = items;
  expect(email?.headers["List-Unsubscribe-Post"]).toBe("List-Unsubscribe=One-Click");
  expect(email?.headers["List-Unsubscribe"]).toMatch(/^<http.*\/api\/unsubscribe\?token=/);
  expect(email?.text).toContain("/api/unsubscribe?token=");
  expect(email?.text).not.toContain("unsubscribe.invalid");
});

test("a user who unsubscribed or is suppressed before the email is due gets none", async () => {
  const { segment, address } = await audience(5);
  await shop.sql("INSERT INTO email_suppressions (address, reason, at) VALUES ($1, 'bounced', '2026-01-01')", [
    address(1),
  ]);
  await shop.sql(
    "INSERT INTO email_preferences (address, category, wanted, updated_at) VALUES ($1, 'marketing', false, '2026-01-01')",
    [address(2)],
  );
  const id = await send(segment, "Consent");
  await finish(id);
  expect(await view(id)).toMatchObject({ counts: { recipients: 5, sent: 3, refused: 2 } });
  expect([...(await received("Consent")).keys()].sort()).toEqual([3, 4, 5].map(address));
});

test("a user who unsubscribes while the provider asks to wait is excluded by the retry", async () => {
  const { segment, address } = await audience(3);
  await shop.fault("mailbox", { kind: "rate_limit", path: "/emails/batch", times: 2 });
  const id = await send(segment, "Later");
  await shop.settle();
  expect(await view(id)).toMatchObject({ status: "sending", counts: { sent: 0 } });
  await shop.sql(
    "INSERT INTO email_preferences (address, category, wanted, updated_at) VALUES ($1, 'marketing', false, '2026-01-01')",
    [address(2)],
  );
  await finish(id);
  expect(await view(id)).toMatchObject({ counts: { sent: 2, refused: 1 } });
});

test("a lost answer, a failing provider, a slow provider: every user gets it once", async () => {
  for (const [index, kind] of ["answer_lost", "reset", "timeout", "error"].entries()) {
    const { segment } = await audience(120);
    await shop.fault("mailbox", { kind, path: "/emails/batch", times: 2, status: 503 });
    const title = `Trouble${index}`;
    const id = await send(segment, title);
    await finish(id);
    const seen = await received(title);
    expect([kind, seen.size, Math.max(...seen.values())]).toEqual([kind, 120, 1]);
    await fetch(`${shop.mailbox}/faults`, { method: "DELETE" });
  }
});

test("the provider is down for half an hour: the runs wait, and none of them fails", async () => {
  const { segment } = await audience(120);
  const until = shop.clock.now() + 30 * MINUTE;
  await shop.fault("mailbox", { kind: "error", path: "/emails/batch", status: 503, until });
  const id = await send(segment, "Outage");
  await finish(id);
  expect(await view(id)).toMatchObject({ status: "sent", counts: { sent: 120, failed: 0 } });
  expect(await shop.sql("SELECT 1 FROM failed_runs")).toEqual([]);
});

test("an address that the provider refuses does not stop the other emails", async () => {
  const { segment, address } = await audience(3);
  await shop.sql("UPDATE users SET email = 'not an address' WHERE email = $1", [address(2)]);
  const id = await send(segment, "Odd");
  await finish(id);
  expect(await view(id)).toMatchObject({ status: "sent", counts: { sent: 2, failed: 1 } });
});

test("after a stop no further email goes out; it can be stopped again, but not after its end", async () => {
  const { segment } = await audience(900);
  const id = await send(segment, "Stopped");
  await shop.clock.advance(SECOND);
  const before = (await view(id)).counts.sent;
  expect(before).toBeGreaterThan(0);
  expect(await manager.read(manager.post(`/api/admin/broadcasts/${id}/stop`), 202)).toMatchObject({
    status: "stopped",
  });
  await finish(id);
  const { counts } = await view(id);
  expect(counts.sent).toBe(before);
  expect(counts.stopped).toBe(counts.recipients - before);
  expect((await received("Stopped")).size).toBe(before);
  // Lists and views show the same state of an email.
  for (const status of ["sent", "stopped"]) {
    const { items } = await manager.read<{ items: { id: string }[] }>(
      manager.get(`/api/admin/emails?kind=broadcast&status=${status}&limit=1`),
    );
    expect(await manager.read(manager.get(`/api/admin/emails/${items[0]?.id}`))).toMatchObject({ status });
  }
  expect((await manager.post(`/api/admin/broadcasts/${id}/stop`)).status).toBe(202);
  const done = await send((await audience(1)).segment, "Quick");
  await finish(done);
  expect((await manager.post(`/api/admin/broadcasts/${done}/stop`)).status).toBe(409);
});

test("the engine loses the runs of a broadcast: it is resumed and every user gets it once", async () => {
  const { segment } = await audience(700);
  const id = await send(segment, "Resumed");
  await shop.loseRuns("broadcast-notification");
  await shop.clock.advance(SECOND);
  await shop.loseRuns("send-individual-notification");
  await shop.loseRuns("broadcast-notification");
  await finish(id);
  const seen = await received("Resumed");
  expect([seen.size, Math.max(...seen.values())]).toEqual([700, 1]);
});
