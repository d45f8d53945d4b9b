import { raiseAlert, resolveAlerts } from "../alerts";
import { after, ago, HOUR, MINUTE, now } from "../clock";
import { db, Prisma } from "../db";
import { AppError, messageOf } from "../errors";
import { fingerprint } from "../ids";
import { log } from "../log";
import type { LocalSweep, ScanSweep, Sweep } from "../sweep";

const DEFAULT_LIMIT = 50;
/** The backoff of an item doubles from a minute up to this. It does not grow during an outage, which ends for all items at once. */
const MAX_BACKOFF_MS = HOUR;
/** A failure alerts the operators after this time, so a short outage causes no alert. */
const ALERT_AFTER_MS = 30 * MINUTE;
/** The item id under which a failure of the search itself is stored. */
const SEARCH = "(search)";

export interface SweepResult {
  found: number;
  repaired: number;
  failed: number;
}

/** The SELECT of a sweep without the items in backoff. */
export const searchOf = ({ name, find }: LocalSweep, at: Date): Prisma.Sql => Prisma.sql`
  SELECT found.id FROM (${find(at)}) found WHERE NOT EXISTS (
    SELECT 1 FROM sweep_failures f WHERE f.sweep = ${name} AND f.item_id = found.id AND f.not_before > ${at})`;

/** The same, but new items come before those that have failed: many failing items must not use up every round. */
const newItemsFirst = ({ name, find }: LocalSweep, at: Date): Prisma.Sql => Prisma.sql`
  SELECT found.id FROM (SELECT f.id, row_number() OVER () AS position FROM (${find(at)}) f) found
  LEFT JOIN sweep_failures failure ON failure.sweep = ${name} AND failure.item_id = found.id
  WHERE coalesce(failure.not_before <= ${at}, true) ORDER BY failure.item_id IS NOT NULL, position`;

/** One round of one sweep: it finds items and repairs them. */
export class SweepRound {
  private readonly result: SweepResult = { found: 0, repaired: 0, failed: 0 };
  private readonly limit: number;
  /** Where the next round of a scan begins; undefined if this round does not move it. */
  cursor: string | null | undefined;
  /** Items with a stored failure. Most sweeps have none, and then a repair costs no statement of the runner. */
  private failing = new Set<string>();

  constructor(
    private readonly sweep: Sweep,
    private readonly hasTime: () => boolean,
  ) {
    this.limit = sweep.limit ?? DEFAULT_LIMIT;
  }

  async run(): Promise<SweepResult> {
    const failures = await db().sweepFailure.findMany({
      where: { sweep: this.sweep.name },
      orderBy: { notBefore: "asc" },
      select: { itemId: true, notBefore: true },
    });
    this.failing = new Set(failures.map(({ itemId }) => itemId));
    const at = now();
    const due = failures.filter(({ itemId, notBefore }) => itemId !== SEARCH && notBefore <= at);
    try {
      if (this.sweep.scan) await this.scanPages(this.sweep, due.slice(0, this.limit));
      else await this.findPages(this.sweep);
      await this.clear(SEARCH);
    } catch (error) {
      await this.fail(SEARCH, error);
    }
    return this.result;
  }

  private async findPages(sweep: LocalSweep): Promise<void> {
    for (let more = true; more && this.hasTime(); ) {
      const search = this.failing.size > 0 ? newItemsFirst(sweep, now()) : searchOf(sweep, now());
      const rows = await db().$queryRaw<{ id: string }[]>`${search} LIMIT ${this.limit}`;
      await this.repair(rows.map(({ id }) => id));
      more = Boolean(sweep.drain) && rows.length === this.limit;
    }
    if (this.failing.size > 0) await this.clearRepaired(sweep.find(now()));
  }

  /** The cursor moves past a failed item. The failure is stored, and `due` has those to retry in this round. */
  private async scanPages(sweep: ScanSweep, due: { itemId: string }[]): Promise<void> {
    await this.repair(due.map(({ itemId }) => itemId));
    const where = { name: sweep.name };
    let cursor = (await db().sweep.findUnique({ where, select: { cursor: true } }))?.cursor ?? null;
    for (let more = true; more && this.hasTime(); ) {
      const page = await sweep.scan(cursor, now());
      await this.repair(page.ids, { all: true });
      cursor = page.cursor;
      this.cursor = cursor;
      more = page.more;
      // The end of the round stores that of the last page.
      if (more) await db().sweep.update({ where, data: { cursor }, select: { name: true } });
    }
  }

  /** `all`: items without time left are stored as failures, because no later page contains them. */
  private async repair(ids: string[], { all = false } = {}): Promise<void> {
    const { sweep, result } = this;
    result.found += ids.length;
    if (sweep.repairAll) {
      if (ids.length > 0) result.repaired += await sweep.repairAll(ids);
      return;
    }
    for (const id of ids) {
      if (!this.hasTime()) {
        if (!all) return;
        await this.fail(id, new Error("The time of the round is used up."));
        continue;
      }
      try {
        await sweep.repair(id);
        result.repaired++;
        await this.clear(id);
      } catch (error) {
        await this.fail(id, error);
      }
    }
  }

  /** Stores a failure with its backoff. After half an hour it alerts the operators, once for all items with the same error. */
  private async fail(itemId: string, error: unknown): Promise<void> {
    const { name } = this.sweep;
    const [lastError, at] = [messageOf(error), now()];
    this.result.failed++;
    this.failing.add(itemId);
    log.warn({ sweep: name, id: itemId, error: lastError }, "a sweep could not repair an item and retries it later");
    const maxBackoff = error instanceof AppError && error.retry !== false ? MINUTE : MAX_BACKOFF_MS;
    const [row] = await db().$queryRaw<{ createdAt: Date; alerted: boolean }[]>`
      INSERT INTO sweep_failures AS failure (sweep, item_id, not_before, last_error, created_at)
      VALUES (${name}, ${itemId}, ${after(MINUTE, at)}, ${lastError}, ${at})
      ON CONFLICT (sweep, item_id) DO UPDATE SET attempts = failure.attempts + 1, last_error = excluded.last_error,
        not_before = ${at}::timestamptz + least(power(2, least(failure.attempts, 20)) * ${MINUTE}::int, ${maxBackoff}::int) * interval '1 millisecond'
      RETURNING created_at AS "createdAt", EXISTS (SELECT 1 FROM alerts a WHERE a.id = failure.alert_id AND a.resolved_at IS NULL) AS alerted`;
    if (row && row.createdAt <= ago(ALERT_AFTER_MS, at) && !row.alerted) await this.alert(itemId, lastError);
  }

  private async alert(itemId: string, lastError: string): Promise<void> {
    const { name } = this.sweep;
    const incident = `sweep:${name}:${fingerprint(lastError)}`;
    await raiseAlert({
      ...{ kind: "sweep_failing", incident, subject: `The sweep ${name} cannot repair ${itemId}` },
      detail: { sweep: name, item: itemId, error: lastError },
    });
    const alert = await db().alert.findFirst({ where: { incident, resolvedAt: null }, select: { id: true } });
    await db().sweepFailure.updateMany({ where: { sweep: name, itemId }, data: { alertId: alert?.id ?? null } });
  }

  /** Deletes the failure of a repaired item, and resolves its alert unless another item shares it. */
  private async clear(itemId: string): Promise<void> {
    if (this.failing.delete(itemId)) await this.resolve(Prisma.sql`item_id = ${itemId}`);
  }

  /** Items in backoff that the search no longer finds were repaired by something else. */
  private async clearRepaired(find: Prisma.Sql): Promise<void> {
    const due = Prisma.sql`item_id <> ${SEARCH} AND not_before <= ${now()}`;
    await this.resolve(Prisma.sql`${due} AND item_id NOT IN (SELECT found.id FROM (${find}) found)`);
  }

  private async resolve(which: Prisma.Sql): Promise<void> {
    const rows = await db().$queryRaw<{ alertId: string | null }[]>`
      DELETE FROM sweep_failures WHERE sweep = ${this.sweep.name} AND ${which} RETURNING alert_id AS "alertId"`;
    for (const alertId of new Set(rows.map((row) => row.alertId)))
      if (alertId !== null && (await db().sweepFailure.count({ where: { alertId } })) === 0)
        await resolveAlerts({ id: alertId });
  }
}
