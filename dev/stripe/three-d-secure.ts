import { html, type Incoming, problem, type Reply, redirect } from "../stand-in/http";
import { markup, page } from "../stand-in/page";
import type { Account } from "./account";
import { formatAmount } from "./currencies";
import { StripeError } from "./errors";
import { finishAuthentication } from "./payment-intents/confirm";
import type { PaymentIntentRecord } from "./records";

const closed = (status: number, text: string) =>
  html(status, page("3-D Secure", markup`<h1>3-D Secure</h1><p>${text}</p><p><a href="/">All payments</a></p>`));

/** The address that the intent's present attempt waits at. */
export function authenticationUrl(intent: PaymentIntentRecord): string | undefined {
  const { next_action: action, status } = intent;
  if (status !== "requires_action" || !action) return undefined;
  const sdk = action.use_stripe_sdk;
  return action.redirect_to_url?.url ?? (typeof sdk?.stripe_js === "string" ? sdk.stripe_js : undefined);
}

/** `GET|POST /3ds/pi_…`: the bank's page, with one button that passes and one that fails. */
export async function threeDSecure(account: Account, request: Incoming): Promise<Reply | undefined> {
  const id = /^\/3ds\/([^/]+)$/.exec(request.path)?.[1];
  if (!id) return undefined;
  const intent = account.paymentIntents.get(id);
  if (!intent || request.query.get("client_secret") !== intent.client_secret) return closed(404, "No such payment.");
  const url = authenticationUrl(intent);
  const attempt = url && new URL(url).searchParams.get("attempt");
  if (!attempt || request.query.get("attempt") !== attempt) {
    return closed(409, `This payment does not wait for this authentication: it is ${intent.status}.`);
  }
  if (request.method === "GET") return form(intent);
  if (request.method !== "POST") return problem(405, "Method not allowed");
  const outcome = new URLSearchParams(request.body).get("outcome");
  if (outcome !== "succeeded" && outcome !== "failed") {
    return problem(422, "Invalid request", "outcome must be succeeded or failed");
  }
  return back(account, await decide(account, intent, outcome === "succeeded"));
}

function form(intent: PaymentIntentRecord): Reply {
  const amount = formatAmount(intent.amount, intent.currency);
  return html(
    200,
    page(
      "3-D Secure",
      markup`<h1>3-D Secure test page</h1><p>A payment of <strong>${amount}</strong> asks for the cardholder's consent.</p>
        <p class="soft">${intent.id}</p>
        <form method="post"><p><button name="outcome" value="succeeded">Complete authentication</button></p>
        <p><button name="outcome" value="failed">Fail authentication</button></p></form>`,
    ),
  );
}

async function decide(account: Account, intent: PaymentIntentRecord, passed: boolean): Promise<PaymentIntentRecord> {
  await account.change({ requestId: null, idempotencyKey: null }, () => {
    try {
      finishAuthentication(account, intent, passed);
    } catch (error) {
      // Authenticated and then declined: the intent tells, and the customer comes back all the same.
      if (!(error instanceof StripeError)) throw error;
    }
  });
  return account.paymentIntents.get(intent.id) ?? intent;
}

/** Back to the shop with what Stripe appends ("Redirect to URL"). */
function back(account: Account, intent: PaymentIntentRecord): Reply {
  const paid = intent.status === "succeeded" || intent.status === "requires_capture";
  const returnUrl = account.returnUrls.get(intent.id)?.url;
  if (!returnUrl)
    return closed(200, paid ? "Authenticated. You can close this page." : "Not paid. You can close this page.");
  const url = new URL(returnUrl);
  url.searchParams.set("payment_intent", intent.id);
  url.searchParams.set("payment_intent_client_secret", intent.client_secret ?? "");
  url.searchParams.set("redirect_status", paid ? "succeeded" : "failed");
  return redirect(url.href);
}
