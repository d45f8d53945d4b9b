import type { Handler, Reply } from "./http";
import { LIVE_UPDATE } from "./live-update";
import { STYLE } from "./page-style";

/** Markup that is safe to send. Only `html` makes it, so nothing reaches a page unescaped. */
export class Html {
  constructor(readonly text: string) {}
}

type Part = Html | Part[] | string | number | undefined;

const ENTITIES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

function render(part: Part): string {
  if (part instanceof Html) return part.text;
  if (Array.isArray(part)) return part.map(render).join("");
  return String(part ?? "").replace(/[&<>"']/g, (char) => ENTITIES[char] ?? char);
}

/** Markup with its values escaped, in text and in quoted attributes. */
export function html(strings: TemplateStringsArray, ...parts: Part[]): Html {
  return new Html(strings.map((text, index) => text + render(parts[index])).join(""));
}

const HEADERS = {
  "content-type": "text/html; charset=utf-8",
  "cache-control": "no-store",
  "referrer-policy": "same-origin",
  "x-content-type-options": "nosniff",
};

/** A page runs only its own script and frames only its own origin, whatever an event, an error or an email contains. */
const POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; script-src 'self'; connect-src 'self'; frame-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action ";

const SCRIPT_PATH = "/live.js";

/** `GET /live.js`: the script of every page. */
export const pageScript: Handler = ({ method, path }) =>
  method === "GET" && path === SCRIPT_PATH
    ? { status: 200, headers: { ...HEADERS, "content-type": "text/javascript; charset=utf-8" }, body: LIVE_UPDATE }
    : undefined;

export interface Site {
  name: string;
  menu: { href: string; label: string }[];
  /** Where forms may lead, redirects included. Default: the site itself. */
  formTargets?: string;
}

/** A function that makes the pages of a site. `section` is the `href` of the menu entry that the page belongs to. */
export const pagesOf =
  ({ name, menu, formTargets = "'self'" }: Site) =>
  (title: string, section: string, content: Html, status = 200): Reply => {
    const items = menu.map(
      ({ href, label }) =>
        html`<li><a href="${href}"${href === section ? html` aria-current="page"` : ""}>${label}</a></li>`,
    );
    // Invisible without JavaScript. It has its place from the start, so that nothing moves when the script enables it.
    const live = content.text.includes(" data-live")
      ? html`<button type="button" class="live" aria-pressed="true" disabled>Live</button>`
      : "";
    const page = html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · ${name}</title><style>${new Html(STYLE)}</style><script src="${SCRIPT_PATH}" defer></script></head>
<body><header><nav aria-label="Main"><ul><li><a class="brand" href="/">${name}</a></li>${items}</ul>${live}</nav></header>
<main><h1>${title}</h1>${content}</main></body></html>`;
    return { status, headers: { ...HEADERS, "content-security-policy": POLICY + formTargets }, body: page.text };
  };

/** A list, or a note where it is empty. */
export const cards = (items: Html[], none: Html | string): Html =>
  items.length === 0 ? html`<p class="empty">${none}</p>` : html`<ul class="cards">${items}</ul>`;

/** Names with their values; a row without a value is left out. */
export const properties = (rows: [name: string, value: Html | string | undefined][]): Html =>
  html`<dl>${rows.map(([name, value]) => (value ? html`<dt>${name}</dt><dd>${value}</dd>` : ""))}</dl>`;

/** A time in UTC. The script of the page shows it in the reader's zone. */
export function time(at: number): Html {
  const iso = new Date(at).toISOString();
  return html`<time datetime="${iso}" title="${iso}">${iso.slice(0, 19).replace("T", " ")} UTC</time>`;
}

/** A status; `tone` (good, bad, wait or none) decides its colour. */
export const badge = (text: string, tone = ""): Html => html`<span class="badge ${tone}">${text}</span>`;

/** Preformatted text. `label` names it for screen readers. */
export const pre = (label: string, text: string): Html =>
  html`<pre tabindex="0" role="group" aria-label="${label}">${text}</pre>`;

/** A value as JSON. */
export const data = (label: string, value: unknown): Html => pre(label, JSON.stringify(value, null, 2));

/** A search box with further inputs after it. */
export const searchForm = (label: string, name: string, value: string, more: Html | "" = ""): Html =>
  html`<form role="search"><label class="grow">${label} <input type="search" name="${name}" value="${value}"></label>${more}<button>Search</button></form>`;

export interface Page<T> {
  items: T[];
  nextCursor: string | null;
}

/** At most `limit` items of `source`, from the one after `cursor` on; `nextCursor` is the id of the last one. */
export function paginate<T extends { id: string }>(source: Iterable<T>, cursor: string | null, limit: number): Page<T> {
  const items: T[] = [];
  let started = cursor === null;
  for (const item of source) {
    if (started && items.length === limit) return { items, nextCursor: items.at(-1)?.id ?? null };
    if (started) items.push(item);
    else started = item.id === cursor;
  }
  return { items, nextCursor: null };
}

/** Links to the newest and to older items; they keep the rest of the query. */
export function pager(path: string, query: URLSearchParams, nextCursor: string | null): Html {
  const link = (label: string, cursor: string | null) => {
    const params = new URLSearchParams(query);
    params.delete("cursor");
    if (cursor !== null) params.set("cursor", cursor);
    return html`<li><a href="${path}?${params.toString()}">${label}</a></li>`;
  };
  const newest = query.has("cursor") ? link("Newest", null) : "";
  const older = nextCursor === null ? "" : link("Older", nextCursor);
  return newest || older ? html`<nav aria-label="Pages"><ul>${newest}${older}</ul></nav>` : html``;
}
