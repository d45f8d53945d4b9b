import { createHmac } from "node:crypto";
import type { Account } from "./account";
import { missing } from "./errors";
import type { FormValue } from "./form";
import { listParams, page } from "./listing";
import { boolean, list, parse, text } from "./params";
import type { EventRecord } from "./records";

const eventListParams = listParams({
  delivery_success: boolean().optional(),
  type: text().optional(),
  types: list().optional(),
});

/** Stripe keeps events for 30 days ("Retrieve an event"). */
const KEPT_SECONDS = 30 * 24 * 60 * 60;

/** More than this are forgotten earlier, so that a long load test stays within memory. */
const MOST_EVENTS = 200_000;

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
export function signEvent(_eventId: string, body: string, secret: string, now: number): Record<string, string> {
  const timestamp = Math.floor(now / 1000);
  const signature = createHmac("sha256", secret).update(`${timestamp}.${body}`).digest("hex");
  return {
    "stripe-signature": `t=${timestamp},v1=${signature}`,
    "user-agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
  };
}

/** The event as the API shows it: its webhook is pending while `undelivered` has it. */
const shown = (event: EventRecord, undelivered: Set<string>): EventRecord => ({
  ...event,
  pending_webhooks: undelivered.has(event.id) ? 1 : 0,
});

export function retrieveEvent(account: Account, id: string, undelivered: Set<string>): EventRecord {
  const found = account.events.get(id);
  if (!found) throw missing("event", id);
  return shown(found, undelivered);
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
  const found = page(account.events, url, params, "event", (event) => {
    const wanted = params.types ?? (params.type ? [params.type] : []);
    if (wanted.length > 0 && !wanted.some((type) => typeMatches(event.type, type))) return false;
    return params.delivery_success === undefined || params.delivery_success !== undelivered.has(event.id);
  });
  return { ...found, data: found.data.map((event) => shown(event, undelivered)) };
}

/** Forgets events past their 30 days, or beyond the most that are kept. */
export function forgetOldEvents(account: Account): void {
  for (const event of account.events.values()) {
    if (account.events.size <= MOST_EVENTS && event.created > account.now() - KEPT_SECONDS) return;
    account.events.delete(event.id);
  }
}
