import { db } from "../db";
import { SWEEPS } from "../reconcile/registry";

/** A sweep as an operator sees it. */
export interface SweepStatus {
  name: string;
  description: string;
  /** Time between two rounds, in ms. */
  intervalMs: number;
  /** Null if it has never run. */
  lastRunAt: Date | null;
  /** The last round that found something. */
  lastFound: { at: Date; found: number; repaired: number } | null;
  /** Items that it cannot repair for now, and the error of the one that fails for the longest time. */
  failing: number;
  lastError: string | null;
}

/** Returns every sweep of the reconciler, in the order of the registry. */
export async function listSweeps(): Promise<SweepStatus[]> {
  const rows = await db().sweep.findMany({
    include: { failures: { orderBy: { createdAt: "asc" }, take: 1 }, _count: { select: { failures: true } } },
  });
  return SWEEPS.map(({ name, description, intervalMs }) => {
    const row = rows.find((row) => row.name === name);
    return {
      name,
      description,
      intervalMs,
      lastRunAt: row?.lastRunAt ?? null,
      lastFound: row?.lastFoundAt ? { at: row.lastFoundAt, found: row.found, repaired: row.repaired } : null,
      failing: row?._count.failures ?? 0,
      lastError: row?.failures[0]?.lastError ?? null,
    };
  });
}
