import { z } from "zod";
import { OrderStatus, RefundStatus } from "@/prisma/generated/enums";
import { db, type Prisma } from "../db";
import type { Money } from "../money";
import { canPayAgain, decideCancel } from "../order-state/status";
import { SHIPMENTS, shipmentViewSchema, viewShipments } from "../shipping/view-shipment";
import { discountSchema, moneySchema, timeSchema } from "../view-schemas";
import { authorizeOrder, type OrderCredentials } from "./order-access";

const itemSchema = z.strictObject({
  ...{ productId: z.string(), sku: z.string(), name: z.string(), quantity: z.int() },
  ...{ unitPrice: moneySchema, total: moneySchema },
});
const refundSchema = z.strictObject({
  ...{ id: z.string(), amount: moneySchema, status: z.enum(RefundStatus), reason: z.string() },
  at: timeSchema.describe("ISO 8601, UTC"),
});

/** An order as its customer sees it. */
export const orderViewSchema = z.strictObject({
  id: z.string(),
  number: z.string(),
  status: z.enum(OrderStatus),
  total: moneySchema,
  discount: discountSchema,
  items: z.array(itemSchema),
  timeline: z.array(z.strictObject({ type: z.string(), at: timeSchema.describe("ISO 8601, UTC"), data: z.unknown() })),
  nextAction: z
    .discriminatedUnion("type", [
      z.strictObject({ type: z.literal("authenticate"), url: z.url() }),
      z.strictObject({ type: z.literal("pay_again") }),
    ])
    .optional()
    .describe("The action that the customer has to take now."),
  refunds: z.array(refundSchema),
  shipment: shipmentViewSchema
    .optional()
    .describe("The shipped parcels. The first fields are those of the newest parcel."),
  failureReason: z.string().optional(),
  cancellable: z.boolean(),
});

export type OrderView = z.output<typeof orderViewSchema>;

export const ORDER_VIEW_PARTS = {
  lines: { orderBy: { position: "asc" } },
  timeline: { orderBy: { id: "asc" }, select: { type: true, at: true, data: true } },
  refunds: { orderBy: [{ createdAt: "asc" }, { id: "asc" }] },
  shipments: SHIPMENTS,
  payments: { orderBy: { attempt: "asc" } },
} as const satisfies Prisma.OrderInclude;

type OrderRow = Prisma.OrderGetPayload<{ include: typeof ORDER_VIEW_PARTS }>;

/** Returns an order as its customer sees it. One statement. @throws AppError as `authorizeOrder`. */
export async function viewOrder(id: string, credentials: OrderCredentials): Promise<OrderView> {
  const order = await db().order.findUnique({ where: { id }, include: ORDER_VIEW_PARTS });
  return toOrderView(authorizeOrder(order, credentials));
}

export function toOrderView(order: OrderRow): OrderView {
  const money = (amount: number): Money => ({ amount, currency: order.currency });
  const shipment = viewShipments(order.shipments, order.lines);
  return {
    id: order.id,
    number: String(order.number),
    status: order.status,
    total: money(order.totalAmount),
    ...(order.couponCode && { discount: { code: order.couponCode, amount: money(order.discountAmount) } }),
    items: order.lines.map(({ productId, sku, name, quantity, unitAmount }) => ({
      productId,
      sku,
      name,
      quantity,
      unitPrice: money(unitAmount),
      total: money(unitAmount * quantity),
    })),
    timeline: order.timeline.map(({ type, at, data }) => ({ type, at: at.toISOString(), data })),
    ...nextAction(order),
    refunds: order.refunds.map(({ id, amount, status, reason, createdAt }) => ({
      id,
      amount: money(amount),
      status,
      reason,
      at: createdAt.toISOString(),
    })),
    ...(shipment && { shipment }),
    ...(order.endReason && { failureReason: order.endReason }),
    cancellable: decideCancel(order.status, shipment !== undefined) === "cancel",
  };
}

function nextAction({ status, endReason, attempt, payments }: OrderRow): Pick<OrderView, "nextAction"> {
  const payment = payments.find((one) => one.attempt === attempt);
  if (status === "awaiting_payment" && payment?.status === "requires_action" && payment.nextActionUrl)
    return { nextAction: { type: "authenticate", url: payment.nextActionUrl } };
  return canPayAgain(status, endReason) ? { nextAction: { type: "pay_again" } } : {};
}
