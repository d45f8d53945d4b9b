import { z } from "zod";
import { type Account, type ChargeRecord, type DisputeRecord, type Endpoint, find, newId } from "./account";
import { refused } from "./errors";
import { boolean, mergeMetadata, metadata, params, parse, text } from "./params";

const DAY_SECONDS = 24 * 60 * 60;

/** Opens the dispute of a test card, right after its charge ("Testing", "Disputes"). An inquiry withdraws no money. */
export function openDispute(account: Account, charge: ChargeRecord, { reason, inquiry }: TestDispute): void {
  const dispute = account.disputes.save({
    id: newId("dp"),
    object: "dispute",
    amount: charge.amount,
    balance_transactions: [],
    charge: charge.id,
    created: account.now(),
    currency: charge.currency,
    enhanced_eligibility_types: [],
    evidence: noEvidence(),
    evidence_details: {
      due_by: account.now() + 9 * DAY_SECONDS,
      enhanced_eligibility: {},
      has_evidence: false,
      past_due: false,
      submission_count: 0,
      submission_method: "not_submitted",
    },
    intended_submission_method: null,
    is_charge_refundable: inquiry ?? false,
    livemode: false,
    metadata: {},
    payment_intent: charge.payment_intent,
    reason,
    status: inquiry ? "warning_needs_response" : "needs_response",
  });
  account.charges.save({ ...charge, disputed: !inquiry });
  account.emit("charge.dispute.created", dispute);
}

/** What a test card's dispute is about. */
export interface TestDispute {
  reason: string;
  inquiry?: boolean;
}

/** Evidence that a shop can send; all of it is empty at first. */
const EVIDENCE = [
  ...(["access_activity_log", "billing_address", "cancellation_policy", "cancellation_policy_disclosure"] as const),
  ...(["cancellation_rebuttal", "customer_communication", "customer_email_address", "customer_name"] as const),
  ...(["customer_purchase_ip", "customer_signature", "duplicate_charge_documentation"] as const),
  ...(["duplicate_charge_explanation", "duplicate_charge_id", "product_description", "receipt"] as const),
  ...(["refund_policy", "refund_policy_disclosure", "refund_refusal_explanation", "service_date"] as const),
  ...(["service_documentation", "shipping_address", "shipping_carrier", "shipping_date"] as const),
  ...(["shipping_documentation", "shipping_tracking_number", "uncategorized_file", "uncategorized_text"] as const),
];

const noEvidence = (): DisputeRecord["evidence"] => ({
  ...(Object.fromEntries(EVIDENCE.map((name) => [name, null])) as Record<(typeof EVIDENCE)[number], null>),
  enhanced_evidence: {},
});

/** The evidence of Stripe's test mode, which decides a dispute at once. */
const WINNING = "winning_evidence";
const LOSING = "losing_evidence";

const updateParams = params(
  {
    evidence: z.strictObject({ uncategorized_text: text().optional() }).optional(),
    metadata: metadata().optional(),
    submit: boolean().optional(),
  },
  [],
);

/** `POST /v1/disputes/:id`. Only `evidence[uncategorized_text]` is stored. */
export const updateDispute: Endpoint = ({ account, id, form }) => {
  const { evidence, submit = true, ...given } = parse(updateParams, form);
  const before = open(account, id);
  const said = evidence?.uncategorized_text ?? before.evidence.uncategorized_text;
  const dispute = account.disputes.save({
    ...before,
    evidence: { ...before.evidence, uncategorized_text: said },
    metadata: mergeMetadata(before.metadata, given.metadata),
  });
  if (!submit || !said) return dispute;
  if (said !== WINNING && said !== LOSING) {
    const status = before.status.startsWith("warning") ? ("warning_under_review" as const) : ("under_review" as const);
    const reviewed = account.disputes.save({ ...dispute, status });
    account.emit("charge.dispute.updated", reviewed);
    return reviewed;
  }
  return end(account, dispute, said === WINNING);
};

/** `POST /v1/disputes/:id/close`: the shop accepts the dispute as lost. */
export const closeDispute: Endpoint = ({ account, id, form }) => {
  parse(params({}), form);
  return end(account, open(account, id), false);
};

function open(account: Account, id: string): DisputeRecord {
  const dispute = find(account.disputes, "dispute", id);
  if (["won", "lost", "warning_closed"].includes(dispute.status)) throw refused("This dispute is already closed");
  return dispute;
}

function end(account: Account, dispute: DisputeRecord, won: boolean): DisputeRecord {
  const inquiry = dispute.status.startsWith("warning");
  const closed = account.disputes.save({ ...dispute, status: inquiry ? "warning_closed" : won ? "won" : "lost" });
  account.emit("charge.dispute.closed", closed);
  return closed;
}
