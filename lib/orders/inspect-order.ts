import type { MailStatus, NoticeStatus, PaymentStatus, ReviewStatus } from "@/prisma/generated/enums";
import { db } from "../db";
import { inngestEnv } from "../env";
import { notFound } from "../errors";
import type { Money } from "../money";
import { type OrderView, viewOrder } from "./view-order";

/** An order with all that belongs to it, as an operator needs it. */
export interface OrderInFull extends OrderView {
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
  mails: {
    id: string;
    kind: string;
    to: string;
    subject: string;
    status: MailStatus;
    lastEvent: string | null;
    at: Date;
  }[];
  /** What was told by text message, push and to the CRM. */
  notices: {
    id: string;
    channel: string;
    target: string;
    status: NoticeStatus;
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

type PaymentRow = Omit<OrderInFull["payments"][number], "amount" | "captured" | "refunded"> & {
  amount: number;
  captured: number;
  refunded: number;
  currency: string;
};

/** @throws AppError `not_found` (404) */
export async function inspectOrder(id: string): Promise<OrderInFull> {
  const [row] = await db().$queryRaw<Row[]>`
    SELECT token, email, name, phone, shipping_address AS address, created_at AS "createdAt", deadline_at AS "deadlineAt" FROM orders WHERE id = ${id}`;
  if (!row) throw notFound("order");
  const { token, email, name, phone, address, createdAt, deadlineAt } = row;
  const [order, payments, mails, notices, [review]] = await Promise.all([
    viewOrder(id, { token }),
    db().$queryRaw<PaymentRow[]>`
      SELECT id, attempt, status, amount, captured, refunded, currency, intent_id AS "intentId", failure_code AS "failureCode", created_at AS at
      FROM payments WHERE order_id = ${id} ORDER BY attempt`,
    db().$queryRaw<OrderInFull["mails"]>`
      SELECT id, kind, recipient AS to, subject, status, last_event AS "lastEvent", coalesce(sent_at, created_at) AS at FROM mails
      WHERE entity_id = ${id} OR entity_id LIKE ${`${id}:%`} OR entity_id IN (SELECT id FROM refunds WHERE order_id = ${id})
        OR entity_id IN (SELECT id FROM shipments WHERE order_id = ${id}) ORDER BY created_at`,
    db().$queryRaw<OrderInFull["notices"]>`
      SELECT n.id, n.channel, n.target, n.status, n.provider, n.error, coalesce(n.ended_at, n.created_at) AS at
      FROM notices n JOIN shipments s ON s.id = n.entity_id WHERE s.order_id = ${id} ORDER BY n.created_at, n.id`,
    db().$queryRaw<
      NonNullable<OrderInFull["review"]>[]
    >`SELECT status, due_at AS "dueAt", note FROM order_reviews WHERE order_id = ${id}`,
  ]);
  return {
    ...order,
    customer: { email, name, phone, address },
    createdAt,
    deadlineAt,
    payments: payments.map(shape),
    mails,
    notices,
    review: review ?? null,
    runUrl: `${inngestEnv().INNGEST_BASE_URL ?? "https://app.inngest.com"}/events/${encodeURIComponent(`order-created:${id}`)}`,
  };
}

function shape({ amount, captured, refunded, currency, ...rest }: PaymentRow): OrderInFull["payments"][number] {
  const money = (value: number): Money => ({ amount: value, currency });
  return { ...rest, amount: money(amount), captured: money(captured), refunded: money(refunded) };
}
