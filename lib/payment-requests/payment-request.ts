import { raiseAlert } from "../alerts";
import type { EventData } from "../events";
import { formatMoney, type Money } from "../money";

/** The data of `payment/process`. Its amount is checked against the database, and never charged. */
export type PaymentRequest = EventData<"payment/process">;

export type Prepared = { due: true; attempt: number } | { due: false; reason: string };
export type Paid = { outcome: "paid" } | { outcome: "unpaid"; reason: string };

export type Settlement = "settled" | "held" | "refused";

/**
 * How one kind of payment is made and refunded. Every function reads the current state from the database and from Stripe, so
 * it is safe to repeat, also by another run.
 */
export interface PaymentKind {
  /** Checks that something is to be paid, and that it can be settled once it is paid. */
  prepare(request: PaymentRequest): Promise<Prepared>;
  /** @throws AppError with `retry` if a retry can help */
  pay(id: string, attempt: number): Promise<Paid>;
  /** `refused`: it ended meanwhile, and the money must be refunded. `held`: it continues when a person has decided. */
  settle(id: string, attempt: number): Promise<Settlement>;
  /** Refunds everything that the database and Stripe show as paid. Returns the status afterwards. */
  refund(id: string, attempt: number, reason: string): Promise<string>;
  /** Notifies the customer or employee of the result. */
  notify(id: string): Promise<string | null>;
}

/** Refuses a request whose amount differs from the amount owed. Nothing is paid, and an alert asks a person why. */
export async function refuseAmount(request: PaymentRequest, owed: Money): Promise<Prepared> {
  const { purpose, id } = request;
  const reason = `It asks for ${formatMoney(request)}, and ${formatMoney(owed)} are owed.`;
  await raiseAlert({
    kind: "payment_mismatch",
    id: `payment-mismatch:${purpose}:${id}:${request.amount}${request.currency}`,
    subject: `A payment for ${purpose} ${id} was refused`,
    detail: { purpose, id, reason },
  });
  return { due: false, reason };
}
