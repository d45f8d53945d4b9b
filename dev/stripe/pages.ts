import { badge, cards, html, pageScript, pagesOf, time } from "../shared/html";
import { type Answer, type Handler, problem, type Reply, type Request, redirect, router } from "../shared/http";
import type { Account, PaymentIntentRecord } from "./account";
import { formatAmount } from "./currencies";
import { StripeError } from "./errors";
import { finishAuthentication } from "./payment-intents/confirm";

const MAX_SHOWN_PAYMENTS = 100;

export const page = pagesOf({
  name: "Fake Stripe",
  menu: [
    { href: "/", label: "Payments" },
    { href: "/break", label: "Faults" },
  ],
  // The form of 3-D Secure redirects to the shop.
  formTargets: "*",
});

/** The pages that Stripe does not have: the payments, and 3-D Secure. */
export const stripePages = (account: Account): Handler[] => [
  router({
    "GET /": () => paymentsPage(account),
    "GET /3ds/:id": (request, id) => authenticationPage(account, request, id),
    "POST /3ds/:id": (request, id) => authenticationPage(account, request, id),
  }),
  pageScript,
];

const count = (number: number, noun: string) => `${number} ${noun}${number === 1 ? "" : "s"}`;

function paymentsPage(account: Account): Reply {
  const intents = [...account.paymentIntents.values()].reverse();
  const shown = intents.slice(0, MAX_SHOWN_PAYMENTS).map((intent) => paymentCard(account, intent));
  const more = intents.length > MAX_SHOWN_PAYMENTS ? ` The newest ${MAX_SHOWN_PAYMENTS} payments are shown.` : "";
  return page(
    "Payments",
    "/",
    html`<div data-live><p>${count(intents.length, "payment")}, ${count(account.refunds.size, "refund")}, ${count(account.customers.size, "customer")}.${more}</p>
${cards(shown, "No payment yet. An order creates one.")}</div>`,
  );
}

function paymentCard(account: Account, intent: PaymentIntentRecord) {
  const { amount, currency, status, last_payment_error: error } = intent;
  const charge = intent.latest_charge ? account.charges.get(intent.latest_charge) : undefined;
  const refunded = charge?.amount_refunded ? `, ${formatAmount(charge.amount_refunded, currency)} refunded` : "";
  const url = authenticationUrl(intent);
  const reason = error?.decline_code ?? error?.code;
  const tone = status === "succeeded" ? "good" : status === "canceled" ? "bad" : "";
  const metadata = Object.entries(intent.metadata).map(([key, value]) => `${key}: ${value}`);
  return html`<li class="pair"><strong>${formatAmount(amount, currency)}${refunded}</strong><span class="end">${badge(status, tone)}</span>
<span>${intent.id}${reason ? `, ${reason}` : ""}</span><span class="end fold">${time(intent.created * 1000)}</span>
<span class="wide muted">${metadata.join(", ")}</span>${url ? html`<a class="wide" href="${url}">Authenticate</a>` : ""}</li>`;
}

/** The address of the intent's pending authentication. */
function authenticationUrl({ next_action: action, status }: PaymentIntentRecord): string | undefined {
  if (status !== "requires_action" || !action) return undefined;
  const sdk = action.use_stripe_sdk;
  return action.redirect_to_url?.url ?? (typeof sdk?.stripe_js === "string" ? sdk.stripe_js : undefined);
}

const messagePage = (status: number, text: string) =>
  page("3-D Secure", "", html`<p>${text}</p><p><a href="/">All payments</a></p>`, status);

/** `GET|POST /3ds/pi_…`: the bank's page, with one button that succeeds and one that fails. */
async function authenticationPage(account: Account, request: Request, id = ""): Promise<Answer> {
  const intent = account.paymentIntents.get(id);
  if (!intent || request.query.get("client_secret") !== intent.client_secret)
    return messagePage(404, "No such payment.");
  const url = authenticationUrl(intent);
  const attempt = url && new URL(url).searchParams.get("attempt");
  if (!attempt || request.query.get("attempt") !== attempt)
    return messagePage(409, `This payment does not wait for this authentication: it is ${intent.status}.`);
  if (request.method === "GET")
    return page(
      "3-D Secure",
      "",
      html`<p>A payment of <strong>${formatAmount(intent.amount, intent.currency)}</strong> requires authentication.</p>
<p class="muted">${intent.id}</p><form method="post"><button name="outcome" value="succeeded">Complete authentication</button>
<button name="outcome" value="failed">Fail authentication</button></form>`,
    );
  const outcome = new URLSearchParams(request.body).get("outcome");
  if (outcome !== "succeeded" && outcome !== "failed")
    return problem(422, "Invalid request", "outcome must be succeeded or failed");
  await account.change(() => {
    try {
      finishAuthentication(account, intent, outcome === "succeeded");
    } catch (error) {
      // Authenticated and then declined: the customer still returns to the shop.
      if (!(error instanceof StripeError)) throw error;
    }
  });
  return returnToShop(account, account.paymentIntents.get(id) ?? intent);
}

/** Redirects to the return URL with the parameters that Stripe appends ("Redirect to URL"). */
function returnToShop(account: Account, intent: PaymentIntentRecord): Reply {
  const paid = intent.status === "succeeded";
  const returnUrl = account.returnUrls.get(intent.id)?.url;
  if (!returnUrl) return messagePage(200, `${paid ? "Authenticated" : "Not paid"}. You can close this page.`);
  const url = new URL(returnUrl);
  url.searchParams.set("payment_intent", intent.id);
  url.searchParams.set("payment_intent_client_secret", intent.client_secret ?? "");
  url.searchParams.set("redirect_status", paid ? "succeeded" : "failed");
  return redirect(url.href);
}
