import { enteredAddressSchema } from "../address";
import { raiseAlert } from "../alerts";
import type { Checkout } from "../checkout/open-order";
import { insertOrder } from "../checkout/place-order";
import { linesOf, type PricedCart, readProducts } from "../checkout/price-cart";
import { lockCoupon } from "../coupons/redeem-coupon";
import { db, type Prisma, type Tx } from "../db";
import { emailSchema } from "../email-address";
import { AppError, invalid } from "../errors";
import { EVENTS } from "../events";
import { formatMoney, maximumCharge } from "../money";
import type { FailureReason } from "../order-state/status";
import { cancelOrder, recordOrderFailure } from "../orders/change-order";
import { withOutbox } from "../outbox";
import { paymentMethodSchema } from "../payments/payment-policy";
import { queueShipmentNotice } from "../shipping/external-shipment";
import { shipOrder } from "../shipping/ship-order";
import { storefrontSchemas } from "../storefront-events";
import { STOREFRONT } from "./messages";
import { parseData } from "./parse-data";
import { findOrder, findUser, idOfEvent, type StorefrontEvent, unknown } from "./references";

type Created = StorefrontEvent<"order/created">;
type NewOrder = Created["data"] & Required<Pick<Created["data"], "items" | "email">>;

/**
 * Triggers the processing of a known order. An unknown id becomes an order, once however often the event comes; `process-order` then
 * processes it like any other. An order that cannot be accepted as sent is stored as failed, with the reason.
 */
export async function adoptOrder({ id: eventId, data }: Created) {
  const known = await findOrder(data.orderId);
  if (known) return triggerAgain(known, eventId);
  const { items, email } = data;
  if (!items || !email) {
    const missing = [...(items ? [] : ["data.items"]), ...(email ? [] : ["data.email"])].map(
      (path) => `${path}: is missing`,
    );
    throw invalid(`${missing.join("; ")}. There is no order ${data.orderId}, and a new one needs them.`);
  }
  try {
    return await placeOrder({ ...data, items: mergeItems(items), email });
  } catch (error) {
    // The same event has placed it at the same moment.
    if (!(error instanceof Error && /orders_external_id_key|external_id/.test(error.message))) throw error;
    const placed = await findOrder(data.orderId);
    if (!placed) throw error;
    return { orderId: placed.id, outcome: "known" };
  }
}

/** Returns one item for each product. An item at two prices gets the price 0, which is refused as `price_mismatch`. */
function mergeItems(items: NewOrder["items"]): NewOrder["items"] {
  const merged = new Map<string, NewOrder["items"][number]>();
  for (const item of items) {
    const before = merged.get(item.productId);
    const price = before && before.price !== item.price ? 0 : item.price;
    merged.set(item.productId, before ? { ...before, price, quantity: before.quantity + item.quantity } : item);
  }
  return [...merged.values()];
}

async function triggerAgain({ id: orderId, attempt }: { id: string; attempt: number }, eventId: string) {
  await withOutbox(async (_tx, publish) =>
    publish({
      name: EVENTS.ORDER_CREATED,
      id: `order-created:${orderId}:event:${eventId}`,
      data: { orderId, attempt },
    }),
  );
  return { orderId, outcome: "known" };
}

async function placeOrder(data: NewOrder) {
  const checkout = await toCheckout(data);
  const { orderId, failure } = await withOutbox(async (tx, publish) => {
    const { priced, failure } = await price(tx, data, checkout.email);
    // Before the commit: a repeated step finds the order, and would not alert.
    if (failure?.reason === "price_mismatch") await alertMismatch(data.orderId, failure);
    const { answer } = await insertOrder(tx, publish, checkout, priced);
    const orderId = answer.order.id;
    if (failure) await recordOrderFailure(tx, publish, orderId, 1, failure.reason, failure.detail);
    return { orderId, failure };
  });
  return { orderId, outcome: failure ? "failed" : "placed", reason: failure?.reason };
}

const alertMismatch = (externalId: string, { detail }: Failure) =>
  raiseAlert({
    kind: "price_mismatch",
    incident: `price-mismatch:${externalId}`,
    subject: `A storefront sent order ${externalId} at another price than ours`,
    detail: { externalId, ...detail },
  });

/** The fields that the shop knows. All others are stored as metadata. */
const SCHEMA_FIELDS = Object.keys(storefrontSchemas["order/created"].shape);

async function toCheckout(data: NewOrder): Promise<Checkout> {
  const user = data.userId ? await findUser(data.userId) : null;
  const { shippingAddress, couponCode } = data;
  const method = data.paymentMethod ? parseData(paymentMethodSchema, data.paymentMethod, "paymentMethod") : undefined;
  const saved = method || !user ? undefined : await savedCard(user.id);
  const more = Object.fromEntries(Object.entries(data).filter(([name]) => !SCHEMA_FIELDS.includes(name)));
  return {
    items: data.items,
    email: parseData(emailSchema, data.email, "email"),
    ...{ name: data.name, phone: data.phone, couponCode: couponCode?.toUpperCase(), userId: user?.id },
    ...(shippingAddress && { shippingAddress: parseData(enteredAddressSchema, shippingAddress, "shippingAddress") }),
    paymentMethod: method ?? saved?.paymentMethod,
    stripeCustomer: saved?.stripeCustomer,
    externalId: data.orderId,
    metadata: { ...data.metadata, ...more },
  };
}

/** Returns the card that a user has saved for a subscription. */
async function savedCard(userId: string) {
  const [customer, subscription] = await Promise.all([
    db().billingCustomer.findUnique({ where: { userId }, select: { customerId: true } }),
    db().subscription.findFirst({
      where: { userId, status: { not: "cancelled" }, attachedMethod: { not: null } },
      select: { attachedMethod: true },
    }),
  ]);
  if (!customer || !subscription?.attachedMethod) return undefined;
  return { paymentMethod: subscription.attachedMethod, stripeCustomer: customer.customerId };
}

interface Failure {
  reason: FailureReason;
  detail: Prisma.InputJsonObject;
}

/** Returns the cart at the shop's prices, and why the order cannot be accepted, if so. */
async function price(tx: Tx, data: NewOrder, email: string): Promise<{ priced: PricedCart; failure?: Failure }> {
  const { items, couponCode, total } = data;
  const { cart, unknown, withdrawn } = await readProducts(tx, items);
  const currency = cart[0]?.product.currency ?? data.currency ?? "EUR";
  const lines = linesOf(cart);
  const subtotal = { amount: lines.reduce((sum, line) => sum + line.unit_amount * line.quantity, 0), currency };
  if (subtotal.amount > maximumCharge(currency))
    throw invalid(`data.items: add up to more than ${maximumCharge(currency)} minor units`);
  const priced = (discount?: PricedCart["discount"]): PricedCart => ({
    ...{ lines, discount, total: { amount: subtotal.amount - (discount?.amount ?? 0), currency } },
  });
  const missing = [...unknown, ...withdrawn].map(({ path, message }) => `${path} ${message}`);
  if (missing.length > 0)
    return { priced: priced(), failure: { reason: "unknown_product", detail: { items: missing } } };
  if (cart.some(({ product }) => product.currency !== currency))
    return { priced: priced(), failure: { reason: "unknown_product", detail: { items: ["mixed currencies"] } } };
  const discount = couponCode
    ? await lockCoupon(tx, couponCode.toUpperCase(), email, subtotal).catch((error: unknown) => {
        if (error instanceof AppError) return error;
        throw error;
      })
    : undefined;
  if (discount instanceof AppError)
    return {
      priced: priced(),
      failure: { reason: "coupon_refused", detail: { coupon: discount.errors[0]?.message ?? "" } },
    };
  const result = priced(discount);
  const other = items.find(({ price }, index) => price !== undefined && price !== lines[index]?.unit_amount);
  const differs =
    (data.currency ?? currency) !== currency || (total ?? result.total.amount) !== result.total.amount || other;
  if (!differs) return { priced: result };
  const asked = items.every(({ price }) => price !== undefined)
    ? items.reduce((sum, { price = 0, quantity }) => sum + price * quantity, 0)
    : undefined;
  const sent = { amount: total ?? asked ?? other?.price ?? 0, currency: data.currency ?? currency };
  const detail = { sent: formatMoney(sent), ours: formatMoney(result.total), productId: other?.productId ?? null };
  return { priced: result, failure: { reason: "price_mismatch", detail } };
}

/** Cancels an order, as the API does. @throws AppError `order_not_cancellable` (409) */
export async function adoptCancellation({ data }: StorefrontEvent<"order/cancelled">) {
  const order = await findOrder(data.orderId);
  if (!order) throw unknown("order", data.orderId);
  await cancelOrder(order.id, data.reason ?? STOREFRONT);
  return { orderId: order.id, outcome: "cancelled" };
}

/** Records the shipment of all that is left, which notifies the customer. For an order of another system it only notifies. */
export async function adoptShipment({ id, data }: StorefrontEvent<"order/shipped">) {
  const { orderId: reference, carrier = "Carrier", trackingNumber = idOfEvent("event", id) } = data;
  const order = await findOrder(reference);
  if (!order) {
    const notified = await queueShipmentNotice(id, { ...data, carrier, trackingNumber: data.trackingNumber });
    return { outcome: "notified", notified };
  }
  if (["shipped", "delivered"].includes(order.status)) return { orderId: order.id, outcome: "known" };
  const { answer } = await shipOrder(order.id, { carrier, trackingNumber }, { by: STOREFRONT });
  return { orderId: order.id, shipmentId: answer.shipment.id };
}
