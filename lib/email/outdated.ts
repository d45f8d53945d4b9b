import { Prisma } from "../db";

const expenseDecided = Prisma.sql`EXISTS (SELECT 1 FROM expenses x WHERE x.id = m.entity_id AND x.status <> 'pending')`;

/**
 * Returns the SQL condition that the content of an email `m` has become untrue since it was composed. It is read at the moment of
 * sending: a cancellation can commit after the order was read and before the email was saved, and a provider can be down for hours.
 * An email that is sent again has the entity id of the first one, with a suffix after a colon.
 */
export const outdatedCondition = (): Prisma.Sql => Prisma.sql`CASE m.kind
  WHEN 'order_confirmed' THEN EXISTS (SELECT 1 FROM orders o WHERE o.id = split_part(m.entity_id, ':', 1) AND o.status IN ('cancelled', 'failed', 'refunded'))
  WHEN 'order_failed' THEN EXISTS (SELECT 1 FROM orders o WHERE o.id = split_part(m.entity_id, ':', 1)
    AND (o.status <> 'failed' OR o.attempt::text <> split_part(m.entity_id, ':', 2)))
  WHEN 'order_payment_request' THEN EXISTS (SELECT 1 FROM orders o WHERE o.id = split_part(m.entity_id, ':', 1)
    AND (o.status <> 'awaiting_payment' OR o.payment_method IS NOT NULL))
  WHEN 'order_payment_reminder' THEN EXISTS (SELECT 1 FROM orders o WHERE o.id = split_part(m.entity_id, ':', 1)
    AND (o.status <> 'awaiting_payment' OR o.attempt::text <> split_part(m.entity_id, ':', 2)))
  WHEN 'order_review_reminder' THEN EXISTS (SELECT 1 FROM order_reviews v JOIN orders o ON o.id = v.order_id
    WHERE v.order_id = m.entity_id AND (v.status <> 'held' OR o.status NOT IN ('pending', 'awaiting_payment')))
  WHEN 'expense_request' THEN ${expenseDecided}
  WHEN 'expense_reminder' THEN ${expenseDecided}
  WHEN 'refund_made' THEN EXISTS (SELECT 1 FROM refunds r WHERE r.id = split_part(m.entity_id, ':', 1) AND r.status = 'failed')
  WHEN 'subscription_refunded' THEN EXISTS (SELECT 1 FROM subscription_refunds r WHERE r.id = split_part(m.entity_id, ':', 1) AND r.status = 'failed')
  WHEN 'subscription_unpaid' THEN EXISTS (
    SELECT 1 FROM subscription_charges c WHERE c.id = split_part(m.entity_id, ':', 1) AND c.status <> 'open')
  ELSE false END`;
