import { z } from "zod";
import { type Account, newId } from "./account";
import { formatAmount } from "./currencies";
import { badParameter, refused } from "./errors";
import { mergeMetadata } from "./fields";
import { requireCharge, requireIntent, requireRefund } from "./find";
import type { FormValue } from "./form";
import { listParams, page } from "./listing";
import { expand, integer, metadata, oneOf, parse, text, unsupported } from "./params";
import { testCardOf } from "./payment-methods";
import type { ChargeRecord, EventType, RefundRecord } from "./records";

type Form = { [key: string]: FormValue };

const createParams = z.strictObject({
  amount: integer(1).optional(),
  charge: text().optional(),
  payment_intent: text().optional(),
  reason: oneOf(["duplicate", "fraudulent", "requested_by_customer"]).optional(),
  metadata: metadata().optional(),
  expand: expand(),
  currency: unsupported(),
  customer: unsupported(),
  instructions_email: unsupported(),
  origin: unsupported(),
  refund_application_fee: unsupported(),
  reverse_transfer: unsupported(),
});
const updateParams = z.strictObject({ metadata: metadata().optional(), expand: expand() });
const refundListParams = listParams({ charge: text().optional(), payment_intent: text().optional() });

/** How long the test cards with slow refunds take; Stripe says only "some time later". */
const SLOW_REFUND = 60 * 60 * 1000;

function chargeToRefund(account: Account, params: z.infer<typeof createParams>): ChargeRecord {
  if (params.charge) return requireCharge(account, params.charge, "charge");
  if (!params.payment_intent) {
    throw badParameter(
      "One of the following params should be provided for this request: payment_intent or charge.",
      undefined,
      "parameter_missing",
    );
  }
  const intent = requireIntent(account, params.payment_intent, "payment_intent");
  const charge = intent.latest_charge ? account.charges.get(intent.latest_charge) : undefined;
  if (charge?.paid) return charge;
  throw refused(
    `This PaymentIntent (${intent.id}) does not have a successful charge to refund.`,
    "payment_intent_unexpected_state",
  );
}

function checkRefundable(charge: ChargeRecord, asked: number | undefined): number {
  const left = charge.amount_captured - charge.amount_refunded;
  if (!charge.paid || !charge.captured)
    throw refused(`Charge ${charge.id} cannot be refunded.`, "charge_not_refundable");
  if (left === 0) throw refused(`Charge ${charge.id} has already been refunded.`, "charge_already_refunded");
  const amount = asked ?? left;
  if (amount <= left) return amount;
  const of = charge.amount_refunded === 0 ? "charge amount" : "unrefunded amount on charge";
  throw refused(
    `Refund amount (${formatAmount(amount, charge.currency)}) is greater than ${of} (${formatAmount(left, charge.currency)})`,
    undefined,
    { param: "amount" },
  );
}

export function createRefund(account: Account, form: Form): RefundRecord {
  const params = parse(createParams, form);
  const charge = chargeToRefund(account, params);
  const amount = checkRefundable(charge, params.amount);
  const kind = charge.payment_method ? testCardOf(account, charge.payment_method).refund : undefined;
  const refund = account.refunds.put({
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
    metadata: mergeMetadata({}, params.metadata),
    payment_intent: charge.payment_intent,
    payment_method: charge.payment_method,
    reason: params.reason ?? null,
    receipt_number: null,
    source_transfer_reversal: null,
    status: kind === "pending" ? "pending" : "succeeded",
    transfer_reversal: null,
  });
  const refunded = charge.amount_refunded + amount;
  const after = account.charges.put({
    ...charge,
    amount_refunded: refunded,
    refunded: refunded === charge.amount_captured,
  });
  account.emit("refund.created", refund);
  account.emit("charge.refunded", after);
  if (kind) scheduleEnd(account, refund);
  return refund;
}

/** Some test cards settle a refund later; called again for those still open when the stand-in restarts. */
export function scheduleEnd(account: Account, refund: RefundRecord): void {
  account.clock.schedule(refund.created * 1000 + SLOW_REFUND, () => {
    void account.clock.busy(
      account.change({ requestId: null, idempotencyKey: null }, () => settle(account, refund.id)),
    );
  });
}

/** Refunds whose end is still to come. */
export function openRefunds(account: Account): RefundRecord[] {
  return [...account.refunds.values()].filter((refund) => {
    const kind =
      typeof refund.payment_method === "string" ? testCardOf(account, refund.payment_method).refund : undefined;
    return (kind === "pending" && refund.status === "pending") || (kind === "fail" && refund.status === "succeeded");
  });
}

function settle(account: Account, id: string): void {
  const refund = account.refunds.get(id);
  const charge = refund && account.charges.get(refund.charge);
  if (!refund || !charge) return;
  const emit = (types: EventType[], after: RefundRecord) => {
    for (const type of types) account.emit(type, after);
  };
  if (refund.status === "pending") {
    emit(["refund.updated", "charge.refund.updated"], account.refunds.put({ ...refund, status: "succeeded" }));
    return;
  }
  account.charges.put({ ...charge, amount_refunded: charge.amount_refunded - refund.amount, refunded: false });
  const failed = account.refunds.put({ ...refund, status: "failed", failure_reason: "unknown" });
  emit(["refund.failed", "refund.updated", "charge.refund.updated"], failed);
}

export function updateRefund(account: Account, id: string, form: Form): RefundRecord {
  const params = parse(updateParams, form);
  const refund = requireRefund(account, id);
  const updated = account.refunds.put({ ...refund, metadata: mergeMetadata(refund.metadata ?? {}, params.metadata) });
  account.emit("refund.updated", updated);
  return updated;
}

export function listRefunds(account: Account, url: string, form: Form) {
  const params = parse(refundListParams, form);
  return page(account.refunds, url, params, "refund", (refund) => {
    return (
      (params.charge === undefined || refund.charge === params.charge) &&
      (params.payment_intent === undefined || refund.payment_intent === params.payment_intent)
    );
  });
}
