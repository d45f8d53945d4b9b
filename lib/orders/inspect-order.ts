import type { EmailStatus, MessageStatus, PaymentStatus, ReviewStatus } from "@/prisma/generated/enums";
import { db } from "../db";
import { inngestEnv } from "../env";
import { notFound } from "../errors";
import type { Money } from "../money";
import { ORDER_VIEW_PARTS, type OrderView, toOrderView } from "./view-order";

/** An order with everything that belongs to it, for operators. */
export interface OrderDetails extends OrderView {
  customer: { email: string; name: string | null; phone: string | null; address: unknown };
  /** The API key of the program that placed it, if it was not the customer; the name is that of the time. */
  placedBy: { apiKeyId: string; name: string } | null;
  /** The id at the storefront that sent it as an event. */
  externalId: string | null;
  createdAt: Date;
  deadlineAt: Date;
  payments: {
    id: string;
    attempt: number;
    status: PaymentStatus;
    amount: Money;
    captured: Money;
    refunded: Money;
    intentId: string | null;
    failureCode: string | null;
    at: Date;
  }[];
  emails: {
    id: string;
    kind: string;
    to: string;
    subject: string;
    status: EmailStatus;
    lastEvent: string | null;
    at: Date;
  }[];
  /** Text messages, push messages and CRM updates. */
  messages: {
    id: string;
    channel: string;
    target: string;
    status: MessageStatus;
    provider: string | null;
    error: string | null;
    at: Date;
  }[];
  review: { status: ReviewStatus; dueAt: Date | null; note: string | null } | null;
  /** The page of the order's run at the engine. */
  runUrl: string;
}

/** Returns an order with all its details. @throws AppError `not_found` (404) */
export async function inspectOrder(id: string): Promise<OrderDetails> {
  const order = await db().order.findUnique({
    where: { id },
    include: { ...ORDER_VIEW_PARTS, review: { select: { status: true, dueAt: true, note: true } } },
  });
  if (!order) throw notFound("order");
  const shipmentIds = order.shipments.map((shipment) => shipment.id);
  const [emails, messages] = await Promise.all([
    readEmails(id, [...shipmentIds, ...order.refunds.map((refund) => refund.id)]),
    readMessages(shipmentIds),
  ]);
  const { email, name, phone, shippingAddress, externalId, apiKeyId, apiKeyName, createdAt, deadlineAt, review } =
    order;
  return {
    ...toOrderView(order),
    customer: { email, name, phone, address: shippingAddress },
    placedBy: apiKeyId === null ? null : { apiKeyId, name: apiKeyName ?? "" },
    externalId,
    createdAt,
    deadlineAt,
    payments: order.payments.map((payment) => {
      const { id, attempt, status, currency, intentId, failureCode, createdAt: at } = payment;
      const money = (amount: number): Money => ({ amount, currency });
      return {
        ...{ id, attempt, status, intentId, failureCode, at },
        amount: money(payment.amount),
        captured: money(payment.captured),
        refunded: money(payment.refunded),
      };
    }),
    emails,
    messages,
    review,
    runUrl: `${inngestEnv().INNGEST_BASE_URL ?? "https://app.inngest.com"}/events/${encodeURIComponent(`order-created:${id}`)}`,
  };
}

/** Reads the emails about an order, its attempts (`order:attempt`), its refunds and its shipments. */
async function readEmails(orderId: string, partIds: string[]): Promise<OrderDetails["emails"]> {
  // Prisma passes the wildcards of LIKE on as they are, and an id has an underscore.
  const startsWith = `${orderId.replaceAll("_", "\\_")}:`;
  const emails = await db().email.findMany({
    where: { OR: [{ entityId: { in: [orderId, ...partIds] } }, { entityId: { startsWith } }] },
    orderBy: { createdAt: "asc" },
    omit: { html: true, text: true, attachments: true },
  });
  return emails.map(({ id, kind, recipient: to, subject, status, lastEvent, sentAt, createdAt }) => ({
    ...{ id, kind, to, subject, status, lastEvent },
    at: sentAt ?? createdAt,
  }));
}

async function readMessages(shipmentIds: string[]): Promise<OrderDetails["messages"]> {
  const messages = await db().message.findMany({
    where: { entityId: { in: shipmentIds } },
    orderBy: [{ createdAt: "asc" }, { id: "asc" }],
    omit: { body: true },
  });
  return messages.map(({ id, channel, target, status, provider, error, endedAt, createdAt }) => ({
    ...{ id, channel, target, status, provider, error },
    at: endedAt ?? createdAt,
  }));
}
