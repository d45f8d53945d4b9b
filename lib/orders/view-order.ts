import { z } from "zod";
import { OrderStatus, RefundStatus } from "@/prisma/generated/enums";
import { addressSchema } from "../address";
import { hasRole, type Viewer } from "../auth/viewer";
import { db, type Prisma, type Row } from "../db";
import { AppError, notFound } from "../errors";
import { sameSecret } from "../ids";
import type { Money } from "../money";
import { DECLINE_CODES, publicDeclineCode } from "../order-state/declines";
import { lineStates } from "../order-state/open-lines";
import { TIMELINE_TYPES, type TimelineType } from "../order-state/order-changes";
import { canPayAgain, decideCancel, END_REASONS, type EndReason } from "../order-state/status";
import { SHIPMENTS, shipmentViewSchema, viewShipments } from "../shipping/view-shipment";
import { discountSchema, itemSchema, moneySchema, timeSchema } from "../view-schemas";

const refundSchema = z.strictObject({
  ...{ id: z.string(), amount: moneySchema, status: z.enum(RefundStatus), reason: z.string() },
  at: timeSchema.describe("ISO 8601, UTC"),
});

/** An order as its customer sees it. */
export const orderViewSchema = z.strictObject({
  id: z.string(),
  number: z.string(),
  status: z.enum(OrderStatus),
  placedAt: timeSchema.describe("ISO 8601, UTC"),
  email: z.string(),
  name: z.string().optional(),
  shippingAddress: addressSchema.optional(),
  total: moneySchema,
  discount: discountSchema,
  items: z.array(itemSchema),
  timeline: z.array(
    z.strictObject({ type: z.enum(TIMELINE_TYPES), at: timeSchema.describe("ISO 8601, UTC"), data: z.unknown() }),
  ),
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
  failureReason: z.enum(END_REASONS).optional().describe("Why the order failed or was cancelled."),
  declineCode: z
    .enum(DECLINE_CODES)
    .optional()
    .describe("Why the bank declined the payment, if the customer may know it; otherwise generic_decline."),
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

type OrderRow = Row<"order", { include: typeof ORDER_VIEW_PARTS }>;

/** Returns an order as its customer sees it. One statement. @throws AppError as `authorizeOrder`. */
export async function viewOrder(id: string, credentials: OrderCredentials): Promise<OrderView> {
  const order = await db().order.findUnique({ where: { id }, include: ORDER_VIEW_PARTS });
  return toOrderView(authorizeOrder(order, credentials));
}

export function toOrderView(order: OrderRow): OrderView {
  const money = (amount: number): Money => ({ amount, currency: order.currency });
  const lines = lineStates(order);
  const shipment = viewShipments(order.shipments, lines);
  const partlyShipped = shipment && { itemsLeft: !shipment.complete };
  return {
    id: order.id,
    number: String(order.number),
    status: order.status,
    placedAt: order.createdAt.toISOString(),
    email: order.email,
    ...(order.name && { name: order.name }),
    ...shippingAddressOf(order),
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
    timeline: order.timeline.map(({ type, at, data }) => ({
      // Only `TimelineEntry` and `EndReason` are written to these two columns.
      ...{ type: type as TimelineType, at: at.toISOString() },
      data: type === "payment_failed" ? publicDecline(data) : data,
    })),
    ...nextAction(order),
    refunds: order.refunds.map(({ id, amount, status, reason, createdAt }) => ({
      id,
      amount: money(amount),
      status,
      reason,
      at: createdAt.toISOString(),
    })),
    ...(shipment && { shipment }),
    ...(order.endReason && { failureReason: order.endReason as EndReason }),
    ...(order.endReason === "payment_declined" && {
      declineCode: publicDeclineCode(currentPayment(order)?.failureCode),
    }),
    cancellable: ["cancel", "cancel_rest"].includes(decideCancel(order.status, partlyShipped)),
  };
}

/** An address that is older than the present rules may not fit them, and is not shown. */
function shippingAddressOf({ shippingAddress }: OrderRow): Pick<OrderView, "shippingAddress"> {
  const address = addressSchema.safeParse(shippingAddress).data;
  return address ? { shippingAddress: address } : {};
}

const currentPayment = ({ attempt, payments }: OrderRow) => payments.find((one) => one.attempt === attempt);

const declineSchema = z.looseObject({ code: z.string() });

function publicDecline(data: unknown): unknown {
  const decline = declineSchema.safeParse(data).data;
  return decline ? { ...decline, code: publicDeclineCode(decline.code) } : data;
}

function nextAction(order: OrderRow): Pick<OrderView, "nextAction"> {
  const { status, endReason, attempt } = order;
  const payment = currentPayment(order);
  if (status === "awaiting_payment" && payment?.status === "requires_action" && payment.nextActionUrl)
    return { nextAction: { type: "authenticate", url: payment.nextActionUrl } };
  const waits = status === "awaiting_payment" && order.paymentMethod === null;
  return waits || canPayAgain(status, endReason, attempt) ? { nextAction: { type: "pay_again" } } : {};
}

/** The credentials of a request for an order: the token of its link, or the signed-in user. */
export interface OrderCredentials {
  token?: string;
  viewer?: Viewer | null;
}

interface OwnedOrder {
  token: string;
  userId: string | null;
}

/**
 * Returns the order if the request has its token, or comes from its customer or a manager. All other requests get `not_found`, so
 * that the answer does not reveal which orders exist.
 *
 * @throws AppError `unauthenticated` (401) without a token and without an account; `not_found` (404)
 */
function authorizeOrder<T extends OwnedOrder>(order: T | null, { token, viewer }: OrderCredentials): T {
  if (!token && !viewer)
    throw new AppError("unauthenticated", 401, "This request needs the order's token, or its owner must be signed in.");
  const known = order && token && sameSecret(order.token, token);
  const owned = order && viewer && (order.userId === viewer.id || hasRole(viewer, "manager"));
  if (!order || !(known || owned)) throw notFound("order");
  return order;
}

/**
 * Authorizes a change of an order. Returns who makes the change: the customer or an operator.
 * @throws AppError as `authorizeOrder`.
 */
export async function requireOrderAccess(id: string, credentials: OrderCredentials): Promise<"customer" | "operator"> {
  const order = await db().order.findUnique({ where: { id }, select: { token: true, userId: true } });
  const { userId } = authorizeOrder(order, credentials);
  return credentials.token || credentials.viewer?.id === userId ? "customer" : "operator";
}
