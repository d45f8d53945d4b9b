import { ago, MINUTE } from "../clock";
import { db, type Prisma } from "../db";

/** Entries get their id before they commit, so they can appear out of order. Therefore the last minutes are read again. */
const OVERLAP_MS = 5 * MINUTE;
const ENTRIES_PER_PAGE = 2_000;
/** About as many as a round can repair. */
const MAX_IDS = 500;

interface TimelineScan {
  /** The types of the entries. */
  types: string[];
  /** Entries are read from this age on. */
  graceMs: number;
  /** From this age on, `incomplete` decides for good. */
  settledMs: number;
  /** The condition on `order_events e` that something is missing which a run should have done after the entry. */
  incomplete: Prisma.Sql;
}

interface TimelinePage {
  ids: string[];
  entries: number;
  last: string;
  /** No entry can appear before this one any more; null: that is not known of any entry of the page. */
  settled: string | null;
}

/** Returns a page of incomplete timeline entries after `cursor`, for the `scan` of a sweep. */
export async function scanTimeline(cursor: string | null, at: Date, scan: TimelineScan) {
  const ids: string[] = [];
  let settled = cursor ?? "0";
  // The pages of the last minutes are read in every round, because the cursor does not move past what is not settled. With many
  // entries to repair, the next round reads on.
  for (let last = settled, isFull = true; isFull && ids.length < MAX_IDS; ) {
    const page = await readTimeline(last, at, scan);
    ids.push(...page.ids);
    settled = page.settled ?? settled;
    isFull = page.entries === ENTRIES_PER_PAGE;
    last = page.last;
    if (isFull && settled === last) return { ids, cursor: settled, more: true };
  }
  return { ids, cursor: settled, more: false };
}

/** Reads the entries after `from`, and the ids of those that are incomplete. */
async function readTimeline(from: string, at: Date, scan: TimelineScan): Promise<TimelinePage> {
  const { types, graceMs, settledMs, incomplete } = scan;
  const [page] = await db().$queryRaw<TimelinePage[]>`
    WITH page AS MATERIALIZED (
      SELECT id, order_id, type, key, at FROM order_events
      WHERE id > ${from}::bigint AND at <= ${ago(graceMs, at)} AND type = ANY(${types}) ORDER BY id LIMIT ${ENTRIES_PER_PAGE}
    )
    SELECT ARRAY(SELECT e.id::text FROM page e WHERE ${incomplete} ORDER BY e.id) AS ids,
      (SELECT count(*)::int FROM page) AS entries,
      coalesce((SELECT max(id) FROM page)::text, ${from}) AS last,
      (SELECT max(id) FROM page WHERE at <= ${ago(settledMs + OVERLAP_MS, at)})::text AS settled`;
  if (!page) throw new Error("The statement returned no row.");
  return page;
}
