import { html, pageScript } from "../shared/html";
import { type Answer, type Handler, problem, type Reply, type Request, redirect, router } from "../shared/http";
import type { Account, PaymentIntentRecord } from "./account";
import { formatAmount } from "./currencies";
import { StripeError } from "./errors";
import { listRoutes } from "./page-lists";
import { authenticationUrl, page } from "./page-parts";
import { recordRoutes } from "./page-records";
import { finishAuthentication } from "./payment-intents/confirm";

/** The pages that Stripe does not have: the dashboard, and 3-D Secure. */
export const stripePages = (account: Account): Handler[] => [
  listRoutes(account),
  recordRoutes(account),
  router({
    "GET /3ds/:id": (request, id) => authenticationPage(account, request, id),
    "POST /3ds/:id": (request, id) => authenticationPage(account, request, id),
  }),
  pageScript,
];

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
