import { Faults } from "../stand-in/faults";
import { KeptAnswers } from "../stand-in/kept-answers";
import { openStandIn, type StandIn, type StandInOptions } from "../stand-in/start";
import { type Api, handleApi, isApi } from "./api";
import { RETRY_AFTER, signNotification } from "./events";
import { inbox } from "./inbox";
import { Mails } from "./mails";
import { messageDoors } from "./messages";
import { Outbox } from "./outbox";
import { outboxAnswer } from "./outbox-faults";
import { RateLimit } from "./rate-limit";

/** The secret of `webhook` is `whsec_` and base64, as Resend shows it. */
export interface MailboxOptions extends StandInOptions {
  /** The only key accepted. Default `re_steadfast`. */
  apiKey?: string;
  /** Default 10; 0 is none. */
  ratePerSecond?: number;
}

export type Mailbox = StandIn;

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
  const { clock, journal, queue, serve } = openStandIn(options, {
    bodyOf: (delivery) => delivery.body,
    sign: signNotification,
    retryAfter: RETRY_AFTER,
  });
  const mails = new Mails(clock, journal, (notifications) => queue.enqueue(notifications));
  const outbox = new Outbox(clock, journal);
  const faults = new Faults(clock);
  const ratePerSecond = options.ratePerSecond ?? DEFAULT_RATE;
  const api: Api = {
    mails,
    faults,
    keys: new KeptAnswers(clock, journal.collection("idempotency_keys")),
    limit: new RateLimit(clock, ratePerSecond),
    shownRate: ratePerSecond || DEFAULT_RATE,
    apiKey: options.apiKey ?? "re_steadfast",
  };
  return serve({
    bodyLimit: BODY_LIMIT,
    isApi: ({ path }) => isApi(path),
    api: (request) => handleApi(api, request),
    doors: [
      (request) => faults.door(request),
      (request) => inbox(mails, clock, request),
      (request) => messageDoors(mails, request),
      (request) => outboxAnswer(faults, outbox, request),
    ],
    defect: DEFECT,
  });
}
