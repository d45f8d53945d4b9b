import { HOUR, now } from "../clock";
import { db } from "../db";
import { composeEmail } from "../email/compose-email";
import type { EmailKind } from "../email/email-kinds";
import { CustomerText, moment, Paragraph } from "../email/parts";
import type { Composed } from "../email/render-email";
import { queueEmail } from "../email/send-email";
import { appEnv, emailEnv, reviewEnv } from "../env";
import { formatMoney, type Money } from "../money";
import { isOpen } from "../order-state/status";

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

export interface HighValueOrder {
  number: string;
  total: Money;
  /** The name and address of the customer, who has typed both. */
  customer: string;
  /** How many hours the order waits for a decision. It does not wait if missing. */
  holdHours?: number;
  /** The page of the order in the console. */
  url: string;
}

const STAFF = {
  reason: "You get this email because you manage this shop's orders.",
  action: "Open the order",
  toStaff: true,
};

const plural = (count: number, unit: string) => `${count} ${unit}${count === 1 ? "" : "s"}`;

/** The email to managers before the time to release or reject an order is over. */
export function holdExpires({ number, total, customer, url, dueAt }: HighValueOrder & { dueAt: Date }): Composed {
  const hours = (dueAt.getTime() - now().getTime()) / HOUR;
  const left = hours < 2 ? plural(Math.max(1, Math.round(hours * 60)), "minute") : plural(Math.round(hours), "hour");
  return composeEmail(
    {
      subject: `Order ${number} is cancelled in ${left} unless you release it`,
      title: `${left} left for order ${number}`,
      preview: `The customer has paid ${formatMoney(total)}.`,
      ...{ ...STAFF, href: url },
    },
    <Paragraph>
      The customer has paid {formatMoney(total)}, and nobody has released or rejected the order yet. It is cancelled on{" "}
      {moment(dueAt)} unless you release it, and the money is refunded.
    </Paragraph>,
    <CustomerText>{customer}</CustomerText>,
  );
}

/** The email to managers about a new order of high value. */
export function highValueOrder({ number, total, customer, holdHours, url }: HighValueOrder): Composed {
  const amount = formatMoney(total);
  const held = holdHours !== undefined;
  return composeEmail(
    {
      subject: `Order ${number}, ${amount}: ${held ? "waits for your decision" : "has come in"}`,
      title: held ? `Release or reject order ${number}` : `Order ${number} is of high value`,
      preview: "Please check it before it ships.",
      ...{ ...STAFF, href: url },
    },
    `A customer has ordered for ${amount}:`,
    <CustomerText>{customer}</CustomerText>,
    held ? (
      <Paragraph>
        The order is paid and its items are reserved. A manager must release it before it is confirmed. If it is
        rejected, or nobody decides within {plural(holdHours, "hour")}, it is cancelled and the money is refunded.
      </Paragraph>
    ) : (
      "The order does not wait for you. You can check it before it ships."
    ),
  );
}
