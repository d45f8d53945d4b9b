import { now } from "../clock";
import { db } from "../db";
import type { EmailKind } from "../email/email-kinds";
import type { Composed } from "../email/render-email";
import { queueEmail } from "../email/send-email";
import { appEnv, emailEnv, reviewEnv } from "../env";
import { isOpen } from "../order-state/status";
import { type HighValueOrder, highValueOrder, holdExpires } from "./review-emails";

/**
 * Emails every manager and admin, or the operators if there is none, that an order of high value was placed. Returns the result
 * and the number of emails. A second call sends none again.
 */
export async function notifyManagers(
  orderId: string,
): Promise<{ outcome: "notified" | "no_such_review" | "ended"; emails: number }> {
  const review = await readReview(orderId);
  if (!review) return { outcome: "no_such_review", emails: 0 };
  if (["cancelled", "failed", "refunded"].includes(review.order.status)) return { outcome: "ended", emails: 0 };
  const holdHours = review.status === "held" ? reviewEnv().REVIEW_HOLD_HOURS : undefined;
  const email = highValueOrder({ ...toEmailOrder(review), holdHours });
  return { outcome: "notified", emails: await emailManagers("order_review", orderId, email) };
}

/** Reminds the same people, once, of an order that is still held. Returns the number of emails. */
export async function remindManagers(orderId: string): Promise<number> {
  const review = await readReview(orderId);
  if (review?.status !== "held" || !review.dueAt || !isOpen(review.order.status)) return 0;
  const email = holdExpires({ ...toEmailOrder(review), dueAt: review.dueAt });
  const emails = await emailManagers("order_review_reminder", orderId, email);
  await db().orderReview.updateMany({ where: { orderId, remindedAt: null }, data: { remindedAt: now() } });
  return emails;
}

const readReview = (orderId: string) => db().orderReview.findUnique({ where: { orderId }, include: { order: true } });

type Review = NonNullable<Awaited<ReturnType<typeof readReview>>>;

const toEmailOrder = ({ order }: Review): HighValueOrder => ({
  number: String(order.number),
  total: { amount: order.totalAmount, currency: order.currency },
  customer: order.name ? `${order.name} <${order.email}>` : order.email,
  url: `${appEnv().APP_URL}/console/orders/${order.id}`,
});

async function emailManagers(kind: EmailKind, orderId: string, email: Composed): Promise<number> {
  const managers = await db().user.findMany({
    where: { role: { in: ["manager", "admin"] } },
    orderBy: { id: "asc" },
    select: { email: true },
  });
  const recipients = managers.length > 0 ? managers.map((manager) => manager.email) : [emailEnv().MAIL_OPERATORS];
  for (const to of recipients) await queueEmail({ kind, entityId: orderId, to }, () => email);
  return recipients.length;
}
