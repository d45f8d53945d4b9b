import { z } from "zod";
import { EmailStatus, MessageStatus, type OrderStatus, PaymentStatus, ReviewStatus } from "@/prisma/generated/enums";
import { db } from "../db";
import { notFound } from "../errors";
import { eventRunsUrl } from "../inngest-url";
import { CHANNELS, type Channel } from "../messaging/send-once";
import type { Money } from "../money";
import { newestNotes, noteViewSchema } from "../notes";
import { lineStates, openItems } from "../order-state/open-lines";
import { stripePaymentUrl } from "../stripe";
import { escapeLike } from "../text";
import { moneySchema, timeSchema } from "../view-schemas";
import { TAGS } from "./order-tags";
import { ORDER_VIEW_PARTS, orderViewSchema, toOrderView } from "./view-order";

const paymentSchema = z.strictObject({
  ...{ id: z.string(), attempt: z.int(), status: z.enum(PaymentStatus) },
  ...{ amount: moneySchema, captured: moneySchema, refunded: moneySchema },
  intentId: z.string().nullable().describe("The PaymentIntent. Null until Stripe has it, and for another provider."),
  url: z.url().nullable().describe("The page of the PaymentIntent at Stripe."),
  failureCode: z.string().nullable().describe("The code of Stripe, such as insufficient_funds."),
  at: timeSchema,
});

const emailSchema = z.strictObject({
  ...{ id: z.string(), kind: z.string(), to: z.string(), subject: z.string(), status: z.enum(EmailStatus) },
  lastEvent: z.string().nullable().describe("The highest-ranking event from the provider, such as email.delivered."),
  at: timeSchema.describe("When it was sent, or queued if it is not sent yet."),
});

const messageSchema = z.strictObject({
  ...{ id: z.string(), channel: z.enum(CHANNELS) },
  target: z
    .string()
    .describe(
      "A phone number, a push subscription, or crm. Without a provider of push messages, the address of the customer.",
    ),
  ...{ status: z.enum(MessageStatus), provider: z.string().nullable(), error: z.string().nullable(), at: timeSchema },
});

const disputeSchema = z.strictObject({
  ...{ id: z.string(), amount: moneySchema },
  reason: z.string().describe("The reason at Stripe, such as fraudulent."),
  status: z.string().describe("The status at Stripe, such as needs_response or won."),
  at: timeSchema,
});

const runSchema = z.strictObject({
  event: z.string().describe("The name of the event, such as order/created."),
  url: z.url().describe("The page of its runs at the engine."),
  at: timeSchema.describe("When the event was stored."),
});

/** An order with everything that belongs to it, for operators. */
export const orderDetailsSchema = orderViewSchema.extend({
  customer: z.strictObject({
    ...{ userId: z.string().nullable(), email: z.string(), name: z.string().nullable(), phone: z.string().nullable() },
    address: z.unknown().describe("The shipping address as it is stored. An old one may not fit the present rules."),
  }),
  placedBy: z
    .strictObject({ apiKeyId: z.string(), name: z.string().describe("The name of the key at that time.") })
    .nullable()
    .describe("The API key of the program that placed it. Null if the customer did."),
  externalId: z.string().nullable().describe("The id at the storefront that sent it as an event."),
  createdAt: timeSchema,
  deadlineAt: timeSchema.describe("When the order, if it is still open, is ended."),
  payments: z.array(paymentSchema),
  emails: z.array(emailSchema),
  messages: z.array(messageSchema).describe("Text messages, push messages and updates of the CRM."),
  review: z
    .strictObject({ status: z.enum(ReviewStatus), dueAt: timeSchema.nullable(), note: z.string().nullable() })
    .nullable(),
  disputes: z.array(disputeSchema),
  openItems: z
    .array(z.strictObject({ productId: z.string(), quantity: z.int() }))
    .describe("The items that are left to ship. None of an order that has ended."),
  tags: z.array(z.string()),
  notes: z.array(noteViewSchema).describe("The newest hundred internal notes, newest first."),
  runUrl: z.url().describe("The page of the order's run at the engine."),
  runs: z.array(runSchema).describe("The events about the order, oldest first."),
});

export type OrderDetails = z.output<typeof orderDetailsSchema>;

/** The statuses of an order whose items ship, now or when it is paid. */
const CAN_SHIP: OrderStatus[] = ["pending", "awaiting_payment", "confirmed"];

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
    newestNotes({ orderId: id }),
    readRuns(id, refundIds),
  ]);
  const { email, name, phone, shippingAddress, externalId, apiKeyId, apiKeyName, createdAt, deadlineAt, review } =
    order;
  const { userId, disputes } = order;
  return {
    ...toOrderView(order),
    customer: { userId, email, name, phone, address: shippingAddress },
    placedBy: apiKeyId === null ? null : { apiKeyId, name: apiKeyName ?? "" },
    externalId,
    createdAt: createdAt.toISOString(),
    deadlineAt: deadlineAt.toISOString(),
    payments: order.payments.map((payment) => {
      const { id, attempt, status, currency, intentId, failureCode, createdAt } = payment;
      const money = (amount: number): Money => ({ amount, currency });
      return {
        ...{ id, attempt, status, intentId, failureCode, at: createdAt.toISOString() },
        url: intentId && stripePaymentUrl(intentId),
        amount: money(payment.amount),
        captured: money(payment.captured),
        refunded: money(payment.refunded),
      };
    }),
    emails,
    messages,
    review: review && { ...review, dueAt: review.dueAt?.toISOString() ?? null },
    disputes: disputes.map(({ id, amount, currency, reason, status, createdAt }) => ({
      ...{ id, amount: { amount, currency }, reason, status, at: createdAt.toISOString() },
    })),
    openItems: CAN_SHIP.includes(order.status) ? openItems(lineStates(order)) : [],
    tags: order.tags.map(({ tag }) => tag),
    notes,
    runUrl: eventRunsUrl(`order-created:${id}`),
    runs,
  };
}

/**
 * Reads the stored events that name an order, also those with which a sweep, a start of the app or a storefront has started its run
 * again, and the requests of its refunds, which name only the refund.
 */
async function readRuns(orderId: string, refundIds: string[]): Promise<OrderDetails["runs"]> {
  const requests = refundIds.map((refundId) => `refund-requested:${refundId}`);
  const events = await db().$queryRaw<{ id: string; event: string; at: Date }[]>`
    SELECT id, name AS event, created_at AS at FROM outbox
    WHERE coalesce(data->>'orderId', data->>'id') = ${orderId} OR id = ANY(${requests}) ORDER BY created_at, id`;
  return events.map(({ id, event, at }) => ({ event, url: eventRunsUrl(id), at: at.toISOString() }));
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
    at: (sentAt ?? createdAt).toISOString(),
  }));
}

async function readMessages(shipmentIds: string[]): Promise<OrderDetails["messages"]> {
  const messages = await db().message.findMany({
    where: { entityId: { in: shipmentIds } },
    orderBy: [{ createdAt: "asc" }, { id: "asc" }],
    omit: { body: true },
  });
  return messages.map(({ id, channel, target, status, provider, error, endedAt, createdAt }) => ({
    // A constraint of the table allows no other channel.
    ...{ id, channel: channel as Channel, target, status, provider, error },
    at: (endedAt ?? createdAt).toISOString(),
  }));
}
