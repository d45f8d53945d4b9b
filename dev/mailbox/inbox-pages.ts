import { html, type Reply } from "../http";
import { type Markup, markup, page } from "../stripe/shared/page";
import { messageIdOf } from "./events";
import { type MailRecord, unpack } from "./mail";
import type { Mails } from "./mails";
import { unsubscribeOf } from "./unsubscribe";

const time = (at: number) => markup`<time>${new Date(at).toISOString().replace("T", " ").slice(0, 19)}</time>`;

function row(mails: Mails, mail: MailRecord): Markup {
  const last = mails.state(mail.id)?.events.at(-1)?.type ?? "queued";
  return markup`<tr><td><a href="/inbox/${mail.id}">${mail.subject}</a><br><span class="soft">${mail.to.join(", ")}</span></td>
    <td>${last}</td><td>${time(mail.at)}</td></tr>`;
}

/** The list of mails, newest first, with a search by recipient. */
export function listPage(
  mails: Mails,
  found: { items: MailRecord[]; nextCursor: string | null },
  query: URLSearchParams,
): Reply {
  const to = query.get("to") ?? "";
  const next = new URLSearchParams({ to, cursor: found.nextCursor ?? "" });
  const table = markup`<table><thead><tr><th scope="col">Mail</th><th scope="col">State</th><th scope="col">Sent (UTC)</th></tr></thead>
    <tbody>${found.items.map((mail) => row(mails, mail))}</tbody></table>`;
  return html(
    200,
    page(
      "Mailbox",
      markup`<h1>Mailbox</h1>
        <form role="search"><label>Recipient <input type="search" name="to" value="${to}"></label> <button>Search</button></form>
        ${found.items.length > 0 ? table : markup`<p>No mail${to ? ` to ${to}` : " yet"}.</p>`}
        ${found.nextCursor ? markup`<p><a href="/?${next.toString()}">Older mails</a></p>` : undefined}
        <p><a href="/outbox">SMS, push and CRM records</a></p>`,
    ),
  );
}

function headersOf(mail: MailRecord): Markup[] {
  const shown: [string, string][] = [
    ["From", mail.from],
    ["To", mail.to.join(", ")],
    ["Cc", mail.cc.join(", ")],
    ["Bcc", mail.bcc.join(", ")],
    ["Reply-To", mail.replyTo.join(", ")],
    ["Date", new Date(mail.at).toUTCString()],
    ["Message-ID", messageIdOf(mail)],
    ["Attachments", mail.attachments.join(", ")],
    ...Object.entries(mail.headers),
  ];
  return shown.filter(([, value]) => value !== "").map(([name, value]) => markup`<dt>${name}</dt><dd>${value}</dd>`);
}

function unsubscribeOffer(mail: MailRecord): Markup | undefined {
  const offer = unsubscribeOf(mail);
  if (!offer) return undefined;
  if (!offer.oneClick) return markup`<a href="${offer.url}" rel="noreferrer">Unsubscribe</a>`;
  return markup`<form class="inline" method="post" action="/inbox/${mail.id}/unsubscribe"><button>Unsubscribe</button></form>`;
}

/** One mail as a person sees it: headers, HTML in a sandbox, plain text, and what became of it. */
export function inboxPage(mails: Mails, mail: MailRecord, notice?: string): Reply {
  const text = unpack(mail.text);
  const events = mails.state(mail.id)?.events ?? [];
  const frame = markup`<h2>HTML</h2><iframe title="The mail" sandbox="allow-popups allow-popups-to-escape-sandbox" src="/inbox/${mail.id}/body"></iframe>`;
  return html(
    200,
    page(
      mail.subject,
      markup`<p><a href="/">All mails</a></p><h1>${mail.subject}</h1>
        ${notice ? markup`<p role="status"><strong>${notice}</strong></p>` : undefined}
        <dl>${headersOf(mail)}</dl>
        <p>${unsubscribeOffer(mail)}
        <form class="inline" method="post" action="/inbox/${mail.id}/complain"><button>Report as spam</button></form></p>
        ${mail.html ? frame : undefined}
        ${text === null ? undefined : markup`<h2>Plain text</h2><pre>${text}</pre>`}
        <h2>Events</h2><ul>${events.map((event) => markup`<li>${event.type} ${event.link} ${time(event.at)}</li>`)}</ul>`,
    ),
  );
}

export const notFoundPage = (): Reply =>
  html(404, page("Not found", markup`<h1>Not found</h1><p><a href="/">All mails</a></p>`));
