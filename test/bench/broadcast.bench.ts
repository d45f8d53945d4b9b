import { afterEach, expect, test } from "vitest";
import { type BulkRig, openBulkRig } from "./bulk-rig";

/** `CROWD=1000000` writes to a million. */
const SIZE = Number(process.env.CROWD ?? 100_000);

let rig: BulkRig;
afterEach(() => rig.close());

const say = (what: string, value: string | number) => console.log(`  ${what.padEnd(64)} ${value}`);

interface View {
  id: string;
  finishedAt: string | null;
  counts: { recipients: number; sent: number };
}

/** So many users of a role that nobody else has. */
async function crowd(size: number): Promise<void> {
  await rig.sql(
    `INSERT INTO users (id, email, name, role, email_verified, created_at, updated_at)
     SELECT 'crowd' || lpad(n::text, 7, '0'), 'reader' || n || '@crowd.example', 'Reader ' || n, 'admin', true, '2026-01-01', '2026-01-01'
     FROM generate_series(1, $1::int) n ON CONFLICT DO NOTHING`,
    [size],
  );
  await rig.sql("ANALYZE users");
}

async function broadcast(title: string): Promise<string> {
  const body = { title, message: "Something has happened.\n\nMore of it.", segment: { type: "role", role: "admin" } };
  const { id } = await rig.manager<{ id: string }>("POST", "/api/admin/broadcasts", body);
  const over = async () => (await rig.manager<View>("GET", `/api/admin/broadcasts/${id}`)).finishedAt !== null;
  // Every minute of the engine's time, so that asking does not cost more than sending.
  for (let minute = 0; minute < 600 && !(await over()); minute++) await rig.clock.advance(60_000);
  return id;
}

test(`a broadcast to ${SIZE.toLocaleString("en")}: one step for 1,000 to plan, one run for 100 to send, flat memory, nobody twice`, async () => {
  // The provider does not limit.
  rig = await openBulkRig({ BROADCAST_REQUESTS_PER_SECOND: "1000" });
  await crowd(2_000);
  await broadcast("Warm-up");
  await crowd(SIZE - 1); // and the seed's admin
  await rig.forgetPeaks();
  const before = rig.memory();
  const start = performance.now();
  const id = await broadcast("Everybody");
  const seconds = (performance.now() - start) / 1_000;
  const { peakHeld, peakRss } = rig.memory();

  const { counts } = await rig.manager<View>("GET", `/api/admin/broadcasts/${id}`);
  const recipients = counts.recipients;
  say("recipients a second, email provider included", (recipients / seconds).toFixed(0));
  say("growth of the app's memory, MB held (peak)", (peakHeld - before.held).toFixed(1));
  say("growth of the app's resident memory, MB (peak)", (peakRss - before.rss).toFixed(1));
  expect(counts.sent).toBe(recipients);
  expect(recipients).toBe(SIZE);

  const [{ planned }] = (await rig.sql(
    `SELECT count(*)::int AS planned FROM outbox WHERE name = 'notification/broadcast' AND data->>'broadcastId' = $1`,
    [id],
  )) as [{ planned: number }];
  const list = await (await fetch(`${rig.inngest}/?function=steadfast-broadcast-notification`)).text();
  const pages = [...new Set(list.match(/\/runs\/\w+/g))].map(async (path) => (await fetch(rig.inngest + path)).text());
  const steps = Math.max(...(await Promise.all(pages)).map((page) => new Set(page.match(/plan-page-\d+/g)).size));
  say("runs to plan, and their steps", `${planned}, ${steps}`);
  // A run plans 250 pages of a thousand.
  expect(planned).toBe(Math.ceil(recipients / 250_000));
  expect(steps).toBeGreaterThan(0);
  expect(steps).toBeLessThanOrEqual(Math.ceil(recipients / 1_000));

  const [{ sendings }] = (await rig.sql(
    `SELECT count(*)::int AS sendings FROM outbox WHERE name = 'notification/send-individual' AND data->>'broadcastId' = $1`,
    [id],
  )) as [{ sendings: number }];
  say("runs to send", sendings);
  expect(sendings).toBeLessThanOrEqual(Math.ceil(recipients / 100));

  const seen = new Map<string, number>();
  let cursor = "";
  do {
    const answer = await fetch(`${rig.mailbox}/messages?subject=Everybody&limit=1000${cursor && `&cursor=${cursor}`}`);
    const emails = (await answer.json()) as { items: { to: string[] }[]; nextCursor: string | null };
    for (const { to } of emails.items) for (const address of to) seen.set(address, (seen.get(address) ?? 0) + 1);
    cursor = emails.nextCursor ?? "";
  } while (cursor !== "");
  say("addresses that got it, and how often at most", `${seen.size}, ${Math.max(...seen.values())}`);
  expect(seen.size).toBe(recipients);
  expect(Math.max(...seen.values())).toBe(1);
  expect(peakHeld - before.held).toBeLessThan(100);
  // It depends on when the collector comes round.
  expect(peakRss - before.rss).toBeLessThan(400);
}, 3_600_000);
