import { createHmac } from "node:crypto";
import type { Account } from "./account";
import { missing } from "./errors";
import type { FormValue } from "./form";
import { listParams, page } from "./listing";
import { boolean, list, parse, text } from "./params";
import type { EventRecord } from "./records";
import type { Delivery } from "./shared/webhook-queue";

const eventListParams = listParams({
  delivery_success: boolean().optional(),
  type: text().optional(),
  types: list().optional(),
});

/** Stripe keeps events for 30 days ("Retrieve an event"). */
const KEPT_SECONDS = 30 * 24 * 60 * 60;

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/**
 * "Up to three days with an exponential back off" ("Webhooks", live mode). The intervals are not published; these add
 * up to 71 hours.
 */
export const RETRY_AFTER: readonly number[] = [
  5 * SECOND,
  MINUTE,
  5 * MINUTE,
  30 * MINUTE,
  HOUR,
  3 * HOUR,
  6 * HOUR,
  12 * HOUR,
  24 * HOUR,
  24 * HOUR,
];

/** `Stripe-Signature` as "Verify webhook signatures" describes it: HMAC-SHA256 over `timestamp.body`. */
export function signEvent(delivery: Delivery, secret: string, now: number): Record<string, string> {
  const timestamp = Math.floor(now / 1000);
  const signature = createHmac("sha256", secret).update(`${timestamp}.${delivery.body}`).digest("hex");
  return {
    "stripe-signature": `t=${timestamp},v1=${signature}`,
    "user-agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
  };
}

export function retrieveEvent(account: Account, id: string): EventRecord {
  const found = account.events.get(id);
  if (!found) throw missing("event", id);
  return found;
}

/** "payment_intent.*" matches by prefix, as in Stripe's list. */
const typeMatches = (type: string, wanted: string) =>
  wanted.endsWith("*") ? type.startsWith(wanted.slice(0, -1)) : type === wanted;

export function listEvents(
  account: Account,
  url: string,
  form: { [key: string]: FormValue },
  undelivered: Set<string>,
) {
  const params = parse(eventListParams, form);
  return page(account.events, url, params, "event", (event) => {
    const wanted = params.types ?? (params.type ? [params.type] : []);
    if (wanted.length > 0 && !wanted.some((type) => typeMatches(event.type, type))) return false;
    return params.delivery_success === undefined || params.delivery_success !== undelivered.has(event.id);
  });
}

/** Forgets events past their 30 days. */
export function forgetOldEvents(account: Account): void {
  for (const event of account.events.values()) {
    if (event.created > account.now() - KEPT_SECONDS) return;
    account.events.delete(event.id);
  }
}
