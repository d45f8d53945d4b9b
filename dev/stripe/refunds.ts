import type { z } from "zod";
import {
  type Account,
  type ChargeRecord,
  type Endpoint,
  type EventType,
  find,
  newId,
  type RefundRecord,
} from "./account";
import { checkFraction, formatAmount } from "./currencies";
import { badParameter, refused } from "./errors";
import { integer, mergeMetadata, metadata, oneOf, params, parse, text } from "./params";
import { testCardOf } from "./payment-methods";

const createParams = params(
  {
    amount: integer(1).optional(),
    charge: text().optional(),
    payment_intent: text().optional(),
    reason: oneOf(["duplicate", "fraudulent", "requested_by_customer"]).optional(),
    metadata: metadata().optional(),
  },
  ["currency", "customer", "instructions_email", "origin", "refund_application_fee", "reverse_transfer"],
);

/** The duration of a slow refund of a test card. Stripe says only "some time later". */
const SLOW_REFUND_MS = 60 * 60 * 1000;

function chargeToRefund(account: Account, given: z.infer<typeof createParams.schema>): ChargeRecord {
  if (given.charge) return find(account.charges, "charge", given.charge, "charge");
  if (!given.payment_intent)
    throw badParameter(
      "One of the following params should be provided for this request: payment_intent or charge.",
      undefined,
      "parameter_missing",
    );
  const intent = find(account.paymentIntents, "payment_intent", given.payment_intent, "payment_intent");
  const charge = intent.latest_charge ? account.charges.get(intent.latest_charge) : undefined;
  if (charge?.paid) return charge;
  throw refused(
    `This PaymentIntent (${intent.id}) does not have a successful charge to refund.`,
    "payment_intent_unexpected_state",
  );
}

function checkRefundable(charge: ChargeRecord, asked: number | undefined): number {
  const left = charge.amount_captured - charge.amount_refunded;
  if (charge.disputed)
    throw refused(`Charge ${charge.id} has been charged back; cannot issue a refund.`, "charge_disputed");
  if (!charge.paid || !charge.captured)
    throw refused(`Charge ${charge.id} cannot be refunded.`, "charge_not_refundable");
  if (left === 0) throw refused(`Charge ${charge.id} has already been refunded.`, "charge_already_refunded");
  const amount = asked ?? left;
  checkFraction(amount, charge.currency);
  if (amount <= left) return amount;
  const of = charge.amount_refunded === 0 ? "charge amount" : "unrefunded amount on charge";
  throw refused(
    `Refund amount (${formatAmount(amount, charge.currency)}) is greater than ${of} (${formatAmount(left, charge.currency)})`,
    undefined,
    { param: "amount" },
  );
}

export const createRefund: Endpoint = ({ account, form }) => {
  const given = parse(createParams, form);
  const charge = chargeToRefund(account, given);
  const amount = checkRefundable(charge, given.amount);
  const kind = charge.payment_method ? testCardOf(account, charge.payment_method).refund : undefined;
  const refund = account.refunds.save({
    id: newId("re"),
    object: "refund",
    amount,
    balance_transaction: null,
    charge: charge.id,
    created: account.now(),
    currency: charge.currency,
    customer: charge.customer,
    customer_account: null,
    destination_details: {
      type: "card",
      card: { type: "refund", reference_status: "pending", reference_type: "acquirer_reference_number" },
    },
    metadata: mergeMetadata({}, given.metadata),
    payment_intent: charge.payment_intent,
    payment_method: charge.payment_method,
    reason: given.reason ?? null,
    receipt_number: null,
    source_transfer_reversal: null,
    status: kind === "pending" ? "pending" : "succeeded",
    transfer_reversal: null,
  });
  const refunded = charge.amount_refunded + amount;
  const after = account.charges.save({
    ...charge,
    amount_refunded: refunded,
    refunded: refunded === charge.amount_captured,
  });
  account.emit("refund.created", refund);
  account.emit("charge.refunded", after);
  if (kind) scheduleEnd(account, refund);
  return refund;
};

/** Schedules the end of the refunds that a test card delays, after a restart. */
export function scheduleRefundEnds(account: Account): void {
  for (const refund of account.refunds.values()) {
    const kind =
      typeof refund.payment_method === "string" ? testCardOf(account, refund.payment_method).refund : undefined;
    if (kind && refund.status === (kind === "pending" ? "pending" : "succeeded")) scheduleEnd(account, refund);
  }
}

function scheduleEnd(account: Account, { id, created }: RefundRecord): void {
  account.clock.schedule(created * 1000 + SLOW_REFUND_MS, () => {
    void account.clock.busy(account.change(() => endRefund(account, id)));
  });
}

function endRefund(account: Account, id: string): void {
  const refund = account.refunds.get(id);
  const charge = refund && account.charges.get(refund.charge);
  if (!refund || !charge) return;
  const emit = (types: EventType[], after: RefundRecord) => {
    for (const type of types) account.emit(type, after);
  };
  if (refund.status === "pending") {
    emit(["refund.updated", "charge.refund.updated"], account.refunds.save({ ...refund, status: "succeeded" }));
    return;
  }
  account.charges.save({ ...charge, amount_refunded: charge.amount_refunded - refund.amount, refunded: false });
  const failed = account.refunds.save({ ...refund, status: "failed", failure_reason: "unknown" });
  emit(["refund.failed", "refund.updated", "charge.refund.updated"], failed);
}
