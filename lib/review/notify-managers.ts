import type { OrderStatus, ReviewStatus } from "@/prisma/generated/enums";
import { now } from "../clock";
import { db } from "../db";
import type { EmailKind } from "../email/email-kinds";
import type { Composed } from "../email/render-email";
import { queueEmail } from "../email/send-email";
import { appEnv, emailEnv, reviewEnv } from "../env";
import { isOpen } from "../order-state/status";
import { type HighValueOrder, highValueOrder, holdRunsOut } from "./review-emails";

interface Reviewed {
  number: number;
  amount: number;
  currency: string;
  email: string;
  name: string | null;
  orderStatus: OrderStatus;
  status: ReviewStatus;
  dueAt: Date | null;
  managers: string[] | null;
}

/**
 * Emails every manager and admin, or the operators when there is none, that a high-value order has come in; once each.
 * Says whether there was anything to tell, and to how many.
 */
export async function notifyManagers(
  orderId: string,
): Promise<{ outcome: "told" | "no_such_review" | "over"; emails: number }> {
  const order = await readReviewed(orderId);
  if (!order) return { outcome: "no_such_review", emails: 0 };
  if (["cancelled", "failed", "refunded"].includes(order.orderStatus)) return { outcome: "over", emails: 0 };
  const holdHours = order.status === "held" ? reviewEnv().REVIEW_HOLD_HOURS : undefined;
  const emails = await tell("order_review", orderId, order, highValueOrder({ ...describe(orderId, order), holdHours }));
  return { outcome: "told", emails };
}

/** Reminds the same people, once, of an order that is still held, with the time that is left. Returns how many. */
export async function remindManagers(orderId: string): Promise<number> {
  const order = await readReviewed(orderId);
  if (order?.status !== "held" || !order.dueAt || !isOpen(order.orderStatus)) return 0;
  const emails = await tell(
    "order_review_reminder",
    orderId,
    order,
    holdRunsOut({ ...describe(orderId, order), dueAt: order.dueAt }),
  );
  await db()
    .$executeRaw`UPDATE order_reviews SET reminded_at = ${now()} WHERE order_id = ${orderId} AND reminded_at IS NULL`;
  return emails;
}

async function readReviewed(orderId: string): Promise<Reviewed | undefined> {
  const [order] = await db().$queryRaw<Reviewed[]>`
    SELECT o.number, o.total_amount AS amount, o.currency, o.email, o.name, o.status AS "orderStatus", r.status, r.due_at AS "dueAt",
      (SELECT json_agg(u.email ORDER BY u.id) FROM users u WHERE u.role IN ('manager', 'admin')) AS managers
    FROM orders o JOIN order_reviews r ON r.order_id = o.id WHERE o.id = ${orderId}`;
  return order;
}

const describe = (orderId: string, { number, amount, currency, name, email }: Reviewed): HighValueOrder => ({
  number: String(number),
  total: { amount, currency },
  customer: name ? `${name} <${email}>` : email,
  url: `${appEnv().APP_URL}/console/orders/${orderId}`,
});

async function tell(kind: EmailKind, orderId: string, { managers }: Reviewed, email: Composed): Promise<number> {
  const recipients = managers ?? [emailEnv().MAIL_OPERATORS];
  for (const to of recipients) await queueEmail({ kind, entityId: orderId, to }, () => email);
  return recipients.length;
}
