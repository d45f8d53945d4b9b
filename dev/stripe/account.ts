import { randomBytes } from "node:crypto";
import type Stripe from "stripe";
import type { FakeServerContext } from "../fake-server/start";
import type { Records } from "../shared/store";
import { missing } from "./errors";
import type { Form } from "./params";

/** The stored records: the SDK's types of Stripe's objects, with ids where an answer may be expanded. */
export type CustomerRecord = Stripe.Customer;
export type PaymentMethodRecord = Stripe.PaymentMethod & { customer: string | null };
export type PaymentIntentRecord = Stripe.PaymentIntent & {
  customer: string | null;
  payment_method: string | null;
  latest_charge: string | null;
};
export type ChargeRecord = Stripe.Charge & { customer: string | null; payment_intent: string | null };
export type TransferRecord = Stripe.Transfer & { destination: string };
export type TransferReversalRecord = Stripe.TransferReversal & { transfer: string };
export type DisputeRecord = Stripe.Dispute & { charge: string; payment_intent: string | null };
export type RefundRecord = Stripe.Refund & { charge: string; payment_intent: string | null };

/** The test card behind a payment method. Not visible in the API. */
export interface CardRecord {
  id: string;
  testCard: string;
  /** Whether it was used without a customer. */
  used: boolean;
  /** Whether a payment has set it up for off-session payments. */
  setUp?: boolean;
}

/** The return URL of a payment intent after 3-D Secure. Stripe does not show it on the object either. */
export interface ReturnUrlRecord {
  id: string;
  url: string;
}

export type EventType = Stripe.Event["type"];

export type Subject =
  | CustomerRecord
  | PaymentMethodRecord
  | PaymentIntentRecord
  | ChargeRecord
  | RefundRecord
  | DisputeRecord
  | TransferRecord;

export interface EventRecord {
  id: string;
  object: "event";
  api_version: string;
  created: number;
  data: { object: Subject };
  livemode: false;
  pending_webhooks: number;
  request: { id: string | null; idempotency_key: string | null };
  type: EventType;
}

/** The API version that the installed SDK pins (stripe 23), and the only one that the fake server speaks. */
export const API_VERSION = "2026-10-28.endive";

const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** An id in Stripe's form: the prefix and 24 letters and digits. */
export function newId(prefix: string, length = 24): string {
  let id = "";
  for (const byte of randomBytes(length)) id += ALPHABET.charAt(byte % ALPHABET.length);
  return `${prefix}_${id}`;
}

/** The API call that causes an event; null for what happens at Stripe itself. */
export interface Origin {
  requestId: string | null;
  idempotencyKey: string | null;
  /** Whether a fault declines the charge of this call. */
  declines?: boolean;
}

/** The arguments of an endpoint. */
export interface Call {
  account: Account;
  /** The id in the path. */
  id: string;
  url: string;
  form: Form;
}

export type Endpoint = (call: Call) => object;

/** The data of one Stripe account. */
export type Account = ReturnType<typeof openAccount>;

export function openAccount({ store, clock, queue, notify, change, subjects }: FakeServerContext) {
  let origin: Origin = { requestId: null, idempotencyKey: null };
  const account = {
    customers: store.records<CustomerRecord>("customers"),
    paymentMethods: store.records<PaymentMethodRecord>("payment_methods"),
    cards: store.records<CardRecord>("cards"),
    paymentIntents: store.records<PaymentIntentRecord>("payment_intents"),
    returnUrls: store.records<ReturnUrlRecord>("return_urls"),
    charges: store.records<ChargeRecord>("charges"),
    refunds: store.records<RefundRecord>("refunds"),
    disputes: store.records<DisputeRecord>("disputes"),
    transfers: store.records<TransferRecord>("transfers"),
    transferReversals: store.records<TransferReversalRecord>("transfer_reversals"),
    events: store.records<EventRecord>("events"),
    /** The address of the fake server, for links to 3-D Secure. Known once it listens. */
    publicUrl: "",
    clock,
    /** Names the order of a payment or refund, for the pages. */
    subjects,
    /** The attempts to deliver the webhook of an event. */
    deliveriesOf: (eventId: string) => queue.historyOf(eventId),
    /** Seconds since the epoch, Stripe's unit. */
    now: () => Math.floor(clock.now() / 1000),
    /** The ids of the events whose webhook is not delivered. */
    undelivered: () => new Set(queue.all().map((delivery) => delivery.eventId)),
    emit(type: EventType, object: Subject): void {
      const event = account.events.save({
        id: newId("evt"),
        object: "event",
        api_version: API_VERSION,
        created: account.now(),
        data: { object },
        livemode: false,
        pending_webhooks: 1,
        request: { id: origin.requestId, idempotency_key: origin.idempotencyKey },
        type,
      });
      notify({ eventId: event.id, type });
    },
    declines: () => origin.declines === true,
    /** Runs `endpoint`; its events name `cause` as their cause. */
    as<T>(cause: Origin, endpoint: () => T): T {
      origin = cause;
      return endpoint();
    },
    /** Runs a change that no API call causes. */
    change: <T>(run: () => T): Promise<T> => change(() => account.as({ requestId: null, idempotencyKey: null }, run)),
  };
  return account;
}

/** The record of this id. Throws a 404 for an id in the path, a 400 for one in the parameter `param`. */
export function find<T extends { id: string }>(records: Records<T>, what: string, id: string, param?: string): T {
  const found = records.get(id);
  if (!found) throw missing(what, id, param);
  return found;
}
