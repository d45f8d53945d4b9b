import { html, type Incoming, type Reply } from "../stand-in/http";
import { markup, page } from "../stand-in/page";
import type { Account } from "./account";
import { formatAmount } from "./currencies";
import type { PaymentIntentRecord } from "./records";
import { authenticationUrl } from "./three-d-secure";

const SHOWN = 100;

function row(account: Account, intent: PaymentIntentRecord) {
  const charge = intent.latest_charge ? account.charges.get(intent.latest_charge) : undefined;
  const refunded = charge?.amount_refunded ? `, ${formatAmount(charge.amount_refunded, intent.currency)} refunded` : "";
  const url = authenticationUrl(intent);
  const why = intent.last_payment_error?.decline_code ?? intent.last_payment_error?.code;
  return markup`<tr><td>${new Date(intent.created * 1000).toISOString()}</td><td>${intent.id}</td>
    <td>${formatAmount(intent.amount, intent.currency)}${refunded}</td>
    <td>${intent.status}${why ? ` (${why})` : ""} ${url ? markup`<a href="${url}">authenticate</a>` : undefined}</td>
    <td>${Object.entries(intent.metadata).map(([key, value]) => markup`${key}: ${value}<br>`)}</td></tr>`;
}

/** `GET /`: what this "Stripe" holds, newest first, for a person. */
export function overview(account: Account, request: Incoming): Reply | undefined {
  if (request.path !== "/" || request.method !== "GET") return undefined;
  const intents = [...account.paymentIntents.values()].reverse();
  const rows = intents.slice(0, SHOWN).map((intent) => row(account, intent));
  return html(
    200,
    page(
      "Stripe stand-in",
      markup`<h1>Stripe stand-in</h1>
        <p>${intents.length} payments, ${account.refunds.size} refunds, ${account.customers.size} customers. The newest ${SHOWN} are shown.</p>
        <div class="scroll" tabindex="0" role="region" aria-label="Payments"><table><thead><tr><th scope="col">Created</th><th scope="col">Payment</th><th scope="col">Amount</th><th scope="col">Status</th><th scope="col">Metadata</th></tr></thead>
        <tbody>${rows}</tbody></table></div>`,
    ),
  );
}
