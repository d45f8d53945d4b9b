import { type Clock, realClock } from "../engine/clock";
import { Faults } from "../faults";
import { type Answer, type Incoming, json, listen, problem } from "../http";
import { closableClock } from "../stripe/shared/closable-clock";
import { Journal } from "../stripe/shared/journal";
import { KeptAnswers } from "../stripe/shared/kept-answers";
import { webhookDoors } from "../stripe/shared/webhook-doors";
import { WebhookQueue, type WebhookTarget } from "../stripe/shared/webhook-queue";
import { type Api, handleApi, isApi } from "./api";
import { RETRY_AFTER, signNotification } from "./events";
import { inbox } from "./inbox";
import { Mails } from "./mails";
import { messageDoors } from "./messages";
import { Outbox } from "./outbox";
import { outboxAnswer } from "./outbox-faults";
import { RateLimit } from "./rate-limit";

export interface MailboxOptions {
  /** Default: a free one. */
  port?: number;
  host?: string;
  clock?: Clock;
  /** A file that keeps everything across restarts and kill -9. Default: memory. */
  store?: string;
  /** The secret is `whsec_` and base64, as Resend shows it. */
  webhook?: WebhookTarget;
  /** The only key accepted. Default `re_steadfast`. */
  apiKey?: string;
  /** Default 10; 0 is none. */
  ratePerSecond?: number;
  /** Webhooks sent at once. Default: one, in certain order, when a clock is given; else 16. */
  webhooksAtOnce?: number;
  log?: (line: string) => void;
}

export interface Mailbox {
  url: string;
  port: number;
  setWebhook(webhook: WebhookTarget): void;
  close(): Promise<void>;
  /** API calls since the start; the mailbox's own doors are not counted. */
  calls(): number;
}

/** Resend takes 40 MB of attachments in base64 per mail ("Send Email"). */
const BODY_LIMIT = 60_000_000;

/** What Resend gave a team in 2026; its pages of different dates say 2, 5 and 10 ("Usage Limits"). */
const DEFAULT_RATE = 10;

const DEFECT = {
  statusCode: 500,
  name: "application_error",
  message: "The stand-in failed. This is a defect of the stand-in: see its log.",
};

/** Starts a stand-in for Resend's sending API with an inbox to read. */
export async function startMailbox(options: MailboxOptions = {}): Promise<Mailbox> {
  const clock = closableClock(options.clock ?? realClock());
  const log = options.log ?? (() => {});
  const journal = new Journal(options.store);
  const commit = () => journal.commit();
  const queue = new WebhookQueue({
    clock,
    deliveries: journal.collection("deliveries"),
    commit,
    target: options.webhook,
    bodyOf: (delivery) => delivery.body,
    sign: signNotification,
    retryAfter: RETRY_AFTER,
    atOnce: options.webhooksAtOnce ?? (options.clock ? 1 : 16),
    log,
  });
  const mails = new Mails(clock, journal, (notifications) => queue.enqueue(notifications));
  const ratePerSecond = options.ratePerSecond ?? DEFAULT_RATE;
  const api: Api = {
    mails,
    faults: new Faults(clock),
    keys: new KeptAnswers(clock, journal.collection("idempotency_keys")),
    limit: new RateLimit(clock, ratePerSecond),
    shownRate: ratePerSecond || DEFAULT_RATE,
    apiKey: options.apiKey ?? "re_steadfast",
  };
  const outbox = new Outbox(clock, journal);
  let calls = 0;
  const handle = async (request: Incoming): Promise<Answer> => {
    if (!isApi(request.path)) {
      return (
        api.faults.door(request) ??
        (await inbox(mails, clock, request)) ??
        (await messageDoors(mails, request)) ??
        (await webhookDoors(queue, request)) ??
        outboxAnswer(api.faults, outbox, request) ??
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
