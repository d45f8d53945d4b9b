import type { OrderStatus, ReviewStatus } from "@/prisma/generated/enums";
import { db } from "../db";
import { highValueOrder } from "../email/review-mail";
import { queueMail } from "../email/send-mail";
import { appEnv, emailEnv, reviewEnv } from "../env";

interface Reviewed {
  number: number;
  amount: number;
  currency: string;
  email: string;
  name: string | null;
  orderStatus: OrderStatus;
  status: ReviewStatus;
  managers: string[] | null;
}

/**
 * Mails every manager and admin, or the operators when there is none, that a high-value order has come in; once each.
 * Says whether there was anything to tell, and to how many.
 */
export async function alertManagers(
  orderId: string,
): Promise<{ outcome: "told" | "no_such_review" | "over"; mails: number }> {
  const [order] = await db().$queryRaw<Reviewed[]>`
    SELECT o.number, o.total_amount AS amount, o.currency, o.email, o.name, o.status AS "orderStatus", r.status,
      (SELECT json_agg(u.email ORDER BY u.id) FROM users u WHERE u.role IN ('manager', 'admin')) AS managers
    FROM orders o JOIN order_reviews r ON r.order_id = o.id WHERE o.id = ${orderId}`;
  if (!order) return { outcome: "no_such_review", mails: 0 };
  if (["cancelled", "failed", "refunded"].includes(order.orderStatus)) return { outcome: "over", mails: 0 };
  const recipients = order.managers ?? [emailEnv().MAIL_OPERATORS];
  const mail = highValueOrder({
    number: String(order.number),
    total: { amount: order.amount, currency: order.currency },
    customer: order.name ? `${order.name} <${order.email}>` : order.email,
    holdHours: order.status === "held" ? reviewEnv().REVIEW_HOLD_HOURS : undefined,
    url: `${appEnv().APP_URL}/console/orders/${orderId}`,
  });
  for (const to of recipients) await queueMail({ kind: "order_review", entityId: orderId, to }, () => mail);
  return { outcome: "told", mails: recipients.length };
}
