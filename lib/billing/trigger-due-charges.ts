import { ago, HOUR, now } from "../clock";
import { transaction } from "../db";
import { EVENTS, type OutgoingEvent } from "../events";
import { announce, enqueue } from "../outbox";

/** `charge-subscription` tries for 2.3 hours by itself; a charge that is still open after this is asked for again. */
const PATIENCE = 5 * HOUR;
/** As many as go to the event API in one request. */
const PAGE = 500;

interface Asked {
  id: string;
  /** Attempts that have ended; the event is for the next. */
  attempt: number;
  asks: number;
}

/**
 * Asks for the next attempt of each charge that is due, at most `PAGE` of them, oldest first. Several may ask at once: a
 * charge is asked for by one of them. Returns whether there may be more.
 */
export async function triggerDueCharges(): Promise<{ asked: number; more: boolean }> {
  const at = now();
  const events = await transaction(async (tx) => {
    const asked = await tx.$queryRaw<Asked[]>`
      UPDATE subscription_charges SET asked_at = ${at}, asks = asks + 1 WHERE id IN (
        SELECT id FROM subscription_charges WHERE status = 'open' AND next_attempt_at <= ${at}
          AND (asked_at IS NULL OR asked_at < next_attempt_at OR asked_at < ${ago(PATIENCE, at)})
        ORDER BY next_attempt_at LIMIT ${PAGE} FOR UPDATE SKIP LOCKED)
      RETURNING id, attempt, asks`;
    const due = asked.map(chargeDueEvent);
    await enqueue(tx, due);
    return due;
  });
  await announce(events);
  return { asked: events.length, more: events.length === PAGE };
}

export function chargeDueEvent({ id, attempt, asks }: Asked): OutgoingEvent {
  return {
    name: EVENTS.SUBSCRIPTION_CHARGE_DUE,
    id: `subscription-charge-due:${id}:${asks}`,
    data: { chargeId: id, attempt: attempt + 1 },
  };
}
