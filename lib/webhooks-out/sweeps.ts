import { ago, HOUR, MINUTE } from "../clock";
import { Prisma } from "../db";
import { withOutbox } from "../outbox";
import type { Sweep } from "../sweep";
import { callEvent } from "./plan-deliveries";

/** A run pauses for fourteen hours at most between two calls, and checks an open circuit every hour. */
const MAX_IDLE_MS = 16 * HOUR;

/** A second run beside a first one does no harm: the later one finds the delivery ended. */
export const lostDeliveries: Sweep = {
  name: "lost-webhook-deliveries",
  description: "Starts webhook deliveries again whose run was lost.",
  intervalMs: 10 * MINUTE,
  limit: 500,
  find: (at) => Prisma.sql`
    SELECT d.id FROM webhook_deliveries d JOIN webhook_endpoints e ON e.id = d.endpoint_id
    WHERE d.status = 'pending' AND d.created_at < ${ago(MAX_IDLE_MS, at)} AND coalesce(greatest(d.scheduled_at, e.open_until) < ${ago(MAX_IDLE_MS, at)}, true)
      AND NOT EXISTS (SELECT 1 FROM webhook_attempts a WHERE a.delivery_id = d.id AND a.at >= ${ago(MAX_IDLE_MS, at)})
      AND NOT EXISTS (SELECT 1 FROM outbox s WHERE s.id = 'api-call:' || d.id || ':' || d.run_number AND s.created_at >= ${ago(MAX_IDLE_MS, at)})
    ORDER BY d.created_at`,
  repairAll: (ids) =>
    withOutbox(async (tx, publish) => {
      const started = await tx.$queryRaw<{ id: string; userId: string; runNumber: number }[]>`
        UPDATE webhook_deliveries d SET run_number = d.run_number + 1 FROM webhook_endpoints e
        WHERE e.id = d.endpoint_id AND d.id = ANY(${ids}) AND d.status = 'pending' RETURNING d.id, e.user_id AS "userId", d.run_number AS "runNumber"`;
      publish(...started.map(({ id, userId, runNumber }) => callEvent(id, userId, runNumber)));
      return started.length;
    }),
};
