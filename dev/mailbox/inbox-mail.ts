import type { Reply } from "../stand-in/http";
import { type Markup, markup } from "../stand-in/page";
import { messageIdOf } from "./events";
import { framed, moment } from "./frame";
import { stateOf } from "./inbox-list";
import { type MailRecord, unpack } from "./mail";
import type { Mails } from "./mails";
import { unsubscribeOf } from "./unsubscribe";

/** The ways to look at a mail; the first that there is, unless one is asked for. */
const VIEWS = { html: "HTML", phone: "On a phone", text: "Plain text", headers: "Headers", source: "Source" };
type View = keyof typeof VIEWS;

function headersOf(mail: MailRecord): Markup {
  const shown: [string, string][] = [
    ["From", mail.from],
    ["To", mail.to.join(", ")],
    ["Cc", mail.cc.join(", ")],
    ["Bcc", mail.bcc.join(", ")],
    ["Reply-To", mail.replyTo.join(", ")],
    ["Subject", mail.subject],
    ["Date", new Date(mail.at).toUTCString()],
    ["Message-ID", messageIdOf(mail)],
    ...Object.entries(mail.headers),
    ...mail.tags.map(({ name, value }): [string, string] => ["Tag", `${name}: ${value}`]),
  ];
  const rows = shown
    .filter(([, value]) => value !== "")
    .map(([name, value]) => markup`<dt>${name}</dt><dd>${value}</dd>`);
  return markup`<dl>${rows}</dl>`;
}

function unsubscribeOffer(mail: MailRecord): Markup | undefined {
  const offer = unsubscribeOf(mail);
  if (!offer) return undefined;
  if (!offer.oneClick) return markup`<a href="${offer.url}" rel="noreferrer">Unsubscribe</a>`;
  return markup`<form class="inline" method="post" action="/inbox/${mail.id}/unsubscribe"><button>Unsubscribe</button></form>`;
}

/** A sandbox without scripts. Its origin is the page's, so that the page can see how high the mail is. */
const frameOf = (mail: MailRecord, kind: string) =>
  markup`<iframe class="${kind}" title="The mail" sandbox="allow-same-origin allow-popups allow-popups-to-escape-sandbox" src="/inbox/${mail.id}/body"></iframe>`;

const preOf = (label: string, text: string) =>
  markup`<pre tabindex="0" role="region" aria-label="${label}">${text}</pre>`;

function contentOf(mail: MailRecord, view: View): Markup {
  if (view === "headers") return headersOf(mail);
  if (view === "text") return preOf(VIEWS.text, unpack(mail.text) ?? "");
  if (view === "source") return preOf(VIEWS.source, unpack(mail.html) ?? "");
  return frameOf(mail, view);
}

function viewsOf(mail: MailRecord): View[] {
  const html: View[] = mail.html ? ["html", "phone"] : [];
  const text: View[] = mail.text ? ["text"] : [];
  return [...html, ...text, "headers", ...(mail.html ? (["source"] as const) : [])];
}

/** One mail as a person sees it, in one of the views, with what came along and what became of it. */
export function inboxPage(mails: Mails, mail: MailRecord, asked: string | null = null, notice?: string): Reply {
  const views = viewsOf(mail);
  const view = views.find((one) => one === asked) ?? views[0] ?? "headers";
  const tabs = views.map(
    (one) =>
      markup`<li><a href="/inbox/${mail.id}?view=${one}"${one === view ? markup` aria-current="true"` : undefined}>${VIEWS[one]}</a></li>`,
  );
  const files = mail.attachments.map(
    ({ filename }, index) =>
      markup`<li><a href="/inbox/${mail.id}/attachment?n=${index}" download>${filename}</a></li>`,
  );
  const events = mails.state(mail.id)?.events ?? [];
  return framed(
    mail.subject,
    "/",
    markup`<p><a href="/">All mails</a></p><h1>${mail.subject}</h1>
      ${notice ? markup`<p role="status"><strong>${notice}</strong></p>` : undefined}
      <p>From ${mail.from}<br>To ${mail.to.join(", ")}<br>${moment(mail.at)} <span data-live>${stateOf(mails, mail)}</span></p>
      <div class="row">${unsubscribeOffer(mail)}
      <form class="inline" method="post" action="/inbox/${mail.id}/complain"><button>Report as spam</button></form></div>
      ${files.length > 0 ? markup`<h2>Attachments</h2><ul>${files}</ul>` : undefined}
      <nav aria-label="Views of the mail"><ul>${tabs}</ul></nav>
      ${contentOf(mail, view)}
      <h2>What became of it</h2>
      <ul data-live>${events.map(({ type, link, at }) => markup`<li>${type} ${link} ${moment(at)}</li>`)}</ul>`,
  );
}

export const notFoundPage = (): Reply =>
  framed(
    "Not found",
    "",
    markup`<h1>Not found</h1><p class="empty">There is no such mail. Only the latest are kept. <a href="/">All mails</a></p>`,
    404,
  );
