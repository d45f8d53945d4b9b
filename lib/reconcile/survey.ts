import { after, ago, MINUTE, now, SECOND } from "../clock";
import { db } from "../db";
import { MAX_EMAIL_AGE_MS } from "../email/send-email";
import { heartbeatUpsert } from "../heartbeats";
import { reminderTime } from "../review/policy";
import { standsStill } from "./stands-still";

/** What has stopped moving: ids, at most `LIMIT` of each kind; the next round finds the rest. */
export interface Survey {
  /** When it was made. */
  at: string;
  /** Events committed and not sent. */
  unsent: number;
  /** Open orders that nothing has happened to for a while, and that wait for nobody: their run may be lost. */
  stuckOrders: string[];
  /** Open orders past their deadline. */
  overdueOrders: string[];
  /** Orders that ended and still hold stock, and orders whose reservation has expired. */
  expiredReservations: string[];
  /** Orders that ended and could still be paid for at Stripe. */
  openIntents: string[];
  pendingRefunds: string[];
  /** Written down, not sent, and not in line for their turn at the email provider. */
  queuedEmails: string[];
  /** Whether an email was tried for as long as it may be. */
  hopelessEmails: boolean;
  /** PaymentIntents with webhooks that nobody has dealt with, but those that are to be tried again later. */
  unprocessedIntents: string[];
  newAlerts: string[];
  /** Orders that managers have to decide on soon, and were not reminded of. */
  expiringHolds: string[];
}

const LIMIT = 50;

/**
 * Looks for all of it in one statement, on the partial indexes of what is unfinished; the same statement leaves the
 * reconciler's heartbeat.
 */
export async function survey(runId: string): Promise<Survey> {
  const at = now();
  const [found] = await db().$queryRaw<[Omit<Survey, "at">]>`
    WITH heartbeat AS (${heartbeatUpsert("reconcile", runId, at)})
    SELECT
      (SELECT count(*)::int FROM outbox WHERE sent_at IS NULL AND quarantined_at IS NULL AND not_before <= ${at}) AS unsent,
      ARRAY(SELECT o.id FROM orders o LEFT JOIN payments p ON p.order_id = o.id AND p.attempt = o.attempt
            WHERE ${standsStill(at)}
            ORDER BY o.updated_at LIMIT ${LIMIT}) AS "stuckOrders",
      ARRAY(SELECT id FROM orders WHERE status IN ('pending', 'awaiting_payment') AND deadline_at <= ${at}
            ORDER BY deadline_at LIMIT ${LIMIT}) AS "overdueOrders",
      ARRAY(SELECT DISTINCT r.order_id FROM reservations r JOIN orders o ON o.id = r.order_id
            WHERE r.status = 'active' AND (r.expires_at <= ${at} OR o.status IN ('failed', 'cancelled')) LIMIT ${LIMIT}) AS "expiredReservations",
      ARRAY(SELECT DISTINCT p.order_id FROM payments p JOIN orders o ON o.id = p.order_id
            WHERE p.status IN ('created', 'confirming', 'requires_action', 'failed') AND p.intent_id IS NOT NULL AND p.updated_at < ${ago(5 * MINUTE)}
              AND (o.status NOT IN ('pending', 'awaiting_payment') OR o.attempt > p.attempt) LIMIT ${LIMIT}) AS "openIntents",
      ARRAY(SELECT id FROM refunds WHERE status = 'pending' AND updated_at < ${ago(10 * MINUTE)} ORDER BY created_at LIMIT ${LIMIT}) AS "pendingRefunds",
      ARRAY(SELECT id FROM emails WHERE status = 'queued' AND created_at BETWEEN ${ago(MAX_EMAIL_AGE_MS)} AND ${ago(10 * MINUTE)}
              AND NOT EXISTS (SELECT 1 FROM rate_limits t WHERE t.key = 'email-turn:' || emails.id AND t.tat > ${ago(10 * MINUTE)})
            ORDER BY created_at LIMIT ${LIMIT}) AS "queuedEmails",
      EXISTS (SELECT 1 FROM emails WHERE status = 'queued' AND created_at < ${ago(MAX_EMAIL_AGE_MS)}) AS "hopelessEmails",
      ARRAY(SELECT DISTINCT object_id FROM webhook_inbox WHERE provider = 'stripe' AND processed_at IS NULL AND object_id IS NOT NULL
              AND received_at < ${ago(90 * SECOND)} AND NOT EXISTS (
                SELECT 1 FROM reconcile_retries r WHERE r.kind = 'webhook' AND r.id = object_id AND r.not_before > ${at})
            LIMIT ${LIMIT}) AS "unprocessedIntents",
      ARRAY(SELECT a.id FROM alerts a WHERE a.resolved_at IS NULL
              AND NOT EXISTS (SELECT 1 FROM emails m WHERE m.kind = 'alert' AND m.entity_id = a.id) ORDER BY a.created_at LIMIT ${LIMIT}) AS "newAlerts",
      ARRAY(SELECT v.order_id FROM order_reviews v JOIN orders o ON o.id = v.order_id AND o.status IN ('pending', 'awaiting_payment')
            WHERE v.status = 'held' AND v.due_at BETWEEN ${at} AND ${after(reminderTime(), at)} AND v.reminded_at IS NULL
            ORDER BY v.due_at LIMIT ${LIMIT}) AS "expiringHolds"`;
  return { ...found, at: at.toISOString() };
}

/** Stripe is asked every ten minutes, not every minute: a list call each time is what it costs. */
export function isStripeDue(at: string): boolean {
  return new Date(at).getUTCMinutes() % 10 === 0;
}

/** Between the calls of Stripe; an email that is missing has been so for a quarter of an hour by then. */
export function isTellingDue(at: string): boolean {
  return new Date(at).getUTCMinutes() % 10 === 5;
}
