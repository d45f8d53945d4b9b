import { escapeHtml, plainPage } from "@/app/plain-page";
import { OPTIONAL_CATEGORIES } from "@/lib/email/consent";
import type { SubscriptionState } from "@/lib/email/unsubscribe";

/** Returns plain HTML, because it has to work in every email program. The form posts to the URL of the page. */
export function subscriptionPage({ address, category, wanted }: SubscriptionState): string {
  const kind = `<strong>${OPTIONAL_CATEGORIES[category]}</strong>`;
  return wanted
    ? plainPage(
        "Unsubscribe?",
        `<p>${escapeHtml(address)} gets emails of this kind: ${kind}.</p>
        <form method="post" class="buttons"><button name="choice" value="this">Unsubscribe</button>
        <button name="choice" value="all" class="second">Unsubscribe from all emails except orders and security</button></form>`,
      )
    : plainPage(
        "You are unsubscribed",
        `<p role="status">${escapeHtml(address)} gets no more emails of this kind: ${kind}. Emails about orders and
        the security of the account are still sent.</p>
        <form method="post" class="buttons"><button name="choice" value="again" class="second">Subscribe again</button></form>`,
      );
}
