import { randomBytes } from "node:crypto";
import type { Clock } from "../engine/clock";
import type { Collection, Journal } from "../stand-in/journal";
import type {
  CardRecord,
  ChargeRecord,
  CustomerRecord,
  EventRecord,
  EventType,
  PaymentIntentRecord,
  PaymentMethodRecord,
  RefundRecord,
  ReturnUrlRecord,
  Subject,
  TransferRecord,
  TransferReversalRecord,
} from "./records";

/** The API version that the installed SDK pins (stripe 23) and the only one the stand-in speaks. */
export const API_VERSION = "2026-10-28.endive";

const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** An id in Stripe's form: the prefix and 24 letters and digits. */
export function newId(prefix: string, length = 24): string {
  let id = "";
  for (const byte of randomBytes(length)) id += ALPHABET.charAt(byte % ALPHABET.length);
  return `${prefix}_${id}`;
}

/** Who caused an event: an API call, or nobody for what happens on Stripe's side. */
export interface Origin {
  requestId: string | null;
  idempotencyKey: string | null;
}

/** Everything one Stripe account holds. */
export class Account {
  readonly customers: Collection<CustomerRecord>;
  readonly paymentMethods: Collection<PaymentMethodRecord>;
  readonly cards: Collection<CardRecord>;
  readonly paymentIntents: Collection<PaymentIntentRecord>;
  readonly returnUrls: Collection<ReturnUrlRecord>;
  readonly charges: Collection<ChargeRecord>;
  readonly refunds: Collection<RefundRecord>;
  readonly transfers: Collection<TransferRecord>;
  readonly transferReversals: Collection<TransferReversalRecord>;
  readonly events: Collection<EventRecord>;
  /** Where people reach this stand-in: the base of the 3-D Secure addresses. Known once it listens. */
  publicUrl = "";
  private origin: Origin = { requestId: null, idempotencyKey: null };
  private emitted: EventRecord[] = [];

  constructor(
    readonly clock: Clock,
    private readonly journal: Journal,
    /** Takes the events of one call, in order. */
    private readonly notify: (events: EventRecord[]) => Promise<void>,
  ) {
    this.customers = journal.collection("customers");
    this.paymentMethods = journal.collection("payment_methods");
    this.cards = journal.collection("cards");
    this.paymentIntents = journal.collection("payment_intents");
    this.returnUrls = journal.collection("return_urls");
    this.charges = journal.collection("charges");
    this.refunds = journal.collection("refunds");
    this.transfers = journal.collection("transfers");
    this.transferReversals = journal.collection("transfer_reversals");
    this.events = journal.collection("events");
  }

  /** Seconds, as Stripe counts. */
  now(): number {
    return Math.floor(this.clock.now() / 1000);
  }

  emit(type: EventType, object: Subject): void {
    const event: EventRecord = {
      id: newId("evt"),
      object: "event",
      api_version: API_VERSION,
      created: this.now(),
      data: { object },
      livemode: false,
      pending_webhooks: 1,
      request: { id: this.origin.requestId, idempotency_key: this.origin.idempotencyKey },
      type,
    };
    this.emitted.push(this.events.put(event));
  }

  /**
   * Runs one change. All of it reaches the disk in one line, also when `change` throws (a declined card is recorded
   * and refused), and its events are sent afterwards.
   */
  async change<T>(origin: Origin, change: () => T): Promise<T> {
    this.origin = origin;
    try {
      return change();
    } finally {
      const events = this.emitted;
      this.emitted = [];
      // Notified first, so that the change and its undelivered webhooks reach the disk in one line.
      const notified = this.notify(events);
      this.journal.commit();
      await notified;
    }
  }
}
