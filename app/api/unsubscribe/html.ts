import { OPTIONAL_CATEGORIES } from "@/lib/email/consent";
import type { SubscriptionState } from "@/lib/email/unsubscribe";

/** Plain HTML, because it has to work in whatever opens a link from a mail. The form posts to the address it came from. */
export function subscriptionPage({ address, category, wanted }: SubscriptionState): string {
  const what = `<strong>${OPTIONAL_CATEGORIES[category]}</strong>`;
  return wanted
    ? page(
        "Unsubscribe?",
        `<p>${escaped(address)} gets mail of the kind: ${what}.</p>
        <form method="post"><button name="choice" value="this">Unsubscribe</button>
        <button name="choice" value="all" class="second">From everything but orders and security</button></form>`,
      )
    : page(
        "You are unsubscribed",
        `<p role="status">${escaped(address)} gets no more mail of the kind: ${what}. We will still write about orders and
        about the security of an account.</p>
        <form method="post"><button name="choice" value="again" class="second">Subscribe again</button></form>`,
      );
}

export function refusalPage(why: string): string {
  return page(
    "This link does not work",
    `<p role="alert">${escaped(why)}</p><p>Open the link of the mail once more, or answer the mail, and we will see to it.</p>`,
  );
}

const page = (title: string, body: string) => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · Steadfast</title>
<style>
body { background: #f6f4f1; color: #1c1917; font: 17px/1.6 system-ui, sans-serif; margin: 0; padding: 24px 16px; }
main { background: #fff; border-radius: 12px; margin: 0 auto; max-width: 34rem; overflow-wrap: anywhere; padding: 28px; }
h1 { font-size: 1.5rem; line-height: 1.3; margin: 0 0 12px; }
form { display: flex; flex-wrap: wrap; gap: 12px; margin-top: 24px; }
button { background: #0f766e; border: 2px solid #0f766e; border-radius: 8px; color: #fff; cursor: pointer; font: inherit; font-weight: 600; padding: 10px 18px; }
button.second { background: #fff; color: #0f766e; }
button:focus-visible { outline: 3px solid #1c1917; outline-offset: 2px; }
</style>
</head>
<body>
<main>
<h1>${title}</h1>
${body}
</main>
</body>
</html>
`;

const ENTITIES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

const escaped = (text: string) => text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
