import { badge, cards, type Html, html, type Page, pager, pagesOf, searchForm, time } from "../shared/html";
import type { Reply } from "../shared/http";
import { decompress, type Email, type EmailStore } from "./email-store";
import { decode } from "./links";

/** Characters of an email that the list shows beside its subject. */
const PREVIEW_LENGTH = 160;

const BAD = ["bounced", "complained", "suppressed"];
const GOOD = ["delivered", "opened", "clicked"];

export const page = pagesOf({
  name: "Mailbox",
  menu: [
    { href: "/", label: "Emails" },
    { href: "/outbox?channel=sms", label: "SMS" },
    { href: "/outbox?channel=push", label: "Push" },
    { href: "/outbox?channel=crm", label: "CRM" },
    { href: "/break", label: "Faults" },
  ],
});

/** The last event of an email. */
export function statusOf(emails: EmailStore, email: Email): Html {
  const last = emails.eventsOf(email).at(-1)?.type ?? "queued";
  return badge(last, BAD.includes(last) ? "bad" : GOOD.includes(last) ? "good" : "");
}

/** The beginning of an email as email clients show it: its hidden preview line, or its first words. */
function previewOf(email: Email): string {
  const body = decompress(email.html)?.replace(/<(head|style)\b[\s\S]*?<\/\1>|<!--[\s\S]*?-->/gi, "");
  const text = body === undefined ? (decompress(email.text) ?? "") : decode(body.replace(/<[^>]*>/g, " "));
  // Invisible characters follow the preview line; they keep the rest of the email out of the list.
  const [line = ""] = text.trimStart().split(/[\u200b\u200c\ufeff]|\u034f/);
  return [...line.replace(/\s+/g, " ")].slice(0, PREVIEW_LENGTH).join("");
}

/** The emails, newest first, with a search. */
export function emailsPage(emails: EmailStore, { items, nextCursor }: Page<Email>, query: URLSearchParams): Reply {
  const text = query.get("to") || query.get("q") || "";
  const rows = items.map(
    (
      email,
    ) => html`<li class="link pair"><a href="/inbox/${email.id}">${email.subject}</a><span class="end">${statusOf(emails, email)}</span>
<span>${email.to.join(", ")}</span><span class="end fold">${time(email.at)}</span>
<span class="wide one muted">${previewOf(email)}</span></li>`,
  );
  const none = text
    ? html`No email to ${text} or with it in the subject. <a href="/">All emails</a>`
    : "No email yet. The shop's emails arrive here: place an order, or sign up.";
  return page(
    "Emails",
    "/",
    html`${searchForm("Recipient or subject", "q", text)}<div data-live>${cards(rows, none)}</div>${pager("/", query, nextCursor)}`,
  );
}
