import { answerPage, escaped, pageRoute, plainPage } from "@/app/plain-page";
import { type DueCharge, openPaymentLink, payNow } from "@/lib/billing/pay-now";
import { formatMoney } from "@/lib/money";

type Params = { token: string };

const SENTENCES: Record<Exclude<DueCharge["state"], "due">, string> = {
  paid: "This is paid. Thank you.",
  ended: "This payment is no longer asked for, and nothing will be charged.",
};

/** Shows what is owed, and never charges: email scanners follow every link. The bank's page leads back to here. */
export const GET = pageRoute<Params>(async (_request, { token }) => answerPage(page(await openPaymentLink(token))));

/** Charges; when the bank wants the cardholder, it shows the way there. */
export const POST = pageRoute<Params>(async (request, { token }) => {
  const paying = await payNow(token);
  if ("declined" in paying) return answerPage(page(await openPaymentLink(token), paying.declined), 402);
  if ("authenticateAt" in paying) return answerPage(bankPage(paying.authenticateAt));
  return new Response(null, { status: 303, headers: { location: new URL(request.url).pathname } });
});

/** A page and not a redirect, because what a form leads to elsewhere is forbidden by our own `form-action`. */
function bankPage(url: string): string {
  return plainPage(
    "Your bank wants you to confirm",
    `<meta http-equiv="refresh" content="0;url=${escaped(url)}">
    <p>You are on your way to your bank. <a href="${escaped(url)}">Go there now</a></p>`,
  );
}

function page({ planName, amount, state }: DueCharge, declined?: string): string {
  const why = declined ? `<p role="alert">${escaped(declined)}</p>` : "";
  if (state !== "due") return plainPage(planName, `<p role="status">${SENTENCES[state]}</p>`);
  return plainPage(
    `${formatMoney(amount)} for ${planName}`,
    `${why}<p>Your card on file is charged as soon as you press the button. Your bank may ask you to confirm it.</p>
    <form method="post" class="buttons"><button>Pay now</button></form>`,
  );
}
