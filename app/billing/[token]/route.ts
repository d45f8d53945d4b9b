import { route } from "@/app/http";
import { errorPage, escapeHtml, plainPage } from "@/app/plain-page";
import { type DueCharge, openPaymentLink, payNow } from "@/lib/billing/pay-now";
import { formatMoney } from "@/lib/money";

type Params = { token: string };

const SENTENCES: Record<Exclude<DueCharge["state"], "due">, string> = {
  paid: "This is paid. Thank you.",
  ended: "This payment is no longer due, and nothing will be charged.",
};

/** Shows the amount due. It never charges, because email scanners follow every link. The bank redirects back to it. */
export const GET = route<Params>(async (_request, { token }) => chargePage(await openPaymentLink(token)), errorPage);

/** Charges. If the bank wants the cardholder to confirm, the response leads there. */
export const POST = route<Params>(async (request, { token }) => {
  const result = await payNow(token);
  if ("declined" in result) return chargePage(await openPaymentLink(token), result.declined);
  if ("authenticateAt" in result) return bankPage(result.authenticateAt);
  return new Response(null, { status: 303, headers: { location: new URL(request.url).pathname } });
}, errorPage);

/** Returns a page instead of a redirect, because our `form-action` forbids a form to lead to another host. */
function bankPage(url: string): Response {
  return plainPage(
    "Your bank wants you to confirm",
    `<meta http-equiv="refresh" content="0;url=${escapeHtml(url)}">
    <p>You are being redirected to your bank. <a href="${escapeHtml(url)}">Go there now</a></p>`,
  );
}

function chargePage({ planName, amount, state }: DueCharge, declined?: string): Response {
  const status = declined ? 402 : 200;
  const alert = declined ? `<p role="alert">${escapeHtml(declined)}</p>` : "";
  if (state !== "due") return plainPage(planName, `<p role="status">${SENTENCES[state]}</p>`, status);
  return plainPage(
    `${formatMoney(amount)} for ${planName}`,
    `${alert}<p>Your card on file is charged as soon as you press the button. Your bank may ask you to confirm it.</p>
    <form method="post" class="buttons"><button>Pay now</button></form>`,
    status,
  );
}
