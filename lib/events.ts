import { z } from "zod";
import {
  emailSentSchema,
  EVENTS as STOREFRONT_EVENTS,
  type StorefrontData,
  type StorefrontEventName,
  storefrontSchemas,
} from "./storefront-events";

/**
 * Every event that Steadfast sends, and the ones of storefronts. The outbox validates an event with its schema before the insert,
 * so the schemas are in `lib/`. `eventType` in `inngest/client.ts` returns Inngest's types of them.
 */
const id = z.string().min(1);
const amount = z.int().nonnegative();
const currency = z.string().regex(/^[A-Z]{3}$/);
const order = { orderId: id };
const attempt = z.int().positive();
/** What the event is about is stored. A storefront sends the same event without it. */
const stored = z.literal(true);

export const EVENTS = {
  ...STOREFRONT_EVENTS,
  ORDER_PAYMENT_RETRIED: "order/payment-retried",
  ORDER_CONFIRMED: "order/confirmed",
  ORDER_REVIEWED: "order/reviewed",
  ORDER_DELIVERED: "order/delivered",
  PAYMENT_CHANGED: "payment/changed",
  REFUND_REQUESTED: "refund/requested",
  REFUND_SUCCEEDED: "refund/succeeded",
  EMAIL_QUEUED: "email/queued",
  EMAIL_BATCH_QUEUED: "email/batch-queued",
  EMAIL_SUPPRESSED: "email/suppressed",
  EMAIL_SEND_DIGEST: "email/send-digest",
  EMAIL_DIGEST_CONTINUED: "email/digest-continued",
  USER_UNSUBSCRIBED: "user/unsubscribed",
  EXPENSE_CLOSED: "expense/closed",
  SUBSCRIPTION_CHARGE_DUE: "subscription/charge-due",
  SUBSCRIPTION_PAYMENT_CHANGED: "subscription/payment-changed",
  SUBSCRIPTION_CANCELLED: "subscription/cancelled",
  DATA_IMPORT_ENDED: "data/import-ended",
  CLEANUP_CONTINUED: "cleanup/continued",
} as const;

export type EventName = (typeof EVENTS)[keyof typeof EVENTS];

/** The data of each event of our own: ids and values that never change. A handler reads the current state from the database. */
export const eventSchemas = {
  /** `review`: the order is of high value. */
  "order/created": z.object({ ...order, attempt, review: z.boolean().optional() }),
  "order/payment-retried": z.object({ ...order, attempt }),
  /** `gift`: the customer has had no gift for a first order. `subscribed`: at least one webhook endpoint subscribes to it. */
  "order/confirmed": z.object({
    ...order,
    totalAmount: amount,
    currency,
    gift: z.boolean().optional(),
    subscribed: z.boolean().optional(),
  }),
  /** A manager has released an order that was held. */
  "order/reviewed": z.object({ ...order }),
  "order/cancelled": z.object({ ...order, reason: z.string(), stored }),
  "order/shipped": z.object({ ...order, shipmentId: id }),
  /** The last shipment was delivered. */
  "order/delivered": z.object({ ...order }),
  /** An attempt to pay has ended. One event has all outcomes, so that one wait receives them all. */
  "payment/completed": z.object({ ...order, attempt, outcome: z.enum(["succeeded", "failed", "canceled"]) }),
  /** An order ended unpaid. */
  "payment/failed": z.object({ ...order, attempt, reason: z.string() }),
  "payment/process": z.object({ purpose: z.enum(["expense", "order"]), id, amount, currency }),
  /** Stripe reports a change of a PaymentIntent. The new state is read from Stripe. */
  "payment/changed": z.object({ intentId: id, disputed: z.boolean().optional() }),
  "refund/requested": z.object({ refundId: id }),
  /** The money was refunded. */
  "refund/succeeded": z.object({ ...order, refundId: id }),
  "email/queued": z.object({ emailId: id }),
  /** Optional emails that go out in one request. */
  "email/batch-queued": z.object({ batchId: id }),
  "email/sent": emailSentSchema,
  /** Email to the user's address bounced permanently, or was reported as spam. */
  "email/suppressed": z.object({ userId: id, reason: z.enum(["bounced", "complained", "manual"]) }),
  "email/send-digest": z.object({ userId: id, date: z.iso.date() }),
  /** Continues the planning of digests in another run, with the users after `cursor`. */
  "email/digest-continued": z.object({ date: z.iso.date(), cursor: id }),
  /** `encrypted`: for others to listen to, if the encryption key is set. */
  "user/registered": z.object({
    ...{ userId: id, stored },
    encrypted: z.object({ email: z.string().max(254), name: z.string() }).optional(),
  }),
  "user/profile-updated": z.object({ userId: id, stored }),
  "user/unsubscribed": z.object({ userId: id, category: z.string() }),
  "expense/submitted": z.object({ expenseId: id, stored }),
  "expense/approved": z.object({ expenseId: id, decidedBy: id }),
  "expense/rejected": z.object({ expenseId: id, decidedBy: id.nullable() }),
  /** An expense was approved, rejected or withdrawn. One event covers all outcomes, so that one wait receives them all. */
  "expense/closed": z.object({ expenseId: id }),
  "subscription/charge-due": z.object({ chargeId: id, attempt }),
  /** Stripe reports a change of a charge's PaymentIntent. The new state is read from Stripe. */
  "subscription/payment-changed": z.object({ chargeId: id, disputed: z.boolean().optional() }),
  /** A subscription has ended, or was cancelled for the end of its period. */
  "subscription/cancelled": z.object({ subscriptionId: id }),
  "notification/broadcast": z.object({ broadcastId: id }),
  "notification/send-individual": z.object({ broadcastId: id, chunk: z.int().nonnegative() }),
  "data/process": z.object({ jobId: id }),
  "data/import": z.object({ importId: id }),
  /** An import has ended, or waits for a person. `at` distinguishes several ends of one import. */
  "data/import-ended": z.object({ importId: id, status: z.enum(["done", "failed", "manual"]), at: z.iso.datetime() }),
  "api/call": z.object({ deliveryId: id, userId: id }),
  /** Continues a clean-up, whose run has used up its steps, with the retention rule at index `rule`. */
  "cleanup/continued": z.object({ rule: z.int().nonnegative() }),
} as const satisfies Record<EventName, z.ZodObject>;

export type EventData<N extends EventName> = z.infer<(typeof eventSchemas)[N]>;

/** An event to be sent. If it is sent twice under the same `id`, it is received once. */
export interface OutgoingEvent<N extends EventName = EventName> {
  name: N;
  id: string;
  data: EventData<N>;
}

/** An event of our own, or one in the shape of a storefront's. Without an id, each call sends another event. */
export type AnyEvent = {
  [N in EventName]: {
    name: N;
    id?: string;
    data: EventData<N> | (N extends StorefrontEventName ? StorefrontData<N> : never);
  };
}[EventName];

/** An event whose name the shop does not know. */
export interface OtherEvent {
  name: string;
  id?: string;
  data?: object;
}

/**
 * Validates an event for the outbox: our own, or, if it lacks a field of ours, a storefront's. The data of other names is unknown.
 * @throws an `Error` that names the event and each wrong field
 */
export function checkEvent({ name, id, data }: { name: string; id: string; data: object }): void {
  if (name === "" || name.startsWith("inngest/")) throw new Error(`Event "${name}" (${id}): its name is reserved.`);
  if (!Object.hasOwn(eventSchemas, name)) return;
  const own: z.ZodObject = eventSchemas[name as EventName];
  const foreign = Object.hasOwn(storefrontSchemas, name) ? storefrontSchemas[name as StorefrontEventName] : undefined;
  const isOwn = Object.entries(own.shape).every(
    ([field, schema]) => field in data || schema.safeParse(undefined).success,
  );
  const { error } = (isOwn || !foreign ? own : foreign).safeParse(data);
  if (!error) return;
  const fields = error.issues.map((issue) => `data.${issue.path.join(".")}: ${issue.message}`);
  throw new Error(`Event "${name}" (${id}): ${fields.join("; ")}`);
}
