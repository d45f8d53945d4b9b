import { escapeHtml, plainPage } from "@/app/plain-page";
import { OPTIONAL_CATEGORIES } from "@/lib/email/consent";
import type { SubscriptionState } from "@/lib/email/unsubscribe";

/** Returns plain HTML, because it has to work in every mail program. The form posts to the URL of the page. */
export function subscriptionPage({ address, category, wanted }: SubscriptionState): string {
  const what = `<strong>${OPTIONAL_CATEGORIES[category]}</strong>`;
  return wanted
    ? plainPage(
        "Unsubscribe?",
        `<p>This is about mail of one kind to ${escapeHtml(address)}: ${what}.</p>
        <form method="post" class="buttons"><button name="choice" value="this">Unsubscribe</button>
        <button name="choice" value="all" class="second">Unsubscribe from every kind but orders and security</button></form>`,
      )
    : plainPage(
        "You are unsubscribed",
        `<p role="status">There will be no more mail of this kind to ${escapeHtml(address)}: ${what}. We will still write about orders and
        about the security of an account.</p>
        <form method="post" class="buttons"><button name="choice" value="again" class="second">Subscribe again</button></form>`,
      );
}
