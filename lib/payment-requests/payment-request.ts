import type { EventData } from "../events";

/** What `payment/process` asks for. Its amount is checked against the books, and never what is paid. */
export type PaymentRequest = EventData<"payment/process">;

export type Prepared = { due: true; attempt: number } | { due: false; reason: string };
export type Paid = { outcome: "paid" } | { outcome: "unpaid"; reason: string };

export type Fulfilment = "fulfilled" | "held" | "refused";

/**
 * How one kind of payment is made and unmade. Every function reads from the database and from Stripe what has happened so
 * far, so each can be called again, and by another run.
 */
export interface PaymentKind {
  /** Whether there is something to pay, and that it can be delivered once it is paid. */
  prepare(request: PaymentRequest): Promise<Prepared>;
  /** @throws AppError with `retry` for what may heal by itself. */
  pay(id: string, attempt: number): Promise<Paid>;
  /** `refused`: it ended meanwhile, and the money must not stay; `held`: a person decides first, and it goes on from there. */
  fulfil(id: string, attempt: number): Promise<Fulfilment>;
  /** Gives back whatever was taken, as far as the books and Stripe show it. Returns the state that leaves. */
  giveBack(id: string, attempt: number, reason: string): Promise<string>;
  /** Tells whoever it concerns how it ended. */
  tell(id: string): Promise<string | null>;
}
