import type Stripe from "stripe";
import { raiseAlert } from "../alerts";
import { ago, DAY, MINUTE } from "../clock";
import { db } from "../db";
import { syncPaymentIntent } from "../payments/sync-order-payment";
import { callStripe } from "../stripe";
import { refreshPaymentIntent } from "../webhooks-in/refresh-payment-intent";
import { readCursor, writeCursor } from "./cursor";
import { eachNoted, retryNoted } from "./retries";

const CURSOR = "stripe-payment-intents";

export interface StripeCheck {
  checked: number;
  /** Intents and refunds whose state at Stripe our books did not show. */
  corrected: number;
  /** Paid at Stripe, for an order that we do not have. */
  unknown: number;
}

/**
 * Compares what Stripe has with what we know, each PaymentIntent once, a quarter of an hour after it was made: money that
 * no order knows of is a loss that no webhook would tell. Intents without our metadata belong to another system. One that
 * cannot be read or mended now is noted for later, and stops none of the others.
 */
export async function checkStripe(): Promise<StripeCheck> {
  const until = Math.floor(ago(15 * MINUTE).getTime() / 1_000);
  const from = await readCursor(CURSOR, ago(DAY));
  const result = { checked: 0, corrected: 0, unknown: 0 };
  await retryNoted("payment_intent", async (id) =>
    compare([await callStripe((stripe) => stripe.paymentIntents.retrieve(id))], result, mend),
  );
  await retryNoted("refund", refreshPaymentIntent);
  // Stripe lists newest first and in no other order, so the cursor moves once the whole span has been read.
  let startingAfter: string | undefined;
  let more = true;
  while (more) {
    const page = await callStripe((stripe) =>
      stripe.paymentIntents.list({ created: { gt: from, lte: until }, limit: 100, starting_after: startingAfter }),
    );
    await compare(page.data, result, (intent, work) => eachNoted("payment_intent", [intent.id], work));
    startingAfter = page.data.at(-1)?.id;
    more = page.has_more && startingAfter !== undefined;
  }
  await checkRefunds(from, until, result);
  await writeCursor(CURSOR, until);
  return result;
}

/** Refunds made in Stripe's dashboard, of which no webhook told. */
async function checkRefunds(from: number, until: number, result: StripeCheck): Promise<void> {
  let startingAfter: string | undefined;
  let more = true;
  while (more) {
    const page = await callStripe((stripe) =>
      stripe.refunds.list({ created: { gt: from, lte: until }, limit: 100, starting_after: startingAfter }),
    );
    const ids = page.data.map(({ id }) => id);
    const rows = await db().$queryRaw<{ id: string }[]>`
      SELECT stripe_refund_id AS id FROM refunds WHERE stripe_refund_id = ANY(${ids})
      UNION ALL SELECT id FROM subscription_refunds WHERE id = ANY(${ids})`;
    const known = new Set(rows.map(({ id }) => id));
    for (const refund of page.data.filter(({ id }) => !known.has(id))) {
      const intentId = typeof refund.payment_intent === "string" ? refund.payment_intent : refund.payment_intent?.id;
      if (!intentId) continue;
      const { done } = await eachNoted("refund", [intentId], refreshPaymentIntent);
      result.corrected += done;
    }
    startingAfter = page.data.at(-1)?.id;
    more = page.has_more && startingAfter !== undefined;
  }
}

interface KnownPayment {
  id: string;
  intentId: string | null;
  status: string;
  captured: number;
  open: boolean;
}

/** Our books and Stripe's differ on how much came: nothing is guessed, a person decides. */
async function reportMismatch({ id, captured }: KnownPayment, intent: Stripe.PaymentIntent): Promise<void> {
  await raiseAlert({
    kind: "amount_mismatch",
    id: `amount-mismatch:${intent.id}`,
    subject: `Stripe and our books differ on payment ${id}`,
    detail: {
      paymentId: id,
      intentId: intent.id,
      captured,
      atStripe: intent.amount_received,
      currency: intent.currency,
    },
  });
}

type Mend = (intent: Stripe.PaymentIntent, work: () => Promise<void>) => Promise<unknown>;

const mend: Mend = (_intent, work) => work();

async function compare(intents: Stripe.PaymentIntent[], result: StripeCheck, attempt: Mend): Promise<void> {
  const ours = intents.filter(({ metadata }) => metadata.order_id);
  const rows = await db().$queryRaw<KnownPayment[]>`
    SELECT p.id, p.intent_id AS "intentId", p.status, p.captured, o.status IN ('pending', 'awaiting_payment') AS open
    FROM payments p JOIN orders o ON o.id = p.order_id
    WHERE p.intent_id = ANY(${ours.map(({ id }) => id)}) OR p.id = ANY(${ours.map(({ metadata }) => metadata.payment_id ?? "")})`;
  for (const intent of ours) {
    result.checked++;
    await attempt(intent, () => compareOne(intent, rows, result));
  }
}

async function compareOne(intent: Stripe.PaymentIntent, rows: KnownPayment[], result: StripeCheck): Promise<void> {
  const row = rows.find(({ intentId }) => intentId === intent.id);
  // Its run is between Stripe's answer and the next write, or will take that up again.
  if (rows.some(({ id, intentId, open }) => id === intent.metadata.payment_id && intentId === null && open)) return;
  if (row?.status === "succeeded" && row.captured !== intent.amount_received) await reportMismatch(row, intent);
  if (row ? row.status === intent.status || intent.status !== "succeeded" : intent.status === "canceled") return;
  if (!row) return orphan(intent, result);
  await syncPaymentIntent(intent.id);
  result.corrected++;
}

/** An intent that no payment row names: the process died between Stripe's answer and our next write. */
async function orphan(intent: Stripe.PaymentIntent, result: StripeCheck): Promise<void> {
  if (intent.status !== "succeeded") {
    await callStripe((stripe) => stripe.paymentIntents.cancel(intent.id));
    result.corrected++;
    return;
  }
  result.unknown++;
  const detail = {
    intentId: intent.id,
    orderId: intent.metadata.order_id,
    amount: intent.amount_received,
    currency: intent.currency,
  };
  await raiseAlert({
    kind: "unknown_payment",
    id: `unknown-payment:${intent.id}`,
    subject: `Stripe holds money for an order we do not have: ${intent.id}`,
    detail,
  });
}
