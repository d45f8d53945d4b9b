import type { Cast } from "./act";

/** The emails that are owed: `kind` and `entity` as lib/email stores them. Each query names what the customer must know. */
const OWED = `
  SELECT 'order_confirmed' AS kind, id AS entity FROM orders WHERE status IN ('confirmed', 'shipped', 'delivered')
  UNION ALL SELECT 'order_cancelled', id FROM orders WHERE status = 'cancelled'
  UNION ALL SELECT 'order_failed', id || ':' || attempt FROM orders WHERE status = 'failed'
  UNION ALL SELECT 'refund_made', id FROM refunds WHERE status = 'succeeded' AND stripe_refund_id IS NOT NULL
  UNION ALL SELECT 'refund_failed', id FROM refunds WHERE status = 'failed' AND failure_code IS DISTINCT FROM 'replaced_by_dashboard_refund'
  UNION ALL SELECT 'order_shipped', id FROM shipments
  UNION ALL SELECT 'order_delivered', id FROM orders WHERE status = 'delivered'
  UNION ALL SELECT 'subscription_paid', id FROM subscription_charges WHERE status = 'paid' AND amount > 0 AND refunded = 0
  UNION ALL SELECT 'expense_approved', id FROM expenses WHERE status IN ('paid', 'payment_failed')
  UNION ALL SELECT 'expense_paid', id FROM expenses WHERE status = 'paid'
  UNION ALL SELECT 'expense_rejected', id FROM expenses WHERE status = 'rejected'`;

/** Emails about something that has never happened. */
const UNTRUE = `
  SELECT m.kind, m.entity_id AS entity FROM emails m
  LEFT JOIN order_events e ON e.type::text = m.kind AND e.order_id = split_part(m.entity_id, ':', 1)
  WHERE m.kind IN ('order_confirmed', 'order_cancelled', 'order_failed', 'order_delivered') AND m.status = 'sent' AND e.id IS NULL
  UNION ALL SELECT m.kind, m.entity_id FROM emails m LEFT JOIN refunds r ON r.id = m.entity_id
  WHERE m.kind IN ('refund_made', 'refund_failed') AND m.status = 'sent' AND r.id IS NULL`;

interface Message {
  to: string[];
  subject: string;
  tags: { name: string; value: string }[];
}

/** Compares the inboxes with what is owed: exactly one of each, and nothing untrue. Returns what differs. */
export async function checkInboxes({ world }: Cast): Promise<string[]> {
  const response = await fetch(`${world.mailbox}/messages?limit=1000`);
  const { items }: { items: Message[] } = await response.json();
  const received = new Map<string, number>();
  const broadcasts = new Map<string, number>();
  for (const { to, tags, subject } of items) {
    const tag = (name: string) => tags.find((one) => one.name === name)?.value;
    const email = tag("email_id");
    if (email) received.set(email, (received.get(email) ?? 0) + 1);
    else broadcasts.set(`"${subject}" to ${to}`, (broadcasts.get(`"${subject}" to ${to}`) ?? 0) + 1);
  }
  const owed = await world.sql<{ kind: string; entity: string; ids: string[] | null; status: string | null }>(
    `SELECT o.kind, o.entity, array_agg(m.id) FILTER (WHERE m.id IS NOT NULL) AS ids, min(m.status::text) AS status
     FROM (${OWED}) o LEFT JOIN emails m ON m.kind = o.kind AND m.entity_id = o.entity GROUP BY 1, 2`,
  );
  const sent = await world.sql<{ id: string }>("SELECT id FROM emails WHERE status = 'sent' AND sent_at > $1", [
    new Date(world.clock.now() - 14 * 24 * 3_600_000),
  ]);
  const untrue = await world.sql<{ kind: string; entity: string }>(UNTRUE);
  return [
    ...owed
      .filter(({ ids }) => !ids?.some((id) => received.has(id)))
      .map(({ kind, entity, status }) => `no email ${kind} about ${entity} (${status ?? "never saved"})`),
    ...[...received, ...broadcasts]
      .filter(([, count]) => count > 1)
      .map(([what, count]) => `${what} was sent ${count} times`),
    ...sent.filter(({ id }) => !received.has(id)).map(({ id }) => `${id} counts as sent and never was`),
    ...untrue.map(({ kind, entity }) => `an untrue email: ${kind} about ${entity}`),
    ...(await checkBroadcasts(world, broadcasts)),
  ];
}

/** A recipient is told once, unless they refused it. One whose email may or may not have gone out counts as failed, with an alert. */
async function checkBroadcasts(world: Cast["world"], received: Map<string, number>): Promise<string[]> {
  const rows = await world.sql<{ title: string; email: string; status: string }>(
    `SELECT b.title, u.email, n.status::text FROM notifications n JOIN broadcasts b ON b.id = n.broadcast_id JOIN users u ON u.id = n.user_id`,
  );
  return rows.flatMap(({ title, email, status }) => {
    const got = received.has(`"${title}" to ${email}`);
    if (status === "sent" && !got) return [`"${title}" to ${email} counts as sent and never was`];
    if (status === "refused" && got) return [`"${title}" was sent to ${email}, who refused it`];
    return [];
  });
}
