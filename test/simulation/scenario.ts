import { seeded } from "@/dev/engine/ids";

/** What one seed stands for: the stock at the start, the operations in their order, and what goes wrong. */
export interface Scenario {
  seed: number;
  /** The units of each product, and its price in cents. */
  products: { stock: number; price: number }[];
  operations: Operation[];
  faults: Fault[];
}

/** An operation. Those of an order name the checkout by its place among the checkouts of the scenario, from 0. */
export type Operation = { id: number; after: number } & (Act | Disturbance);

/** What a client or an operator does. */
type Act =
  | { do: "checkout"; items: { product: number; quantity: number }[]; card: Card; customer: number; repeat: Repeat }
  | { do: "cancel"; order: number; repeat: Repeat }
  | { do: "pay"; order: number; card: Card; repeat: Repeat }
  | { do: "authenticate"; order: number; outcome: "succeeded" | "failed" }
  /** `restock`: of one piece, which is in the stock again, instead of a share. */
  | { do: "refund"; order: number; share: number; repeat: Repeat; restock?: boolean }
  | { do: "dashboard-refund"; order: number; share: number }
  | { do: "ship"; order: number; one: boolean; repeat: Repeat }
  | { do: "deliver"; order: number }
  | { do: "stock"; product: number; delta: number }
  | { do: "subscribe"; customer: number; card: Card }
  | { do: "change-card"; customer: number; card: Card }
  | { do: "end-subscription"; customer: number }
  | { do: "renew" }
  | { do: "expense"; customer: number; amount: number }
  | { do: "decide"; approve: boolean; repeat: Repeat }
  | { do: "broadcast"; repeat: Repeat }
  | { do: "unsubscribe"; customer: number }
  | { do: "import"; rows: number; bad: number; cut: boolean }
  | { do: "resolve-task"; action: "resume" | "dismiss" };

/** What happens to the machines, the providers and the time. */
export type Disturbance =
  | { do: "lose-runs"; of: (typeof LOSABLE)[number] }
  | { do: "webhooks"; mode: WebhookMode; delay: number }
  | { do: "flush"; reverse: boolean; duplicate: boolean }
  | { do: "outage"; of: "stripe" | "mailbox"; for: number }
  /** The provider's own error after it has done what it was asked, which Stripe repeats under the same key; or a decline. */
  | { do: "provider-fault"; of: "stripe" | "mailbox"; kind: "applied_error" | "decline"; skip: number }
  | { do: "sweep" }
  | { do: "wait"; for: number }
  | { do: "sleep-through"; for: number }
  /** The engine starts again from its journal, or from this share of what it has written since its last start. */
  | { do: "restart-engine"; share: number }
  /** The steps of all functions have new ids, also for the runs that sleep. */
  | { do: "deploy" }
  /** Every second request is answered by a process whose clock differs by this time. */
  | { do: "skew-clock"; by: number }
  /** Every second request is answered by a process that does not remember what the other one has done. */
  | { do: "second-process" };

/** Whether the same request is sent again: at the same time, after its answer, or not at all. */
export type Repeat = "no" | "at-once" | "after";

export const CARDS = [
  ...["pm_card_visa", "pm_card_authenticationRequired", "pm_card_visa_chargeDeclined", "pm_card_pendingRefund"],
  ...["pm_card_refundFail", "pm_card_threeDSecureRequiredChargeDeclined", "pm_card_chargeDeclinedProcessingError"],
] as const;
export type Card = (typeof CARDS)[number];

export const LOSABLE = [
  ...["process-order", "cancel-order", "payment-failed", "process-refund", "apply-payment-webhook", "order-shipped"],
  ...[
    "deliver-queued-email",
    "deliver-email-batch",
    "charge-subscription",
    "settle-subscription-charge",
    "approval-workflow",
  ],
  ...["process-payment", "broadcast-notification", "send-individual-notification", "import-data", "first-order-gift"],
] as const;

export const WEBHOOK_MODES = ["deliver", "hold", "duplicate", "reverse", "drop", "early"] as const;
export type WebhookMode = (typeof WEBHOOK_MODES)[number];

/** Where the app leaves its own memory. `app`: a call of the engine to the app. */
export const BOUNDARIES = ["stripe", "mailbox", "inngest", "app", "sql"] as const;
export type Boundary = (typeof BOUNDARIES)[number];

export const CALL_FAULTS = ["lost-before", "lost-after", "twice", "crash-before", "crash-after"] as const;
/** Answers of a provider, or of what stands before it. `garbage` is not JSON. */
export const ANSWER_FAULTS = ["429", "500", "503", "garbage"] as const;
export const STATEMENT_FAULTS = [
  "lost-before",
  "lost-after",
  "conflict",
  "disk-full",
  "crash-before",
  "crash-after",
] as const;

export type FaultKind =
  | (typeof CALL_FAULTS)[number]
  | (typeof ANSWER_FAULTS)[number]
  | (typeof STATEMENT_FAULTS)[number];

/** The nth call or statement at a boundary, counted from an operation on, goes wrong. */
export interface Fault {
  from: number;
  at: Boundary;
  /** Only such calls or statements count. */
  site?: string;
  nth: number;
  kind: FaultKind;
}

export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;

/** Draws from a seed. */
export class Draw {
  readonly #random: () => number;

  constructor(seed: number) {
    this.#random = seeded(Math.imul(seed, 0x9e3779b1));
  }

  /** A whole number from `low` to `high`, both included. */
  int(low: number, high: number): number {
    return low + Math.floor(this.#random() * (high - low + 1));
  }

  chance(probability: number): boolean {
    return this.#random() < probability;
  }

  of<T>(items: readonly T[]): T {
    const item = items[this.int(0, items.length - 1)];
    if (item === undefined) throw new Error("nothing to choose from");
    return item;
  }

  /** One of `items`, each as often as its weight says. */
  weighted<T>(items: readonly (readonly [number, T])[]): T {
    let rest = this.#random() * items.reduce((sum, [weight]) => sum + weight, 0);
    for (const [weight, item] of items) {
      rest -= weight;
      if (rest < 0) return item;
    }
    return this.of(items)[1];
  }
}
