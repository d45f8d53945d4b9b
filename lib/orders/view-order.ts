import type { OrderStatus, PaymentStatus, RefundStatus } from "@/prisma/generated/enums";
import { db, Prisma } from "../db";
import type { Money } from "../money";
import { canPayAgain, decideCancel } from "../order-state/status";
import { type ParcelRow, parcelsOf, type ShipmentView, viewShipment } from "../shipping/view-shipment";
import { authorizeOrder, type OrderCredentials } from "./order-access";

/** What `GET /api/orders/{id}` answers. */
export interface OrderView {
  id: string;
  number: string;
  status: OrderStatus;
  total: Money;
  /** What a coupon has taken off. */
  discount?: { code: string; amount: Money };
  items: { productId: string; sku: string; name: string; quantity: number; unitPrice: Money; total: Money }[];
  timeline: { type: string; at: string; data: unknown }[];
  /** What the customer has to do now: authenticate at `url`, or pay with another card. */
  nextAction?: { type: "authenticate"; url: string } | { type: "pay_again" };
  refunds: { id: string; amount: Money; status: RefundStatus; reason: string; at: string }[];
  shipment?: ShipmentView;
  failureReason?: string;
  cancellable: boolean;
}

interface Row {
  id: string;
  number: number;
  token: string;
  userId: string | null;
  status: OrderStatus;
  amount: number;
  currency: string;
  discount: number;
  couponCode: string | null;
  endReason: string | null;
  lines: { product_id: string; sku: string; name: string; quantity: number; unit_amount: number }[] | null;
  timeline: { type: string; at: string; data: unknown }[] | null;
  refunds: { id: string; amount: number; status: RefundStatus; reason: string; created_at: string }[] | null;
  parcels: ParcelRow[] | null;
  paymentStatus: PaymentStatus | null;
  actionUrl: string | null;
}

/** An order as its customer sees it, in one statement. @throws AppError as `authorizeOrder`. */
export async function viewOrder(id: string, key: OrderCredentials): Promise<OrderView> {
  const [row] = await db().$queryRaw<Row[]>`
    SELECT o.id, o.number, o.token, o.user_id AS "userId", o.status, o.total_amount AS amount, o.currency, o.discount_amount AS discount,
      o.coupon_code AS "couponCode", o.end_reason AS "endReason",
      (SELECT json_agg(l ORDER BY l.position) FROM order_lines l WHERE l.order_id = o.id) AS lines,
      (SELECT json_agg(json_build_object('type', e.type, 'at', e.at, 'data', e.data) ORDER BY e.id) FROM order_events e WHERE e.order_id = o.id) AS timeline,
      (SELECT json_agg(r ORDER BY r.created_at, r.id) FROM refunds r WHERE r.order_id = o.id) AS refunds,
      ${parcelsOf(Prisma.sql`o.id`)} AS parcels,
      p.status AS "paymentStatus", p.next_action_url AS "actionUrl"
    FROM orders o LEFT JOIN payments p ON p.order_id = o.id AND p.attempt = o.attempt WHERE o.id = ${id}`;
  return shape(authorizeOrder(row, key));
}

function shape(row: Row): OrderView {
  const money = (amount: number): Money => ({ amount, currency: row.currency });
  const shipment = viewShipment(row.parcels, row.lines ?? []);
  return {
    id: row.id,
    number: String(row.number),
    status: row.status,
    total: money(row.amount),
    ...(row.couponCode && { discount: { code: row.couponCode, amount: money(row.discount) } }),
    items: (row.lines ?? []).map((line) => ({
      productId: line.product_id,
      sku: line.sku,
      name: line.name,
      quantity: line.quantity,
      unitPrice: money(line.unit_amount),
      total: money(line.unit_amount * line.quantity),
    })),
    timeline: (row.timeline ?? []).map(({ type, at, data }) => ({ type, at: utc(at), data })),
    ...nextAction(row),
    refunds: (row.refunds ?? []).map(({ id, amount, status, reason, created_at }) => ({
      id,
      amount: money(amount),
      status,
      reason,
      at: utc(created_at),
    })),
    ...(shipment && { shipment }),
    ...(row.endReason && { failureReason: row.endReason }),
    cancellable: decideCancel(row.status, shipment !== undefined) === "cancel",
  };
}

function nextAction(row: Row): Pick<OrderView, "nextAction"> {
  if (row.status === "awaiting_payment" && row.paymentStatus === "requires_action" && row.actionUrl)
    return { nextAction: { type: "authenticate", url: row.actionUrl } };
  return canPayAgain(row.status, row.endReason) ? { nextAction: { type: "pay_again" } } : {};
}

const utc = (time: string) => new Date(time).toISOString();
