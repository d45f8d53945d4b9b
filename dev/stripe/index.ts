import { Faults } from "../stand-in/faults";
import { KeptAnswers } from "../stand-in/kept-answers";
import { openStandIn, type StandIn, type StandInOptions } from "../stand-in/start";
import { Account } from "./account";
import { type Api, handleApi } from "./api";
import { forgetOldEvents, RETRY_AFTER, signEvent } from "./events";
import { overview } from "./overview";
import { openRefunds, scheduleEnd } from "./refunds";
import { threeDSecure } from "./three-d-secure";

export interface StripeStandInOptions extends StandInOptions {
  /** The only key accepted. Default `sk_test_steadfast`. */
  secretKey?: string;
  /** The base of addresses handed to people. Default: its own address. */
  publicUrl?: string;
  /** Ms for which a new object stays hidden from searches; Stripe's own lag is up to a minute. Default 0. */
  searchLagMs?: number;
}

export type StripeStandIn = StandIn;

/** Stripe's bodies are small; this is far above any of them. */
const BODY_LIMIT = 1_000_000;

const DEFECT = {
  error: { type: "api_error", message: "The stand-in failed. This is a defect of the stand-in: see its log." },
};

/** Starts a stateful stand-in for the parts of Stripe's API listed in this folder's README. */
export async function startStripe(options: StripeStandInOptions = {}): Promise<StripeStandIn> {
  const { clock, journal, queue, serve } = openStandIn(options, {
    bodyOf: ({ eventId }) => {
      const event = account.events.get(eventId);
      return event && JSON.stringify(event, null, 2);
    },
    sign: signEvent,
    retryAfter: RETRY_AFTER,
  });
  const account = new Account(clock, journal, async (events) => {
    forgetOldEvents(account);
    await queue.enqueue(events.map(({ id: eventId, type }) => ({ eventId, type })));
  });
  for (const refund of openRefunds(account)) scheduleEnd(account, refund);
  const faults = new Faults(clock);
  const api: Api = {
    account,
    faults,
    keys: new KeptAnswers(clock, journal.collection("idempotency_keys")),
    secretKey: options.secretKey ?? "sk_test_steadfast",
    searchLagMs: options.searchLagMs ?? 0,
    undelivered: () => new Set(queue.all().map((delivery) => delivery.eventId)),
  };
  const standIn = await serve({
    bodyLimit: BODY_LIMIT,
    isApi: ({ path }) => path.startsWith("/v1/"),
    api: (request) => handleApi(api, request),
    doors: [
      (request) => faults.door(request),
      (request) => overview(account, request),
      (request) => threeDSecure(account, request),
    ],
    defect: DEFECT,
  });
  account.publicUrl = options.publicUrl ?? standIn.url;
  return standIn;
}
