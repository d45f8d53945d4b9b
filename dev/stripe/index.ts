import { faultsPage, type Preset } from "../fake-server/faults-page";
import { type FakeServer, FakeServerContext, type FakeServerOptions } from "../fake-server/start";
import { type Account, openAccount } from "./account";
import { stripeApi } from "./api";
import { deleteOldEvents, RETRY_DELAYS_MS, signEvent } from "./events";
import { page } from "./page-parts";
import { stripePages } from "./pages";
import { scheduleRefundEnds } from "./refunds";

/** The calls that the buttons of the page of faults break. */
const PAYMENTS = { method: "POST", path: "/v1/payment_intents" };
const DECLINE: Preset = {
  label: "Decline",
  what: "The next charge is declined.",
  fault: { kind: "decline", ...PAYMENTS },
};

/** Starts a fake server, with state, for the parts of Stripe's API that this folder's README lists. */
export async function startStripe(options: FakeServerOptions = {}): Promise<FakeServer> {
  const context = new FakeServerContext(options, {
    bodyOf: ({ eventId }) => {
      const event = account.events.get(eventId);
      return event && JSON.stringify(event, null, 2);
    },
    sign: signEvent,
    retryDelays: RETRY_DELAYS_MS,
  });
  const account: Account = openAccount(context);
  scheduleRefundEnds(account);
  deleteOldEvents(account);
  const server = await context.serve({
    ...stripeApi(account),
    handlers: [...stripePages(account), faultsPage(context, page, PAYMENTS, { decline: DECLINE })],
  });
  account.publicUrl = server.url;
  return server;
}
