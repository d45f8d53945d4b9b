import type { Cast, Progress } from "./act";
import { compareBooks } from "./books";
import { checkInboxes } from "./inbox";
import { openWork } from "./open-work";
import { checkPhysicalStock } from "./physical-stock";

/** Alerts that are right: each with the query that finds its reason. Any other open alert is wrong. */
const REASONS = `
  kind = 'refund_failed' AND EXISTS (SELECT 1 FROM manual_queue WHERE kind IN ('refund', 'subscription_refund') AND resolved_at IS NULL)
  OR kind = 'refund_exceeds_payment' AND EXISTS (SELECT 1 FROM manual_queue WHERE kind IN ('refund', 'subscription_refund') AND resolution = 'dismiss')
  OR kind = 'payment_disputed' AND EXISTS (SELECT 1 FROM disputes UNION ALL SELECT 1 FROM subscription_disputes)
  OR kind = 'broadcast_chunk_unclear'
  OR kind = 'low_stock'`;

/** Everything that must hold of a shop at rest. Returns what does not. */
export async function findFaults(cast: Cast, progress: Progress): Promise<string[]> {
  const { world } = cast;
  const { findViolations } = await import("@/lib/invariants");
  const violations = (await findViolations()).map(({ invariant, what, id }) => `${invariant}: ${what}: ${id}`);
  const alerts = await world.sql<{ kind: string; subject: string }>(
    `SELECT kind, subject FROM alerts WHERE resolved_at IS NULL AND NOT (${REASONS})`,
  );
  const missing = await world.sql<{ id: string }>(
    "SELECT id FROM unnest($1::text[]) AS a(id) WHERE NOT EXISTS (SELECT 1 FROM orders o WHERE o.id = a.id)",
    [[...progress.accepted.keys()]],
  );
  return [
    ...progress.wrong,
    ...(await openWork(world)),
    ...violations,
    ...(await compareBooks(cast)),
    ...(await checkPhysicalStock(cast)),
    ...(await checkInboxes(cast)),
    ...alerts.map(({ kind, subject }) => `an alert without reason: ${kind}: ${subject}`),
    ...missing.map(({ id }) => `the accepted order ${id} does not exist`),
  ];
}
