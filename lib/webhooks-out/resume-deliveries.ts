import { ago, HOUR } from "../clock";
import { transaction } from "../db";
import { announce, enqueue } from "../outbox";
import { callEvent } from "./plan-deliveries";

/** A run is silent for fourteen hours at most between two calls (`pauseAfter`), and looks every hour at a circuit that is open. */
const PATIENCE = 16 * HOUR;
/** As many as go to the event API in one request. */
const PAGE = 500;

/**
 * Sets deliveries going again whose run the engine has lost: not called for longer than any run waits, and not in line. Nobody
 * else would: one that is pending cannot be asked for anew. Should the run be alive after all, whoever comes second finds the
 * delivery ended. Returns how many.
 */
export async function resumeDeliveries(): Promise<number> {
  const before = ago(PATIENCE);
  const events = await transaction(async (tx) => {
    const lost = await tx.$queryRaw<{ id: string; userId: string; runNumber: number }[]>`
      UPDATE webhook_deliveries d SET run_number = d.run_number + 1 FROM webhook_endpoints e
      WHERE e.id = d.endpoint_id AND d.id IN (
        SELECT p.id FROM webhook_deliveries p JOIN webhook_endpoints o ON o.id = p.endpoint_id
        WHERE p.status = 'pending' AND p.created_at < ${before} AND coalesce(greatest(p.scheduled_at, o.open_until) < ${before}, true)
          AND NOT EXISTS (SELECT 1 FROM webhook_attempts a WHERE a.delivery_id = p.id AND a.at >= ${before})
          AND NOT EXISTS (SELECT 1 FROM outbox s WHERE s.id = 'api-call:' || p.id || ':' || p.run_number AND s.created_at >= ${before})
        ORDER BY p.created_at LIMIT ${PAGE} FOR UPDATE OF p SKIP LOCKED)
      RETURNING d.id, e.user_id AS "userId", d.run_number AS "runNumber"`;
    const told = lost.map(({ id, userId, runNumber }) => callEvent(id, userId, runNumber));
    await enqueue(tx, told);
    return told;
  });
  await announce(events);
  return events.length;
}
