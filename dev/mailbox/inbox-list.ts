import type { Reply } from "../stand-in/http";
import { type Markup, markup } from "../stand-in/page";
import { framed, moment, pager, searchForm } from "./frame";
import { decode } from "./links";
import { type MailRecord, unpack } from "./mail";
import type { Mails } from "./mails";

/** Characters of a mail that a list shows beside its subject. */
const SNIPPET = 160;

const BAD = ["bounced", "complained", "suppressed"];
const GOOD = ["delivered", "opened", "clicked"];

/** What became of a mail at last. */
export function stateOf(mails: Mails, mail: MailRecord): Markup {
  const last = mails.state(mail.id)?.events.at(-1)?.type ?? "queued";
  const tone = BAD.includes(last) ? "bad" : GOOD.includes(last) ? "good" : "";
  return markup`<span class="badge ${tone}">${last}</span>`;
}

/** How a mail begins, as mail programs show it: the line that its sender hid for them, else its first words. */
function snippetOf(mail: MailRecord): string {
  const html = unpack(mail.html)?.replace(/<(head|style)\b[\s\S]*?<\/\1>|<!--[\s\S]*?-->/gi, "");
  const text = html === undefined ? (unpack(mail.text) ?? "") : decode(html.replace(/<[^>]*>/g, " "));
  // What follows the hidden line is filler that keeps the rest of the mail out of the list.
  const [line = ""] = text.trimStart().split(/[\u200b\u200c\ufeff]|\u034f/);
  return [...line.replace(/\s+/g, " ")].slice(0, SNIPPET).join("");
}

/** The mails, newest first, with a search. */
export function listPage(
  mails: Mails,
  found: { items: MailRecord[]; nextCursor: string | null },
  query: URLSearchParams,
): Reply {
  const sought = query.get("to") || query.get("q") || "";
  const rows = found.items.map(
    (mail) => markup`<li><a href="/inbox/${mail.id}">${mail.subject}</a> ${stateOf(mails, mail)}
      <span>${mail.to.join(", ")}</span> ${moment(mail.at)}
      <span class="wide line soft">${snippetOf(mail)}</span></li>`,
  );
  const none = sought
    ? markup`<p class="empty">No mail to ${sought}, and none whose subject says so. <a href="/">All mails</a></p>`
    : markup`<p class="empty">No mail yet. What the shop sends arrives here: place an order, or sign up.</p>`;
  return framed(
    "Mails",
    "/",
    markup`<h1>Mails</h1>${searchForm("Recipient or subject", sought)}
      <div data-live>${rows.length > 0 ? markup`<ul class="cards">${rows}</ul>` : none}</div>
      ${pager("/", query, found.nextCursor)}`,
  );
}
