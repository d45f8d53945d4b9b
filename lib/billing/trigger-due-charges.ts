import { ago, HOUR, now } from "../clock";
import { EVENTS, type OutgoingEvent } from "../events";
import { withOutbox } from "../outbox";

/** `charge-subscription` retries for 2.3 hours. A charge that is still open after this is triggered again. */
const RETRIGGER_AFTER_MS = 5 * HOUR;
/** One request to the event API takes this many events. */
const PAGE_SIZE = 500;

interface TriggeredCharge {
  id: string;
  /** Attempts that have ended; the event is for the next one. */
  attempt: number;
  triggerCount: number;
}

/**
 * Triggers the next attempt of each charge that is due, at most `PAGE_SIZE`, oldest first. If several calls run at once, each
 * charge is triggered by one of them. Returns whether there may be more.
 */
export async function triggerDueCharges(): Promise<{ triggered: number; more: boolean }> {
  const at = now();
  const triggered = await withOutbox(async (tx, publish) => {
    const charges = await tx.$queryRaw<TriggeredCharge[]>`
      UPDATE subscription_charges SET triggered_at = ${at}, trigger_count = trigger_count + 1 WHERE id IN (
        SELECT id FROM subscription_charges WHERE status = 'open' AND next_attempt_at <= ${at}
          AND (triggered_at IS NULL OR triggered_at < next_attempt_at OR triggered_at < ${ago(RETRIGGER_AFTER_MS, at)})
        ORDER BY next_attempt_at LIMIT ${PAGE_SIZE} FOR UPDATE SKIP LOCKED)
      RETURNING id, attempt, trigger_count AS "triggerCount"`;
    publish(...charges.map(chargeDueEvent));
    return charges.length;
  });
  return { triggered, more: triggered === PAGE_SIZE };
}

export function chargeDueEvent({ id, attempt, triggerCount }: TriggeredCharge): OutgoingEvent {
  return {
    name: EVENTS.SUBSCRIPTION_CHARGE_DUE,
    id: `subscription-charge-due:${id}:${triggerCount}`,
    data: { chargeId: id, attempt: attempt + 1 },
  };
}
