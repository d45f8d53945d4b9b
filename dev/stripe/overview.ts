import { html, type Incoming, type Reply } from "../stand-in/http";
import { markup, page } from "../stand-in/page";
import type { Account } from "./account";
import { formatAmount } from "./currencies";
import type { PaymentIntentRecord } from "./records";
import { authenticationUrl } from "./three-d-secure";

const SHOWN = 100;

const GOOD = ["succeeded", "requires_capture"];

const some = (count: number, what: string) => `${count} ${what}${count === 1 ? "" : "s"}`;

function card(account: Account, intent: PaymentIntentRecord) {
  const charge = intent.latest_charge ? account.charges.get(intent.latest_charge) : undefined;
  const refunded = charge?.amount_refunded ? `, ${formatAmount(charge.amount_refunded, intent.currency)} refunded` : "";
  const url = authenticationUrl(intent);
  const why = intent.last_payment_error?.decline_code ?? intent.last_payment_error?.code;
  const tone = GOOD.includes(intent.status) ? "good" : intent.status === "canceled" ? "bad" : "";
  const at = new Date(intent.created * 1000).toISOString();
  return markup`<li><strong>${formatAmount(intent.amount, intent.currency)}${refunded}</strong> <span class="badge ${tone}">${intent.status}</span>
    <span>${intent.id}${why ? `, ${why}` : ""}</span> <time datetime="${at}">${at.slice(0, 19).replace("T", " ")} UTC</time>
    <span class="wide soft">${Object.entries(intent.metadata)
      .map(([key, value]) => `${key}: ${value}`)
      .join(", ")}</span>
    ${url ? markup`<a class="wide" href="${url}">Authenticate</a>` : undefined}</li>`;
}

/** `GET /`: what this "Stripe" holds, newest first, for a person. */
export function overview(account: Account, request: Incoming): Reply | undefined {
  if (request.path !== "/" || request.method !== "GET") return undefined;
  const intents = [...account.paymentIntents.values()].reverse();
  const cards = intents.slice(0, SHOWN).map((intent) => card(account, intent));
  return html(
    200,
    page(
      "Stripe stand-in",
      markup`<h1>Stripe stand-in</h1>
        <p>${some(intents.length, "payment")}, ${some(account.refunds.size, "refund")}, ${some(account.customers.size, "customer")}.${intents.length > SHOWN ? ` The newest ${SHOWN} payments are shown.` : ""}</p>
        ${cards.length > 0 ? markup`<ul class="cards">${cards}</ul>` : markup`<p class="empty">No payment yet. An order makes one.</p>`}`,
    ),
  );
}
