import { ago, MINUTE, now } from "./clock";
import { db, Prisma } from "./db";

/** The invariants of the data, as the console shows them. The checks below cover only violations that no constraint prevents. */
export const INVARIANTS = {
  I1: "Stock adds up: received units are available, reserved or sold, and no order ships more than was ordered",
  I2: "Money adds up: a confirmed order is paid once, an ended one holds no money, and no refund exceeds its payment",
  I3: "Every order ends: none is open past its deadline",
  I4: "No email is sent twice, and none that its recipient has refused",
  I5: "Every committed event is sent",
} as const;

export type Invariant = keyof typeof INVARIANTS;

/** One check of an invariant. `query` returns the ids of the rows that violate it. */
interface Check {
  invariant: Invariant;
  /** In kebab case; the key of its stored result. */
  name: string;
  violation: string;
  query(at: Date): Prisma.Sql;
}

/**
 * An order counts as open past its deadline after this time (invariant I3): until then its run may be ending it, and several rounds of
 * the reconciler have tried to.
 */
export const DEADLINE_GRACE_MS = 5 * MINUTE;
/** The sweep sends an event within a minute unless the event API is down. */
const OUTBOX_GRACE_MS = 15 * MINUTE;
const MAX_VIOLATIONS = 20;

export const CHECKS: Check[] = [
  {
    invariant: "I1",
    name: "stock-matches-reservations",
    violation: "reserved or sold stock differs from the reservations of the orders",
    query:
      () => Prisma.sql`SELECT i.product_id AS id FROM inventory i LEFT JOIN reservations r ON r.product_id = i.product_id
      GROUP BY i.product_id, i.reserved, i.sold
      HAVING i.reserved <> coalesce(sum(r.quantity) FILTER (WHERE r.status = 'active'), 0)
        OR i.sold <> coalesce(sum(r.quantity) FILTER (WHERE r.status = 'committed'), 0)`,
  },
  {
    invariant: "I1",
    name: "reservations-match-orders",
    violation: "an order that ended without a sale holds stock, or a confirmed one has sold none",
    query: () => Prisma.sql`SELECT o.id FROM orders o
      WHERE o.status IN ('failed', 'cancelled') AND EXISTS (SELECT 1 FROM reservations r WHERE r.order_id = o.id AND r.status <> 'released'
          -- Items that were paid back before the cancellation stay sold.
          AND (r.status = 'active' OR r.quantity > (SELECT coalesce(sum((i ->> 'quantity')::int), 0)
            FROM refunds f, jsonb_array_elements(f.items) i WHERE f.order_id = o.id AND i ->> 'productId' = r.product_id)))
        OR o.status IN ('confirmed', 'shipped', 'delivered')
          AND (SELECT count(*) FROM reservations r WHERE r.order_id = o.id AND r.status = 'committed') <> (SELECT count(*) FROM order_lines l WHERE l.order_id = o.id AND l.cancelled < l.quantity)`,
  },
  {
    invariant: "I1",
    name: "shipments-match-order-lines",
    violation:
      "more of an order is shipped than was ordered and not paid back, or a shipped order has items left to ship",
    query: () => Prisma.sql`SELECT o.id FROM orders o JOIN order_lines l ON l.order_id = o.id
      CROSS JOIN LATERAL (SELECT coalesce(sum(i.quantity), 0) AS quantity FROM shipments s JOIN shipment_items i ON i.shipment_id = s.id
        WHERE s.order_id = o.id AND i.product_id = l.product_id) shipped
      CROSS JOIN LATERAL (SELECT l.cancelled + coalesce(sum((i ->> 'quantity')::int), 0) AS quantity
        FROM refunds r, jsonb_array_elements(r.items) i WHERE r.order_id = o.id AND i ->> 'productId' = l.product_id) withheld
      WHERE shipped.quantity + withheld.quantity > l.quantity
        OR o.status IN ('shipped', 'delivered') AND shipped.quantity + withheld.quantity < l.quantity
        OR o.status IN ('pending', 'awaiting_payment', 'failed', 'cancelled') AND shipped.quantity > 0`,
  },
  {
    invariant: "I2",
    name: "orders-are-paid-once",
    violation: "a confirmed order has not captured its total exactly once, or an unpaid ended order holds money",
    query: () => Prisma.sql`SELECT o.id FROM orders o
      LEFT JOIN payments p ON p.order_id = o.id AND p.attempt = o.attempt
      CROSS JOIN LATERAL (SELECT coalesce(sum(captured - refunded), 0) AS held FROM payments e WHERE e.order_id = o.id AND e.attempt <> o.attempt) earlier
      WHERE (o.status NOT IN ('pending', 'awaiting_payment') AND earlier.held <> 0
        OR o.status IN ('failed', 'cancelled') AND p.captured <> p.refunded)
        -- Money whose refund has failed is owed until an operator has decided.
        AND NOT EXISTS (SELECT 1 FROM refunds r JOIN manual_queue m ON m.kind = 'refund' AND m.entity_id = r.id AND m.resolved_at IS NULL
          WHERE r.order_id = o.id)
        OR o.status IN ('confirmed', 'shipped', 'delivered', 'refunded') AND coalesce(p.captured, 0) <> o.total_amount`,
  },
  {
    invariant: "I2",
    name: "payments-match-refunds",
    violation: "the refunded amount of a payment differs from its refunds",
    query:
      () => Prisma.sql`SELECT p.id FROM payments p LEFT JOIN refunds r ON r.payment_id = p.id AND r.status <> 'failed'
      GROUP BY p.id, p.refunded HAVING p.refunded <> coalesce(sum(r.amount), 0)`,
  },
  {
    invariant: "I2",
    name: "payouts-match-expenses",
    violation: "a payout differs from its expense in amount or state, or an ended one holds money",
    query: () => Prisma.sql`SELECT e.id FROM expenses e LEFT JOIN payouts p ON p.expense_id = e.id
      WHERE p.amount <> e.amount OR p.currency <> e.currency OR (e.status = 'paid') <> coalesce(p.status = 'paid', false)
        OR e.status = 'paid' AND e.decided_by IS NULL`,
  },
  {
    invariant: "I2",
    name: "totals-match-order-lines",
    violation: "the total of an order is not the sum of its lines less its discount",
    query: () => Prisma.sql`SELECT o.id FROM orders o
      WHERE o.total_amount + o.discount_amount <> (SELECT sum(l.unit_amount * l.quantity) FROM order_lines l WHERE l.order_id = o.id)`,
  },
  {
    invariant: "I2",
    name: "coupons-match-orders",
    violation: "an order lacks the coupon of its price, or an unpaid ended order holds one",
    query: () => Prisma.sql`SELECT o.id FROM orders o LEFT JOIN coupons c ON c.order_id = o.id
      WHERE o.coupon_code IS NOT NULL AND (o.status IN ('failed', 'cancelled')) <> (c.code IS NULL)`,
  },
  {
    invariant: "I2",
    name: "sales-match-orders",
    violation: "the sales of a day differ from the orders confirmed on it",
    // The newest days of the sums: every day is among them for a while.
    query: () => Prisma.sql`SELECT d.date::text AS id FROM sales_watermark w CROSS JOIN generate_series(0, 2) AS back
      CROSS JOIN LATERAL (SELECT (w.until AT TIME ZONE w.time_zone)::date - back AS date) d
      CROSS JOIN LATERAL (SELECT coalesce(sum(confirmed), 0) AS orders, coalesce(sum(revenue), 0) AS revenue FROM sales_days s WHERE s.date = d.date) summed
      CROSS JOIN LATERAL (SELECT count(*) AS orders, coalesce(sum(o.total_amount), 0) AS revenue FROM order_events e JOIN orders o ON o.id = e.order_id
        WHERE e.type = 'order_confirmed' AND e.at >= d.date::timestamp AT TIME ZONE w.time_zone
          AND e.at < least(w.until, (d.date + 1)::timestamp AT TIME ZONE w.time_zone)) made
      WHERE (summed.orders, summed.revenue) <> (made.orders, made.revenue)`,
  },
  {
    invariant: "I2",
    name: "subscription-charges-match-refunds",
    violation: "the refunded amount of a subscription charge differs from its refunds, or an ended one holds money",
    query:
      () => Prisma.sql`SELECT c.id FROM subscription_charges c LEFT JOIN subscription_refunds r ON r.charge_id = c.id AND r.status <> 'failed'
      GROUP BY c.id, c.status, c.refunded, c.captured
      HAVING c.refunded <> coalesce(sum(r.amount), 0) OR c.status IN ('failed', 'waived') AND c.captured <> c.refunded
        AND NOT EXISTS (SELECT 1 FROM manual_queue m WHERE m.kind = 'subscription_refund' AND m.entity_id = c.id AND m.resolved_at IS NULL)`,
  },
  {
    invariant: "I3",
    name: "orders-end",
    violation: "an order is open past its deadline",
    query: (at) =>
      Prisma.sql`SELECT id FROM orders WHERE status IN ('pending', 'awaiting_payment') AND deadline_at < ${ago(DEADLINE_GRACE_MS, at)}`,
  },
  {
    invariant: "I4",
    name: "emails-are-sent-once",
    violation: "the email provider reports one email under two ids",
    query: () => Prisma.sql`SELECT payload #>> '{data,tags,email_id}' AS id FROM webhook_inbox
      WHERE provider = 'resend' AND object_id IS NOT NULL AND payload #>> '{data,tags,email_id}' IS NOT NULL
      GROUP BY 1 HAVING count(DISTINCT object_id) > 1`,
  },
  {
    invariant: "I4",
    name: "emails-respect-preferences",
    violation: "an email was sent after its recipient had unsubscribed from its category",
    query:
      () => Prisma.sql`SELECT m.id FROM emails m JOIN email_preferences p ON p.address = lower(m.recipient) AND p.category = m.category
      WHERE NOT p.wanted AND m.sent_at > p.updated_at + interval '1 minute'`,
  },
  {
    invariant: "I4",
    name: "emails-respect-suppressions",
    violation: "an email was sent to an address after it was suppressed",
    query: () => Prisma.sql`SELECT m.id FROM emails m JOIN email_suppressions s ON s.address = lower(m.recipient)
      WHERE (s.reason <> 'complained' OR m.category <> 'transactional') AND m.sent_at > s.at + interval '1 minute'`,
  },
  {
    invariant: "I4",
    name: "no-confirmation-after-cancellation",
    violation: "a confirmation was sent after the order was cancelled",
    query:
      () => Prisma.sql`SELECT m.id FROM emails m JOIN order_events e ON e.order_id = m.entity_id AND e.type = 'order_cancelled'
      WHERE m.kind = 'order_confirmed' AND m.sent_at > e.at + interval '1 minute'`,
  },
  {
    invariant: "I5",
    name: "events-are-sent",
    violation: "an event that committed a while ago is not sent",
    query: (at) => Prisma.sql`SELECT id FROM outbox WHERE sent_at IS NULL AND created_at < ${ago(OUTBOX_GRACE_MS, at)}`,
  },
];

/** Returns the ids of at most 20 rows that violate a check now. */
export async function runCheck({ query }: Check): Promise<string[]> {
  const rows = await db().$queryRaw<{ id: string }[]>`${query(now())} LIMIT ${MAX_VIOLATIONS}`;
  return rows.map(({ id }) => id);
}

/** Runs every check on the current data. Returns the violated checks, each with the id of a row that violates it. */
export async function findViolations() {
  const violations: { invariant: Invariant; what: string; id: string }[] = [];
  for (const check of CHECKS)
    for (const id of await runCheck(check)) violations.push({ invariant: check.invariant, what: check.violation, id });
  return violations;
}
