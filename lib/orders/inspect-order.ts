import type { EmailStatus, MessageStatus, PaymentStatus, ReviewStatus } from "@/prisma/generated/enums";
import { db } from "../db";
import { notFound } from "../errors";
import { eventRunsUrl } from "../inngest-url";
import type { Money } from "../money";
import { listNotes, type NoteView } from "../notes";
import { type Items, lineStates, openItems } from "../order-state/open-lines";
import { stripePaymentUrl } from "../stripe";
import { escapeLike } from "../text";
import { TAGS } from "./order-tags";
import { ORDER_VIEW_PARTS, type OrderView, toOrderView } from "./view-order";

/** An order with everything that belongs to it, for operators. */
export interface OrderDetails extends OrderView {
  customer: { userId: string | null; email: string; name: string | null; phone: string | null; address: unknown };
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
    /** Its page at Stripe. */
    url: string | null;
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
  disputes: { id: string; amount: Money; reason: string; status: string; at: Date }[];
  /** The items that can still be shipped. */
  openItems: Items[];
  /** The labels of the operators, in order. */
  tags: string[];
  /** Internal notes, the newest first. */
  notes: NoteView[];
  /** The page of the order's run at the engine. */
  runUrl: string;
  /** The pages of the runs of every event about the order, oldest first. */
  runs: { event: string; url: string; at: Date }[];
}

/** Returns an order with all its details. @throws AppError `not_found` (404) */
export async function inspectOrder(id: string): Promise<OrderDetails> {
  const order = await db().order.findUnique({
    where: { id },
    include: {
      ...ORDER_VIEW_PARTS,
      review: { select: { status: true, dueAt: true, note: true } },
      disputes: true,
      tags: TAGS,
    },
  });
  if (!order) throw notFound("order");
  const shipmentIds = order.shipments.map((shipment) => shipment.id);
  const refundIds = order.refunds.map((refund) => refund.id);
  const [emails, messages, notes, runs] = await Promise.all([
    readEmails(id, [...shipmentIds, ...refundIds]),
    readMessages(shipmentIds),
    listNotes({ orderId: id }),
    readRuns(order, shipmentIds, refundIds),
  ]);
  const { email, name, phone, shippingAddress, externalId, apiKeyId, apiKeyName, createdAt, deadlineAt, review } =
    order;
  const { userId, disputes } = order;
  return {
    ...toOrderView(order),
    customer: { userId, email, name, phone, address: shippingAddress },
    placedBy: apiKeyId === null ? null : { apiKeyId, name: apiKeyName ?? "" },
    externalId,
    createdAt,
    deadlineAt,
    payments: order.payments.map((payment) => {
      const { id, attempt, status, currency, intentId, failureCode, createdAt: at } = payment;
      const money = (amount: number): Money => ({ amount, currency });
      return {
        ...{ id, attempt, status, intentId, failureCode, at },
        url: intentId && stripePaymentUrl(intentId),
        amount: money(payment.amount),
        captured: money(payment.captured),
        refunded: money(payment.refunded),
      };
    }),
    emails,
    messages,
    review,
    disputes: disputes.map(({ id, amount, currency, reason, status, createdAt: at }) => ({
      ...{ id, amount: { amount, currency }, reason, status, at },
    })),
    openItems: openItems(lineStates(order)),
    tags: order.tags.map(({ tag }) => tag),
    notes,
    runUrl: eventRunsUrl(`order-created:${id}`),
    runs,
  };
}

/** Reads the stored events about an order, its attempts, its shipments and its refunds, by their ids. */
async function readRuns(
  { id, attempt }: { id: string; attempt: number },
  shipmentIds: string[],
  refundIds: string[],
): Promise<OrderDetails["runs"]> {
  const attempts = Array.from({ length: attempt }, (_, index) => `${id}:${index + 1}`);
  const ids = [
    ...["order-created", "order-confirmed", "order-cancelled", "order-delivered", "order-reviewed"].map(
      (name) => `${name}:${id}`,
    ),
    ...["order-payment-retried", "payment-failed"].flatMap((name) => attempts.map((key) => `${name}:${key}`)),
    ...shipmentIds.map((shipmentId) => `order-shipped:${shipmentId}`),
    ...refundIds.flatMap((refundId) => [`refund-requested:${refundId}`, `refund-succeeded:${refundId}`]),
  ];
  const events = await db().outboxEvent.findMany({
    where: { id: { in: ids } },
    orderBy: [{ createdAt: "asc" }, { id: "asc" }],
    select: { id: true, name: true, createdAt: true },
  });
  return events.map(({ id, name, createdAt }) => ({ event: name, url: eventRunsUrl(id), at: createdAt }));
}

/** Reads the emails about an order, its attempts (`order:attempt`), its refunds and its shipments. */
async function readEmails(orderId: string, partIds: string[]): Promise<OrderDetails["emails"]> {
  // Prisma passes the wildcards of LIKE on as they are, and an id has an underscore.
  const startsWith = escapeLike(`${orderId}:`);
  // Emails about a part that were sent again.
  const resent = partIds.map((id) => ({ entityId: { startsWith: escapeLike(`${id}:`) } }));
  const emails = await db().email.findMany({
    where: { OR: [{ entityId: { in: [orderId, ...partIds] } }, { entityId: { startsWith } }, ...resent] },
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
