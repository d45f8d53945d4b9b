import type { OrderStatus, ReviewStatus } from "@/prisma/generated/enums";
import { now } from "../clock";
import { db } from "../db";
import type { MailKind } from "../email/mail-kinds";
import type { Composed } from "../email/render-mail";
import { type HighValueOrder, highValueOrder, holdRunsOut } from "../email/review-mail";
import { queueMail } from "../email/send-mail";
import { appEnv, emailEnv, reviewEnv } from "../env";
import { isOpen } from "../orders/state";

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
 * Mails every manager and admin, or the operators when there is none, that a high-value order has come in; once each.
 * Says whether there was anything to tell, and to how many.
 */
export async function alertManagers(
  orderId: string,
): Promise<{ outcome: "told" | "no_such_review" | "over"; mails: number }> {
  const order = await readReviewed(orderId);
  if (!order) return { outcome: "no_such_review", mails: 0 };
  if (["cancelled", "failed", "refunded"].includes(order.orderStatus)) return { outcome: "over", mails: 0 };
  const holdHours = order.status === "held" ? reviewEnv().REVIEW_HOLD_HOURS : undefined;
  const mails = await tell("order_review", orderId, order, highValueOrder({ ...describe(orderId, order), holdHours }));
  return { outcome: "told", mails };
}

/** Reminds the same people, once, of an order that is still held, with the time that is left. Returns how many. */
export async function remindManagers(orderId: string): Promise<number> {
  const order = await readReviewed(orderId);
  if (order?.status !== "held" || !order.dueAt || !isOpen(order.orderStatus)) return 0;
  const mails = await tell(
    "order_review_reminder",
    orderId,
    order,
    holdRunsOut({ ...describe(orderId, order), dueAt: order.dueAt }),
  );
  await db()
    .$executeRaw`UPDATE order_reviews SET reminded_at = ${now()} WHERE order_id = ${orderId} AND reminded_at IS NULL`;
  return mails;
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

async function tell(kind: MailKind, orderId: string, { managers }: Reviewed, mail: Composed): Promise<number> {
  const recipients = managers ?? [emailEnv().MAIL_OPERATORS];
  for (const to of recipients) await queueMail({ kind, entityId: orderId, to }, () => mail);
  return recipients.length;
}
