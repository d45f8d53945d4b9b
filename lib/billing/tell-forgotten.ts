import { ago, DAY, MINUTE, now } from "../clock";
import { db } from "../db";
import { each } from "../reconcile/each";
import { notifyCharge, notifyRefunds, notifySubscriptionEnd } from "./send-billing-email";

/** A run that is alive has written its email down by then, even if the provider takes none. */
const PATIENCE = 30 * MINUTE;
/** What is older than this is no news; a reconciler that stood still for longer has told the operators long before. */
const HORIZON = 7 * DAY;
/** Of each kind; the next round finds the rest. */
const LIMIT = 100;

interface Forgotten {
  /** Paid, or failed for the time being: `charge:attempt`. */
  charges: string[];
  /** Charges of which a refund has gone out. */
  refunded: string[];
  /** Subscriptions that have ended, or will with their period. */
  ended: string[];
}

/**
 * Tells subscribers what a lost run has not told them: each email is written by a run, a step after what it is about, and an
 * engine that loses the run in between loses the email; that of a failed attempt holds the link to pay. Returns how many.
 */
export async function tellForgotten(): Promise<{ told: number; failed: number }> {
  const { charges, refunded, ended } = await find();
  const rounds = [
    await each(charges, (key) => {
      const [id = "", attempt] = key.split(":");
      return notifyCharge(id, Number(attempt));
    }),
    await each(refunded, notifyRefunds),
    await each(ended, notifySubscriptionEnd),
  ];
  const sum = (of: "done" | "failed") => rounds.reduce((total, round) => total + round[of], 0);
  return { told: sum("done"), failed: sum("failed") };
}

async function find(): Promise<Forgotten> {
  const at = now();
  const [from, to] = [ago(HORIZON, at), ago(PATIENCE, at)];
  const [found] = await db().$queryRaw<[Forgotten]>`
    SELECT
      ARRAY(SELECT c.id || ':' || c.attempt FROM subscription_charges c
        WHERE c.updated_at BETWEEN ${from} AND ${to} AND (c.status = 'paid' OR c.status = 'open' AND c.attempt > 0 AND c.next_attempt_at > ${at})
          AND NOT EXISTS (SELECT 1 FROM emails m WHERE (m.kind, m.entity_id) =
            (CASE c.status WHEN 'paid' THEN 'subscription_paid' ELSE 'subscription_unpaid' END, CASE c.status WHEN 'paid' THEN c.id ELSE c.id || ':' || c.attempt END))
        ORDER BY c.updated_at LIMIT ${LIMIT}) AS charges,
      ARRAY(SELECT DISTINCT r.charge_id FROM subscription_refunds r
        WHERE r.updated_at BETWEEN ${from} AND ${to} AND r.status = 'succeeded'
          AND NOT EXISTS (SELECT 1 FROM emails m WHERE m.kind = 'subscription_refunded' AND m.entity_id = r.id) LIMIT ${LIMIT}) AS refunded,
      ARRAY(SELECT s.id FROM subscriptions s
        WHERE s.updated_at BETWEEN ${from} AND ${to} AND (s.status = 'cancelled' OR s.cancel_at_period_end)
          AND NOT EXISTS (SELECT 1 FROM emails m WHERE m.kind = 'subscription_ended' AND m.entity_id = s.id || ':' || s.next_period)
        ORDER BY s.updated_at LIMIT ${LIMIT}) AS ended`;
  return found;
}
