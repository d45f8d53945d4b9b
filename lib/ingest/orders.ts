import { enteredAddressSchema } from "../address";
import { raiseAlert } from "../alerts";
import type { Checkout } from "../checkout/open-order";
import { insertOrder } from "../checkout/place-order";
import { linesOf, type PricedCart, readProducts } from "../checkout/price-cart";
import { lockCoupon } from "../coupons/redeem-coupon";
import { isUniqueViolation, type Prisma, type Tx } from "../db";
import { emailSchema } from "../email-address";
import { storeEnv } from "../env";
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
import { findOrder, findUser, idOfEvent, incomplete, type StorefrontEvent, unknown } from "./references";
import { savedCard } from "./saved-card";

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
  if (!items || !email) throw incomplete("order", data.orderId, { items, email });
  try {
    return await placeOrder({ ...data, items, email });
  } catch (error) {
    // The same event has placed it at the same moment.
    if (!isUniqueViolation(error, "orders_external_id_key")) throw error;
    const placed = await findOrder(data.orderId);
    if (!placed) throw error;
    return { orderId: placed.id, outcome: "known" };
  }
}

/** Returns one item for each product. */
function mergeItems(items: NewOrder["items"]): Checkout["items"] {
  const quantities = new Map<string, number>();
  for (const { productId, quantity } of items) quantities.set(productId, (quantities.get(productId) ?? 0) + quantity);
  return [...quantities].map(([productId, quantity]) => ({ productId, quantity }));
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
    const { priced, failure } = await price(tx, data, checkout);
    if (failure?.reason === "price_mismatch") await alertMismatch(tx, data.orderId, failure);
    const { answer } = await insertOrder(tx, publish, checkout, priced);
    const orderId = answer.order.id;
    if (failure) await recordOrderFailure(tx, publish, orderId, 1, failure.reason, failure.detail);
    return { orderId, failure };
  });
  return { orderId, outcome: failure ? "failed" : "placed", reason: failure?.reason };
}

/** In the transaction of the order: another connection would wait for one of those that wait for it. */
const alertMismatch = (tx: Tx, externalId: string, { detail }: Failure) =>
  raiseAlert(
    {
      kind: "price_mismatch",
      incident: `price-mismatch:${externalId}`,
      subject: `A storefront sent order ${externalId} at another price than ours`,
      detail: { externalId, ...detail },
    },
    tx,
  );

/** The fields that the shop knows. All others are stored as metadata. */
const SCHEMA_FIELDS = Object.keys(storefrontSchemas["order/created"].shape);

async function toCheckout(data: NewOrder): Promise<Checkout> {
  const user = data.userId ? await findUser(data.userId) : null;
  const { shippingAddress, couponCode } = data;
  const method = data.paymentMethod ? parseData(paymentMethodSchema, data.paymentMethod, "paymentMethod") : undefined;
  const saved = method || !user ? undefined : await savedCard(user.id);
  const more = Object.fromEntries(Object.entries(data).filter(([name]) => !SCHEMA_FIELDS.includes(name)));
  return {
    items: mergeItems(data.items),
    email: parseData(emailSchema, data.email, "email"),
    ...{ name: data.name, phone: data.phone, couponCode: couponCode?.toUpperCase(), userId: user?.id },
    ...(shippingAddress && { shippingAddress: parseData(enteredAddressSchema, shippingAddress, "shippingAddress") }),
    paymentMethod: method ?? saved?.paymentMethod,
    stripeCustomer: saved?.stripeCustomer,
    externalId: data.orderId,
    metadata: { ...data.metadata, ...more },
  };
}

interface Failure {
  reason: FailureReason;
  detail: Prisma.InputJsonObject;
}

/** Returns the cart at the shop's prices, and why the order cannot be accepted, if so. */
async function price(
  tx: Tx,
  data: NewOrder,
  { items, email, couponCode }: Checkout,
): Promise<{ priced: PricedCart; failure?: Failure }> {
  const { cart, unknown, withdrawn } = await readProducts(tx, items);
  const currency = cart[0]?.product.currency ?? data.currency ?? storeEnv().STORE_CURRENCY;
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
    ? await lockCoupon(tx, couponCode, email, subtotal).catch((error: unknown) => {
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
  const detail = mismatch(data, result);
  return { priced: result, failure: detail && { reason: "price_mismatch", detail } };
}

/** Returns both figures of the first price, else of the total, that the storefront has shown and that is not the shop's. */
function mismatch({ items, total, currency }: NewOrder, { lines, total: ours }: PricedCart) {
  const shown = (sent: number, own: number, productId: string | null = null) => ({
    sent: formatMoney({ amount: sent, currency: currency ?? ours.currency }),
    ours: formatMoney({ amount: own, currency: ours.currency }),
    productId,
  });
  for (const { productId, price } of items) {
    const own = lines.find((line) => line.product_id === productId)?.unit_amount;
    if (own !== undefined && price !== undefined && price !== own) return shown(price, own, productId);
  }
  const sent = total ?? ours.amount;
  return sent !== ours.amount || (currency ?? ours.currency) !== ours.currency ? shown(sent, ours.amount) : undefined;
}

/**
 * Cancels an order, as the API does. The reason that the storefront gives is stored in its timeline. @throws AppError
 * `order_not_cancellable` (409)
 */
export async function adoptCancellation({ data }: StorefrontEvent<"order/cancelled">) {
  const order = await findOrder(data.orderId);
  if (!order) throw unknown("order", data.orderId);
  await cancelOrder(order.id, STOREFRONT, data.reason === undefined ? {} : { text: data.reason });
  return { orderId: order.id, outcome: "cancelled" };
}

/** Records the shipment of all that is left, which notifies the customer. For an order of another system it only notifies. */
export async function adoptShipment({ id, data }: StorefrontEvent<"order/shipped">) {
  const { orderId: reference, carrier = "Carrier", trackingNumber = idOfEvent("event", id) } = data;
  const order = await findOrder(reference);
  if (!order) {
    const user = data.userId ? await findUser(data.userId) : null;
    const shipment = { ...data, email: data.email ?? user?.email, userId: user?.id, carrier };
    const notified = await queueShipmentNotice(id, shipment);
    return { outcome: "notified", notified };
  }
  if (["shipped", "delivered"].includes(order.status)) return { orderId: order.id, outcome: "known" };
  const { answer } = await shipOrder(order.id, { carrier, trackingNumber }, { by: STOREFRONT });
  return { orderId: order.id, shipmentId: answer.shipment.id };
}
