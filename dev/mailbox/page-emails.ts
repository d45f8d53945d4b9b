import { badge, cards, type Html, html, type Page, pager, pagesOf, searchForm, time } from "../shared/html";
import type { Reply } from "../shared/http";
import type { Subject } from "../shared/subject";
import { decompress, type Email, type EmailStore } from "./email-store";
import { withoutTags } from "./links";

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
  const html = decompress(email.html);
  const text = html === null ? (decompress(email.text) ?? "") : withoutTags(html);
  // Invisible characters follow the preview line; they keep the rest of the email out of the list.
  const [line = ""] = text.trimStart().split(/[\u200b\u200c\ufeff]|\u034f/);
  return [...line.replace(/\s+/g, " ")].slice(0, PREVIEW_LENGTH).join("");
}

/** The emails, newest first, with a search. */
export async function emailsPage(
  emails: EmailStore,
  { items, nextCursor }: Page<Email>,
  query: URLSearchParams,
): Promise<Reply> {
  const text = query.get("to") || query.get("q") || "";
  const subjects = await emails.subjects(items.map(({ tags }) => tags));
  const none = text
    ? html`No email to ${text} or with it in its text. <a href="/">All emails</a>`
    : query.has("unread")
      ? html`You have read every email. <a href="/">All emails</a>`
      : "No email yet. The shop's emails arrive here: place an order, or sign up.";
  const tab = (path: string, label: string, current: boolean) =>
    html`<li><a href="${path}"${current ? html` aria-current="true"` : ""}>${label}</a></li>`;
  const unread = query.has("unread");
  return page(
    "Emails",
    "/",
    html`${searchForm("Recipient or text", "q", text, unread ? html`<input type="hidden" name="unread" value="1">` : "")}
<nav aria-label="Show" data-live><ul>${tab("/", "all", !unread)}${tab("/?unread=1", `unread ${emails.unreadCount}`, unread)}</ul></nav>
<div data-live>${cards(
      items.map((email, index) => emailCard(emails, email, subjects[index])),
      none,
    )}</div>${pager("/", query, nextCursor)}${deleteForm(query, items.length)}`,
  );
}

function emailCard(emails: EmailStore, email: Email, subject: Subject | undefined): Html {
  const order = subject ? html` · <a href="${subject.url}">${subject.label}</a>` : "";
  return html`<li class="link pair${emails.isUnread(email) ? "" : " read"}"><a href="/inbox/${email.id}">${email.subject}</a><span class="end">${emails.isUnread(email) ? badge("unread", "wait") : ""} ${statusOf(emails, email)}</span>
<span>${email.to.join(", ")}${order}</span><span class="end fold">${time(email.at)}</span>
<span class="wide one muted">${previewOf(email)}</span></li>`;
}

/** Needs two clicks: a deleted email cannot be restored. */
function deleteForm(query: URLSearchParams, shown: number): Html {
  if (shown === 0) return html``;
  const what = ["q", "to", "unread"].some((name) => query.get(name)) ? "all emails of this search" : "all emails";
  return html`<details id="delete"><summary>Delete ${what}…</summary><form method="post" action="/delete?${query.toString()}"><button>Delete ${what}</button></form></details>`;
}
