import type { EmailStatus, MessageStatus, PaymentStatus, ReviewStatus } from "@/prisma/generated/enums";
import { db } from "../db";
import { inngestEnv } from "../env";
import { notFound } from "../errors";
import type { Money } from "../money";
import { type OrderView, viewOrder } from "./view-order";

/** An order with all that belongs to it, as an operator needs it. */
export interface OrderDetails extends OrderView {
  customer: { email: string; name: string | null; phone: string | null; address: unknown };
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
  /** What was told by text message, push and to the CRM. */
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
  /** Where the engine shows what it did for this order. */
  runUrl: string;
}

interface Row {
  token: string;
  email: string;
  name: string | null;
  phone: string | null;
  address: unknown;
  createdAt: Date;
  deadlineAt: Date;
}

type PaymentRow = Omit<OrderDetails["payments"][number], "amount" | "captured" | "refunded"> & {
  amount: number;
  captured: number;
  refunded: number;
  currency: string;
};

/** @throws AppError `not_found` (404) */
export async function inspectOrder(id: string): Promise<OrderDetails> {
  const [row] = await db().$queryRaw<Row[]>`
    SELECT token, email, name, phone, shipping_address AS address, created_at AS "createdAt", deadline_at AS "deadlineAt" FROM orders WHERE id = ${id}`;
  if (!row) throw notFound("order");
  const { token, email, name, phone, address, createdAt, deadlineAt } = row;
  const [order, payments, emails, messages, [review]] = await Promise.all([
    viewOrder(id, { token }),
    db().$queryRaw<PaymentRow[]>`
      SELECT id, attempt, status, amount, captured, refunded, currency, intent_id AS "intentId", failure_code AS "failureCode", created_at AS at
      FROM payments WHERE order_id = ${id} ORDER BY attempt`,
    db().$queryRaw<OrderDetails["emails"]>`
      SELECT id, kind, recipient AS to, subject, status, last_event AS "lastEvent", coalesce(sent_at, created_at) AS at FROM emails
      WHERE entity_id = ${id} OR entity_id LIKE ${`${id}:%`} OR entity_id IN (SELECT id FROM refunds WHERE order_id = ${id})
        OR entity_id IN (SELECT id FROM shipments WHERE order_id = ${id}) ORDER BY created_at`,
    db().$queryRaw<OrderDetails["messages"]>`
      SELECT n.id, n.channel, n.target, n.status, n.provider, n.error, coalesce(n.ended_at, n.created_at) AS at
      FROM messages n JOIN shipments s ON s.id = n.entity_id WHERE s.order_id = ${id} ORDER BY n.created_at, n.id`,
    db().$queryRaw<
      NonNullable<OrderDetails["review"]>[]
    >`SELECT status, due_at AS "dueAt", note FROM order_reviews WHERE order_id = ${id}`,
  ]);
  return {
    ...order,
    customer: { email, name, phone, address },
    createdAt,
    deadlineAt,
    payments: payments.map(shape),
    emails,
    messages,
    review: review ?? null,
    runUrl: `${inngestEnv().INNGEST_BASE_URL ?? "https://app.inngest.com"}/events/${encodeURIComponent(`order-created:${id}`)}`,
  };
}

function shape({ amount, captured, refunded, currency, ...rest }: PaymentRow): OrderDetails["payments"][number] {
  const money = (value: number): Money => ({ amount: value, currency });
  return { ...rest, amount: money(amount), captured: money(captured), refunded: money(refunded) };
}
