import { after, MINUTE, now, SECOND } from "../clock";
import { db, Prisma } from "../db";
import { heartbeatUpsert } from "../heartbeats";
import type { Sweep } from "../sweep";
import { SWEEPS } from "./registry";
import { type SweepResult, SweepRound, searchOf } from "./sweep-round";

/** After this time a sweep starts no further item, so the round ends within the host's limit (`maxDuration` of the route, 120 s). */
const SWEEP_BUDGET_MS = 40 * SECOND;
/** The lease of a round on its sweep, longer than any round. After a crash the next round starts when it expires. */
const LEASE_MS = 3 * MINUTE;
/** The clocks of the engine and of this process differ, and a cron does not fire at the exact millisecond. */
const EARLY_ROUND_MS = 5 * SECOND;

/**
 * Starts a round: claims the sweeps that are due, and returns the names of those with work. It also records
 * the heartbeat of the reconciler. A round that finds nothing ends here, after three statements.
 */
export async function startRound(runId: string): Promise<string[]> {
  const at = now();
  // A round that comes a moment early is that of the coming minute, so that no sweep misses its round.
  const until = after(EARLY_ROUND_MS, at);
  const due = SWEEPS.map(({ name, intervalMs }) => ({
    name,
    next: new Date((Math.floor(until.getTime() / intervalMs) + 1) * intervalMs),
  }));
  const claimed = await db().$queryRaw<{ name: string }[]>`
    WITH heartbeat AS (${heartbeatUpsert("reconcile", runId, at)})
    INSERT INTO sweeps (name, next_at, leased_until)
    SELECT d.name, d.next, ${after(LEASE_MS, at)}::timestamptz FROM jsonb_to_recordset(${JSON.stringify(due)}::jsonb) AS d(name text, next timestamptz)
    ON CONFLICT (name) DO UPDATE SET next_at = excluded.next_at, leased_until = excluded.leased_until
    WHERE sweeps.next_at <= ${until} AND coalesce(sweeps.leased_until <= ${at}, true)
    RETURNING name`;
  const sweeps = SWEEPS.filter(({ name }) => claimed.some((row) => row.name === name));
  // A search that fails is reported by its own sweep.
  const busy = await findBusy(sweeps, at).catch(() => sweeps.map(({ name }) => name));
  const idle = sweeps.map(({ name }) => name).filter((name) => !busy.includes(name));
  await db().sweep.updateMany({
    where: { name: { in: idle } },
    data: { leasedUntil: null, lastRunAt: at, durationMs: 0 },
  });
  return busy;
}

/** Returns the names of the sweeps that have an item to repair, or a page to scan. One statement for all of them. */
async function findBusy(sweeps: Sweep[], at: Date): Promise<string[]> {
  const searches = sweeps.map((sweep) => {
    const retry = Prisma.sql`EXISTS (SELECT 1 FROM sweep_failures f WHERE f.sweep = ${sweep.name} AND f.not_before <= ${at})`;
    const found = sweep.scan ? Prisma.sql`true` : Prisma.sql`EXISTS (${searchOf(sweep, at)})`;
    return Prisma.sql`SELECT ${sweep.name} AS name WHERE ${found} OR ${retry}`;
  });
  if (searches.length === 0) return [];
  const rows = await db().$queryRaw<{ name: string }[]>`${Prisma.join(searches, " UNION ALL ")}`;
  return rows.map(({ name }) => name);
}

/**
 * Runs one round of the sweeps with these names, all at once, so a provider that does not answer delays no other sweep.
 * @throws what one of them throws, such as an error of the database, when all have ended
 */
export async function runSweeps(names: string[]): Promise<Record<string, SweepResult>> {
  const run = async (name: string): Promise<[string, SweepResult]> => [name, await runSweep(name)];
  const rounds = await Promise.allSettled(names.map(run));
  return Object.fromEntries(
    rounds.map((round) => {
      if (round.status === "rejected") throw round.reason;
      return round.value;
    }),
  );
}

/** Runs one round of a sweep. A failed item does not throw; it is retried with backoff. */
export async function runSweep(name: string): Promise<SweepResult> {
  const sweep = SWEEPS.find((sweep) => sweep.name === name);
  // A round of another version of the code may have started it.
  if (!sweep) return { found: 0, repaired: 0, failed: 0 };
  const started = performance.now();
  const round = new SweepRound(sweep, () => performance.now() - started < SWEEP_BUDGET_MS);
  const result = await round.run();
  const at = now();
  await db().sweep.updateMany({
    where: { name },
    data: {
      cursor: round.cursor,
      leasedUntil: null,
      lastRunAt: at,
      durationMs: Math.round(performance.now() - started),
      ...(result.found > 0 && { lastFoundAt: at, found: result.found, repaired: result.repaired }),
    },
  });
  return result;
}
