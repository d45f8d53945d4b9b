import { LIVE } from "../engine/live";
import { html, type Reply } from "../stand-in/http";
import { type Markup, markup, page } from "../stand-in/page";

/** The pages run one script, which is theirs; what a mail says never becomes part of them (`inbox.ts`). */
const POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; script-src 'self'; connect-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

const SECTIONS = [
  { href: "/", label: "Mails" },
  { href: "/outbox?channel=sms", label: "SMS" },
  { href: "/outbox?channel=push", label: "Push" },
  { href: "/outbox?channel=crm", label: "CRM" },
];

/** A page of the mailbox, in one of its sections. */
export function framed(title: string, section: string, body: Markup, status = 200): Reply {
  const items = SECTIONS.map(
    ({ href, label }) =>
      markup`<li><a href="${href}"${href === section ? markup` aria-current="page"` : undefined}>${label}</a></li>`,
  );
  const header = markup`<nav aria-label="Main"><ul><li><a class="brand" href="/">Mailbox</a></li>${items}</ul></nav>`;
  const reply = html(status, page(`${title} · Mailbox`, body, { header, script: "/mailbox.js" }));
  return { ...reply, headers: { ...reply.headers, "content-security-policy": POLICY } };
}

/** When something was sent. */
export const moment = (at: number): Markup =>
  markup`<time datetime="${new Date(at).toISOString()}">${new Date(at).toISOString().slice(0, 19).replace("T", " ")} UTC</time>`;

/** A search box that keeps where it is, by a hidden field. */
export function searchForm(label: string, value: string, hidden: [name: string, value: string][] = []): Markup {
  const kept = hidden.map(([name, kept]) => markup`<input type="hidden" name="${name}" value="${kept}">`);
  return markup`<form role="search">${kept}<label>${label} <input type="search" name="q" value="${value}"></label> <button>Search</button></form>`;
}

/** The ways to newer and older pages of a list. */
export function pager(path: string, query: URLSearchParams, nextCursor: string | null): Markup {
  const at = (cursor: string | null) => {
    const params = new URLSearchParams(query);
    if (cursor === null) params.delete("cursor");
    else params.set("cursor", cursor);
    return `${path}?${params.toString()}`;
  };
  const newest = query.has("cursor") ? markup`<a href="${at(null)}">Newest</a>` : undefined;
  const older = nextCursor === null ? undefined : markup`<a href="${at(nextCursor)}">Older</a>`;
  return newest || older
    ? markup`<nav aria-label="Pages"><ul><li>${newest}</li><li>${older}</li></ul></nav>`
    : markup``;
}

/** Makes the frame of a mail as high as the mail, where scripts run; elsewhere it scrolls. */
const FIT = `
for (const frame of document.querySelectorAll("iframe")) {
  const fit = () => {
    frame.style.height = "0";
    frame.style.height = frame.contentDocument.documentElement.scrollHeight + 2 + "px";
  };
  let width = 0;
  frame.addEventListener("load", fit);
  new ResizeObserver(() => {
    if (frame.clientWidth !== width && frame.contentDocument?.body) fit();
    width = frame.clientWidth;
  }).observe(frame);
}
`;

export const script = (): Reply => ({
  status: 200,
  headers: { "content-type": "text/javascript; charset=utf-8", "cache-control": "no-store" },
  body: `${LIVE}\n${FIT}`,
});
