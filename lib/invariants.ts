import { ago, MINUTE, now } from "./clock";
import { db, Prisma } from "./db";

/** What Steadfast promises at every moment, in words. */
export const INVARIANTS = {
  I1: "stock adds up: what came in is there, set aside or sold, and never less than nothing",
  I2: "money adds up: a confirmed order is paid once, an ended one keeps nothing, no refund exceeds its payment",
  I3: "every order ends: none is open past its deadline",
  I4: "no email goes out twice, and none that its reader has refused",
  I5: "every event that was committed has been sent",
} as const;

/** A promise that does not hold, with what breaks it. */
export interface Violation {
  invariant: keyof typeof INVARIANTS;
  what: string;
  id: string;
}

/** Each query returns the ids of what breaks it: an empty answer is a promise kept. */
function checks(at: Date): { invariant: Violation["invariant"]; what: string; query: Prisma.Sql }[] {
  return [
    {
      invariant: "I1",
      what: "stock does not add up: received − sold = available + reserved, none below zero",
      query: Prisma.sql`SELECT product_id AS id FROM inventory
        WHERE received - sold <> available + reserved OR least(available, reserved, sold, received) < 0`,
    },
    {
      invariant: "I1",
      what: "reserved or sold stock differs from the reservations of the orders",
      query: Prisma.sql`SELECT i.product_id AS id FROM inventory i LEFT JOIN reservations r ON r.product_id = i.product_id
        GROUP BY i.product_id, i.reserved, i.sold
        HAVING i.reserved <> coalesce(sum(r.quantity) FILTER (WHERE r.status = 'active'), 0)
          OR i.sold <> coalesce(sum(r.quantity) FILTER (WHERE r.status = 'committed'), 0)`,
    },
    {
      invariant: "I1",
      what: "an order that ended without a sale holds stock, or a confirmed one has sold none",
      query: Prisma.sql`SELECT o.id FROM orders o
        WHERE o.status IN ('failed', 'cancelled') AND EXISTS (SELECT 1 FROM reservations r WHERE r.order_id = o.id AND r.status <> 'released')
          OR o.status IN ('confirmed', 'shipped', 'delivered')
            AND (SELECT count(*) FROM reservations r WHERE r.order_id = o.id AND r.status = 'committed') <> (SELECT count(*) FROM order_lines l WHERE l.order_id = o.id)`,
    },
    {
      invariant: "I1",
      what: "more of an order has left than was ordered, or it counts as shipped and something has not left",
      query: Prisma.sql`SELECT o.id FROM orders o JOIN order_lines l ON l.order_id = o.id
        CROSS JOIN LATERAL (SELECT coalesce(sum(i.quantity), 0) AS quantity FROM shipments s JOIN shipment_items i ON i.shipment_id = s.id
          WHERE s.order_id = o.id AND i.product_id = l.product_id) gone
        WHERE gone.quantity > l.quantity OR o.status IN ('shipped', 'delivered') AND gone.quantity < l.quantity
          OR o.status IN ('pending', 'awaiting_payment', 'failed', 'cancelled') AND gone.quantity > 0`,
    },
    {
      invariant: "I2",
      what: "an order's money does not add up: its total is captured once when it is confirmed, and nothing is kept when it ended unpaid",
      query: Prisma.sql`SELECT o.id FROM orders o
        LEFT JOIN payments p ON p.order_id = o.id AND p.attempt = o.attempt
        CROSS JOIN LATERAL (SELECT coalesce(sum(captured - refunded), 0) AS kept FROM payments e WHERE e.order_id = o.id AND e.attempt <> o.attempt) earlier
        WHERE o.status NOT IN ('pending', 'awaiting_payment') AND earlier.kept <> 0
          OR o.status IN ('failed', 'cancelled') AND p.captured <> p.refunded
          OR o.status IN ('confirmed', 'shipped', 'delivered', 'refunded') AND coalesce(p.captured, 0) <> o.total_amount`,
    },
    {
      invariant: "I2",
      what: "a payment's refunds differ from its refund rows, or exceed what was captured",
      query: Prisma.sql`SELECT p.id FROM payments p LEFT JOIN refunds r ON r.payment_id = p.id AND r.status <> 'failed'
        GROUP BY p.id, p.refunded, p.captured HAVING p.refunded <> coalesce(sum(r.amount), 0) OR p.refunded > p.captured`,
    },
    {
      invariant: "I2",
      what: "a payout does not balance: what was sent for a paid expense is its amount, for any other that has ended it came back",
      query: Prisma.sql`SELECT p.id FROM payouts p JOIN expenses e ON e.id = p.expense_id
        WHERE p.amount <> e.amount OR p.currency <> e.currency OR p.sent NOT IN (0, p.amount)
          OR (e.status = 'paid') <> (p.status = 'paid') OR p.status = 'paid' AND p.sent - p.reversed <> p.amount
          OR p.status IN ('failed', 'reversed') AND p.sent <> p.reversed`,
    },
    {
      invariant: "I2",
      what: "an expense is paid without an approval of somebody else, or without a payout",
      query: Prisma.sql`SELECT e.id FROM expenses e LEFT JOIN payouts p ON p.expense_id = e.id
        WHERE e.status = 'paid' AND (p.id IS NULL OR e.decided_by IS NULL OR e.decided_by = e.submitter_id)`,
    },
    {
      invariant: "I2",
      what: "an order's total is not its lines less its coupon's discount",
      query: Prisma.sql`SELECT o.id FROM orders o
        WHERE o.discount_amount > 0 AND o.total_amount + o.discount_amount <> (SELECT sum(l.unit_amount * l.quantity) FROM order_lines l WHERE l.order_id = o.id)`,
    },
    {
      invariant: "I2",
      what: "an order stands without the coupon of its price, or one that has ended keeps it",
      query: Prisma.sql`SELECT o.id FROM orders o LEFT JOIN coupons c ON c.order_id = o.id
        WHERE o.coupon_code IS NOT NULL AND (o.status IN ('failed', 'cancelled')) <> (c.code IS NULL)`,
    },
    {
      invariant: "I2",
      what: "a subscription's charge does not balance: a paid one captured its amount once, one that ended otherwise keeps nothing",
      query: Prisma.sql`SELECT id FROM subscription_charges
        WHERE status = 'paid' AND (captured <> amount OR intent_id IS NULL) OR status = 'open' AND captured <> 0
          OR status IN ('failed', 'waived') AND captured <> refunded`,
    },
    {
      invariant: "I2",
      what: "a subscription's charge has other refunds than its rows say, or more than was captured",
      query: Prisma.sql`SELECT c.id FROM subscription_charges c LEFT JOIN subscription_refunds r ON r.charge_id = c.id AND r.status <> 'failed'
        GROUP BY c.id, c.refunded, c.captured HAVING c.refunded <> coalesce(sum(r.amount), 0) OR c.refunded > c.captured`,
    },
    {
      invariant: "I2",
      what: "a period is charged twice, or a subscription is dunned for two periods at once",
      query: Prisma.sql`SELECT min(id) AS id FROM subscription_charges GROUP BY subscription_id, period HAVING count(*) > 1
        UNION ALL SELECT min(id) FROM subscription_charges WHERE status = 'open' GROUP BY subscription_id HAVING count(*) > 1`,
    },
    {
      invariant: "I3",
      what: "an order is open past its deadline",
      query: Prisma.sql`SELECT id FROM orders WHERE status IN ('pending', 'awaiting_payment') AND deadline_at < ${ago(5 * MINUTE)}`,
    },
    {
      invariant: "I4",
      what: "an email went out twice",
      query: Prisma.sql`SELECT min(id) AS id FROM emails GROUP BY kind, entity_id, recipient HAVING count(*) > 1`,
    },
    {
      invariant: "I4",
      what: "an email was sent after its reader had unsubscribed from email of that kind",
      query: Prisma.sql`SELECT m.id FROM emails m JOIN email_preferences p ON p.address = lower(m.recipient) AND p.category = m.category
        WHERE NOT p.wanted AND m.sent_at > p.updated_at + interval '1 minute'`,
    },
    {
      invariant: "I4",
      what: "an email was sent to an address after it had bounced, complained or been shut",
      query: Prisma.sql`SELECT m.id FROM emails m JOIN email_suppressions s ON s.address = lower(m.recipient)
        WHERE (s.reason <> 'complained' OR m.category <> 'transactional') AND m.sent_at > s.at + interval '1 minute'`,
    },
    {
      invariant: "I4",
      what: "a confirmation was sent after the order had been cancelled",
      query: Prisma.sql`SELECT m.id FROM emails m JOIN order_events e ON e.order_id = m.entity_id AND e.type = 'order_cancelled'
        WHERE m.kind = 'order_confirmed' AND m.sent_at > e.at + interval '1 minute'`,
    },
    {
      invariant: "I5",
      what: "an event was committed long ago and is not sent",
      query: Prisma.sql`SELECT id FROM outbox WHERE sent_at IS NULL AND created_at < ${ago(15 * MINUTE, at)}`,
    },
  ];
}

/** Checks every promise on what the database holds now; at most 20 offenders for each. */
export async function findViolations(): Promise<Violation[]> {
  const found: Violation[] = [];
  for (const { invariant, what, query } of checks(now())) {
    const rows = await db().$queryRaw<{ id: string }[]>`${query} LIMIT 20`;
    found.push(...rows.map(({ id }) => ({ invariant, what, id })));
  }
  return found;
}
