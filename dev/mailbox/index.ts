import { faultsPage } from "../fake-server/faults-page";
import { type FakeServer, FakeServerContext, type FakeServerOptions } from "../fake-server/start";
import { pageScript } from "../shared/html";
import { DEFAULT_RATE, resendApi } from "./api";
import { EmailStore } from "./email-store";
import { RETRY_DELAYS_MS, signWebhook } from "./events";
import { outboxRoutes } from "./outbox";
import { page } from "./page-emails";
import { inboxRoutes } from "./routes-inbox";
import { messageRoutes } from "./routes-messages";

/** The secret of `webhook` is `whsec_` and base64, as Resend shows it. */
export interface MailboxOptions extends FakeServerOptions {
  /** Default: 10. 0 means no limit. */
  ratePerSecond?: number;
}

/** Starts a fake server for Resend's sending API, with an inbox. */
export function startMailbox(options: MailboxOptions = {}): Promise<FakeServer> {
  const context = new FakeServerContext(options, {
    bodyOf: (delivery) => delivery.body,
    sign: signWebhook,
    retryDelays: RETRY_DELAYS_MS,
  });
  const emails = new EmailStore(context);
  return context.serve({
    ...resendApi(emails, options.ratePerSecond ?? DEFAULT_RATE),
    handlers: [
      ...[inboxRoutes(emails), messageRoutes(emails), outboxRoutes(context), pageScript],
      faultsPage(context, page, { method: "POST", path: "/emails" }),
    ],
  });
}
