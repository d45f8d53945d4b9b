import type { TestEnvironment } from "@/dev/test-environment";
import { MINUTE } from "./scenario";

/** What the shop still works on. Each query returns ids; a shop at rest has none of them. */
const OPEN_WORK: Record<string, string> = {
  "an open order": "SELECT id FROM orders WHERE status IN ('pending', 'awaiting_payment')",
  "an active reservation": "SELECT order_id FROM reservations WHERE status = 'active'",
  "an unsent event": "SELECT id FROM outbox WHERE sent_at IS NULL",
  "a pending refund": "SELECT id FROM refunds WHERE status = 'pending'",
  "a queued email": "SELECT id FROM emails WHERE status = 'queued'",
  "an unprocessed webhook":
    "SELECT id FROM webhook_inbox WHERE provider = 'stripe' AND processed_at IS NULL AND object_id IS NOT NULL",
  "an open charge": "SELECT id FROM subscription_charges WHERE status = 'open'",
  "a pending refund of a charge": "SELECT id FROM subscription_refunds WHERE status = 'pending'",
  "an approved expense that is not paid": "SELECT id FROM expenses WHERE status = 'approved'",
  "a payout under way": "SELECT id FROM payouts WHERE status IN ('created', 'sending', 'sent', 'reversing')",
  "an unfinished import": "SELECT id FROM imports WHERE status::text NOT IN ('done', 'failed', 'manual', 'dismissed')",
  "an unplanned broadcast": "SELECT id FROM broadcasts WHERE planned_at IS NULL AND stopped_at IS NULL",
  "an unsent notification":
    "SELECT broadcast_id || ' to ' || user_id FROM notifications WHERE status IN ('pending', 'sending')",
  "a failing sweep": "SELECT sweep || ' ' || item_id || ': ' || left(last_error, 200) FROM sweep_failures",
};

const QUERY = Object.entries(OPEN_WORK)
  .map(([what, query]) => `SELECT '${what}' AS what, id::text FROM (${query}) AS q(id)`)
  .join(" UNION ALL ");

/** Returns what is still open, such as `an open order: ord_…`. */
export async function openWork(world: TestEnvironment): Promise<string[]> {
  const rows = await world.sql<{ what: string; id: string }>(QUERY);
  // A round has come a minute ago.
  const late = new Date(world.clock.now() - 2 * MINUTE);
  const sweeps = await world.sql<{ name: string }>("SELECT name FROM sweeps WHERE next_at < $1", [late]);
  return [
    ...rows.map(({ what, id }) => `${what} is left: ${id}`),
    ...sweeps.map(({ name }) => `the sweep ${name} does not run any more`),
  ];
}
