import { type Clock, realClock } from "../engine/clock";
import { Faults } from "../faults";
import { type Answer, type Incoming, json, listen, problem } from "../http";
import { Account } from "./account";
import { type Api, handleApi } from "./api";
import { forgetOldEvents, RETRY_AFTER, signEvent } from "./events";
import { overview } from "./overview";
import { openRefunds, scheduleEnd } from "./refunds";
import { closableClock } from "./shared/closable-clock";
import { Journal } from "./shared/journal";
import { KeptAnswers } from "./shared/kept-answers";
import { webhookDoors } from "./shared/webhook-doors";
import { WebhookQueue, type WebhookTarget } from "./shared/webhook-queue";
import { threeDSecure } from "./three-d-secure";

export interface StripeStandInOptions {
  /** Default: a free one. */
  port?: number;
  host?: string;
  clock?: Clock;
  /** A file that keeps everything across restarts and kill -9. Default: memory. */
  store?: string;
  webhook?: WebhookTarget;
  /** The only key accepted. Default `sk_test_steadfast`. */
  secretKey?: string;
  /** The base of addresses handed to people. Default: its own address. */
  publicUrl?: string;
  /** Webhooks sent at once. Default: one, in certain order, when a clock is given; else 16. */
  webhooksAtOnce?: number;
  /** Ms for which a new object stays hidden from searches; Stripe's own lag is up to a minute. Default 0. */
  searchLagMs?: number;
  log?: (line: string) => void;
}

export interface StripeStandIn {
  url: string;
  port: number;
  setWebhook(webhook: WebhookTarget): void;
  close(): Promise<void>;
  /** API calls since the start; the doors that Stripe does not have are not counted. */
  calls(): number;
}

/** Stripe's bodies are small; this is far above any of them. */
const BODY_LIMIT = 1_000_000;

const DEFECT = {
  error: { type: "api_error", message: "The stand-in failed. This is a defect of the stand-in: see its log." },
};

/** Starts a stateful stand-in for the parts of Stripe's API listed in this folder's README. */
export async function startStripe(options: StripeStandInOptions = {}): Promise<StripeStandIn> {
  const clock = closableClock(options.clock ?? realClock());
  const log = options.log ?? (() => {});
  const journal = new Journal(options.store);
  const commit = () => journal.commit();
  const queue = new WebhookQueue({
    clock,
    deliveries: journal.collection("deliveries"),
    commit,
    target: options.webhook,
    bodyOf: ({ eventId }) => {
      const event = account.events.get(eventId);
      return event && JSON.stringify(event, null, 2);
    },
    sign: signEvent,
    retryAfter: RETRY_AFTER,
    atOnce: options.webhooksAtOnce ?? (options.clock ? 1 : 16),
    log,
  });
  const account = new Account(clock, journal, async (events) => {
    forgetOldEvents(account);
    await queue.enqueue(events.map((event) => ({ eventId: event.id })));
  });
  for (const refund of openRefunds(account)) scheduleEnd(account, refund);
  const api: Api = {
    account,
    faults: new Faults(clock),
    keys: new KeptAnswers(clock, journal.collection("idempotency_keys")),
    secretKey: options.secretKey ?? "sk_test_steadfast",
    searchLagMs: options.searchLagMs ?? 0,
    undelivered: () => new Set(queue.all().map((delivery) => delivery.eventId)),
  };
  let calls = 0;
  const handle = async (request: Incoming): Promise<Answer> => {
    if (!request.path.startsWith("/v1/")) {
      return (
        api.faults.door(request) ??
        overview(account, request) ??
        (await threeDSecure(account, request)) ??
        (await webhookDoors(queue, request)) ??
        problem(404, "Not found")
      );
    }
    calls += 1;
    return handleApi(api, request);
  };
  const server = await listen({
    port: options.port,
    host: options.host,
    bodyLimit: BODY_LIMIT,
    handle,
    onDefect(error) {
      log(error instanceof Error ? (error.stack ?? error.message) : String(error));
      return json(500, DEFECT);
    },
  });
  account.publicUrl = options.publicUrl ?? server.url;
  return {
    url: server.url,
    port: server.port,
    setWebhook: (webhook) => queue.setTarget(webhook),
    calls: () => calls,
    async close() {
      clock.close();
      queue.close();
      await server.close();
    },
  };
}
