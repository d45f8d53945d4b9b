import type { OrderStatus } from "@/prisma/generated/enums";
import { after, ago, MINUTE, now } from "../clock";
import { db } from "../db";
import { crons, listHeartbeats, overdueHeartbeats } from "../heartbeats";
import { DEADLINE_GRACE_MS } from "../invariants";
import { isStuck } from "../orders/sweeps";
import { MAX_COUNTED } from "../pagination";
import { SWEEPS } from "../reconcile/registry";

export type Overview = Awaited<ReturnType<typeof readOverview>>;

/** Returns the figures of the console's first page, in three statements. */
export async function readOverview() {
  const [byStatus, unsent, alerts] = await Promise.all([
    countByStatus(),
    db().outboxEvent.aggregate({ where: { sentAt: null }, _count: true, _min: { createdAt: true } }),
    db().alert.findMany({ where: { resolvedAt: null }, orderBy: { createdAt: "desc" }, take: 10 }),
  ]);
  return {
    ordersByStatus: byStatus.filter(({ count }) => count > 0),
    /** Committed events that are not sent, and since when (null if there are none). */
    unsent: { count: unsent._count, since: unsent._min.createdAt },
    /** Open alerts, newest first. */
    alerts,
  };
}

/** Counts the orders in each status up to `MAX_COUNTED`, so that it takes no longer in a shop with more of them. */
async function countByStatus(): Promise<{ status: OrderStatus; count: number; more: boolean }[]> {
  const rows = await db().$queryRaw<{ status: OrderStatus; found: number }[]>`
    SELECT s.status, (SELECT count(*)::int FROM (
        SELECT 1 FROM orders o WHERE o.status = s.status ORDER BY o.created_at LIMIT ${MAX_COUNTED + 1}) o) AS found
    FROM unnest(enum_range(NULL::order_status)) AS s(status)`;
  return rows.map(({ status, found }) => ({ status, count: Math.min(found, MAX_COUNTED), more: found > MAX_COUNTED }));
}

/** An open order that the workflow should have ended. */
export interface StuckOrder {
  id: string;
  number: string;
  status: OrderStatus;
  /** Whether its deadline has passed at `since`. Otherwise it has not changed since then. */
  overdue: boolean;
  since: Date;
}

/** By then the reconciler has restarted the order several times. */
const IDLE_MS = 20 * MINUTE;
const IDLE_AFTER_PAYMENT_MS = 2 * MINUTE;

/** Returns at most ten stuck orders, the longest first, and their total number. */
export async function listStuckOrders(): Promise<{ items: StuckOrder[]; count: number }> {
  const at = now();
  const rows = await db().$queryRaw<(StuckOrder & { count: number })[]>`
    SELECT *, count(*) OVER ()::int AS count FROM (
      SELECT o.id, o.number::text, o.status, o.deadline_at <= ${at} AS overdue,
        CASE WHEN o.deadline_at <= ${at} THEN o.deadline_at ELSE greatest(o.updated_at, p.updated_at) END AS since
      FROM orders o LEFT JOIN payments p ON p.order_id = o.id AND p.attempt = o.attempt
      WHERE o.status IN ('pending', 'awaiting_payment') AND (o.deadline_at <= ${ago(DEADLINE_GRACE_MS, at)} OR ${isStuck(at, IDLE_MS, IDLE_AFTER_PAYMENT_MS)})) stuck
    ORDER BY since, id LIMIT 10`;
  return { items: rows.map(({ count, ...order }) => order), count: rows[0]?.count ?? 0 };
}

/**
 * Returns every scheduled function, the most frequent first. `lastRun` is null if it has never run, `dueBy` if it has never been
 * registered; it is `late` after two missed runs in a row.
 */
export async function listCronStatuses() {
  const heartbeats = await listHeartbeats();
  const late = new Set(overdueHeartbeats(heartbeats, now()).map(({ name }) => name));
  return crons().map(({ name, intervalMs }) => {
    const heartbeat = heartbeats.find((heartbeat) => heartbeat.name === name);
    return {
      ...{ name, intervalMs, late: late.has(name) },
      lastRun: heartbeat?.runId ? heartbeat.at : null,
      dueBy: heartbeat ? after(intervalMs, heartbeat.at) : null,
    };
  });
}

/** Returns every sweep of the reconciler, in the order of the registry, with its last run and what it cannot repair for now. */
export async function listSweeps() {
  const rows = await db().sweep.findMany({
    include: { failures: { orderBy: { createdAt: "asc" }, take: 1 }, _count: { select: { failures: true } } },
  });
  return SWEEPS.map(({ name, description, intervalMs }) => {
    const row = rows.find((row) => row.name === name);
    return {
      ...{ name, description, intervalMs },
      lastRunAt: row?.lastRunAt ?? null,
      /** The last round that found something. */
      lastFound: row?.lastFoundAt ? { at: row.lastFoundAt, found: row.found, repaired: row.repaired } : null,
      failing: row?._count.failures ?? 0,
      /** The error of the item that fails for the longest time. */
      lastError: row?.failures[0]?.lastError ?? null,
    };
  });
}
