import { createHmac } from "node:crypto";
import { type Account, type Endpoint, type EventRecord, find } from "./account";
import { listPage, listParams } from "./listing";
import { boolean, list, params, parse, text } from "./params";

const listEventsParams = listParams({
  delivery_success: boolean().optional(),
  type: text().optional(),
  types: list().optional(),
});

/** Stripe stores events for 30 days ("Retrieve an event"). */
const EVENT_TTL_SECONDS = 30 * 24 * 60 * 60;

/** Older events are deleted earlier beyond this, so that a long load test stays within memory. */
const MAX_EVENTS = 200_000;

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** "Up to three days with an exponential back off" ("Webhooks"). Stripe publishes no intervals; these are 71 hours. */
export const RETRY_DELAYS_MS: readonly number[] = [
  ...[5 * SECOND, MINUTE, 5 * MINUTE, 30 * MINUTE],
  ...[1, 3, 6, 12, 24, 24].map((hours) => hours * HOUR),
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

/** The event as the API shows it. Its webhook is pending while it is undelivered. */
const view = (event: EventRecord, undelivered: Set<string>): EventRecord => ({
  ...event,
  pending_webhooks: undelivered.has(event.id) ? 1 : 0,
});

const retrieveParams = params({});

export const retrieveEvent: Endpoint = ({ account, id, form }) => {
  parse(retrieveParams, form);
  return view(find(account.events, "event", id), account.undelivered());
};

/** "payment_intent.*" matches by prefix, as in Stripe's list. */
const typeMatches = (type: string, wanted: string) =>
  wanted.endsWith("*") ? type.startsWith(wanted.slice(0, -1)) : type === wanted;

export const listEvents: Endpoint = ({ account, url, form }) => {
  const given = parse(listEventsParams, form);
  const undelivered = account.undelivered();
  const types = given.types ?? (given.type ? [given.type] : []);
  const found = listPage(account.events, url, given, "event", (event) => {
    if (types.length > 0 && !types.some((type) => typeMatches(event.type, type))) return false;
    return given.delivery_success === undefined || given.delivery_success !== undelivered.has(event.id);
  });
  return { ...found, data: found.data.map((event) => view(event, undelivered)) };
};

/** Deletes events that are older than 30 days or exceed the maximum. */
export function deleteOldEvents(account: Account): void {
  for (const event of account.events.values()) {
    if (account.events.size <= MAX_EVENTS && event.created > account.now() - EVENT_TTL_SECONDS) return;
    account.events.delete(event.id);
  }
}
