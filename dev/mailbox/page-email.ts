import { badge, cards, type Html, html, pre, properties, time } from "../shared/html";
import type { Reply } from "../shared/http";
import type { Checked } from "./check";
import { decompress, type Email, type EmailStore } from "./email-store";
import { messageIdOf } from "./events";
import { page, statusOf } from "./page-emails";

/** The views of an email. The first one that it has is the default. */
const VIEWS = {
  html: "HTML",
  phone: "Phone",
  both: "HTML and text",
  text: "Text",
  headers: "Headers",
  source: "HTML source",
};
type View = keyof typeof VIEWS;

const headersOf = (email: Email): Html =>
  properties([
    ["From", email.from],
    ["To", email.to.join(", ")],
    ["Cc", email.cc.join(", ")],
    ["Bcc", email.bcc.join(", ")],
    ["Reply-To", email.replyTo.join(", ")],
    ["Subject", email.subject],
    ["Date", new Date(email.at).toUTCString()],
    ["Message-ID", messageIdOf(email)],
    ...Object.entries(email.headers),
    ...email.tags.map(({ name, value }): [string, string] => ["Tag", `${name}: ${value}`]),
  ]);

/** The address of `List-Unsubscribe`, and whether an email client may post to it at once (RFC 8058). */
export function unsubscribeUrlOf({ headers }: Email): { url: string; oneClick: boolean } | undefined {
  const headerValue = (name: string) => Object.entries(headers).find(([key]) => key.toLowerCase() === name)?.[1];
  const url = /<(https?:\/\/[^>]+)>/.exec(headerValue("list-unsubscribe") ?? "")?.[1];
  if (!url || !URL.canParse(url)) return undefined;
  return { url, oneClick: headerValue("list-unsubscribe-post")?.trim() === "List-Unsubscribe=One-Click" };
}

function unsubscribeButton(email: Email): Html | "" {
  const offer = unsubscribeUrlOf(email);
  if (!offer) return "";
  if (!offer.oneClick) return html`<a href="${offer.url}" rel="noreferrer">Unsubscribe</a>`;
  return html`<form method="post" action="/inbox/${email.id}/unsubscribe"><button>Unsubscribe</button></form>`;
}

function contentOf(email: Email, view: View): Html {
  if (view === "headers") return headersOf(email);
  if (view === "text") return html`<div class="email">${pre(VIEWS.text, decompress(email.text) ?? "")}</div>`;
  if (view === "source") return html`<div class="email">${pre(VIEWS.source, decompress(email.html) ?? "")}</div>`;
  if (view === "both")
    return html`<div class="columns">${contentOf(email, "html")}<div>${contentOf(email, "text")}${headersOf(email)}</div></div>`;
  // A sandbox without scripts. Its origin is the page's, so that the page can read the height of the email.
  return html`<iframe class="${view}" title="The email" sandbox="allow-same-origin allow-popups allow-popups-to-escape-sandbox" src="/inbox/${email.id}/body"></iframe>`;
}

function viewsOf(email: Email): View[] {
  const views: View[] = [];
  if (email.html) views.push("html", "phone");
  if (email.html && email.text) views.push("both");
  if (email.text) views.push("text");
  views.push("headers");
  if (email.html) views.push("source");
  return views;
}

/** The results of the links and images of an email. */
export const checkedList = (checked: Checked[]): Html =>
  html`<h2>Links and images</h2>${cards(
    checked.map(
      ({ kind, url, ok, result }) =>
        html`<li class="pair"><span>${kind} <code>${url.slice(0, 300)}</code></span><span class="end">${badge(result, ok ? "good" : "bad")}</span></li>`,
    ),
    "This email has no links and no images.",
  )}`;

/** One email in one of its views, with attachments, events and actions. `notice` is the result of an action. */
export async function emailPage(
  emails: EmailStore,
  email: Email,
  wanted: string | null = null,
  notice?: Html | string,
): Promise<Reply> {
  const [subject] = await emails.subjects([email.tags]);
  const views = viewsOf(email);
  const view = views.find((one) => one === wanted) ?? views[0] ?? "headers";
  const tabs = views.map(
    (one) =>
      html`<li><a href="/inbox/${email.id}?view=${one}"${one === view ? html` aria-current="true"` : ""}>${VIEWS[one]}</a></li>`,
  );
  const files = email.attachments.map(
    ({ filename }, index) => html`<li><a href="/inbox/${email.id}/attachment?n=${index}" download>${filename}</a></li>`,
  );
  const events = emails.eventsOf(email).map(({ type, link, at }) => html`<li>${type} ${link} ${time(at)}</li>`);
  return page(
    email.subject,
    "/",
    html`${notice ? html`<div role="status">${notice}</div>` : ""}
<p>From ${email.from}<br>To ${email.to.join(", ")}<br>${time(email.at)} <span data-live>${statusOf(emails, email)}</span>${subject ? html`<br><a href="${subject.url}">${subject.label}</a>` : ""}</p>
<div class="row">${unsubscribeButton(email)}<form method="post" action="/inbox/${email.id}/complain"><button>Report spam</button></form>
<form method="post" action="/inbox/${email.id}/check"><button title="Requests each with HEAD, which may use up a link that works once">Check links and images</button></form>
<form method="post" action="/inbox/${email.id}/delete"><button>Delete</button></form></div>
${files.length > 0 ? html`<h2>Attachments</h2><ul>${files}</ul>` : ""}
<nav aria-label="Views"><ul>${tabs}</ul></nav>
${contentOf(email, view)}
<h2>Events</h2><ul data-live>${events}</ul>`,
  );
}
