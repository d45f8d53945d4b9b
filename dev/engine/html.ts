import { STYLE } from "./page-style";

/** Markup that is safe to send. Made by `html` only, so that nothing reaches a page unescaped. */
export class Html {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
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

const PAGES = [
  ["/", "Runs"],
  ["/events", "Events"],
  ["/functions", "Functions"],
  ["/send", "Send"],
] as const;

/** A whole page; `at` is the place in the menu that it belongs to. */
export function layout(title: string, at: (typeof PAGES)[number][0] | "", content: Html): string {
  const menu = PAGES.map(
    ([href, name]) => html`<li><a href="${href}"${href === at ? html` aria-current="page"` : ""}>${name}</a></li>`,
  );
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · Engine</title><style>${new Html(STYLE)}</style><script src="/live.js" defer></script></head>
<body><header><nav aria-label="Main"><ul><li><a class="brand" href="/">Engine</a></li>${menu}</ul></nav></header>
<main><h1>${title}</h1>${content}</main></body></html>`.text;
}

/** A list, or what to say when it is empty. */
export const cards = (items: Html[], none: Html | string): Html =>
  items.length === 0 ? html`<p class="empty">${none}</p>` : html`<ul class="cards">${items}</ul>`;

/** What is known, by name; what is not is left out. */
export const facts = (rows: [name: string, value: Html | string | undefined][]): Html =>
  html`<dl>${rows.map(([name, value]) => (value === undefined ? "" : html`<dt>${name}</dt><dd>${value}</dd>`))}</dl>`;

export function time(at: number): Html {
  const iso = new Date(at).toISOString();
  return html`<time datetime="${iso}" title="${iso}">${iso.slice(0, 19).replace("T", " ")} UTC</time>`;
}

export const badge = (status: string): Html =>
  html`<span class="badge ${status}">${status.toLowerCase().replace("_", " ")}</span>`;

/** A length of time as a person would say it. */
export function span(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 120_000) return `${(ms / 1000).toFixed(1)} s`;
  if (ms < 7_200_000) return `${(ms / 60_000).toFixed(1)} min`;
  return ms < 172_800_000 ? `${(ms / 3_600_000).toFixed(1)} h` : `${(ms / 86_400_000).toFixed(1)} days`;
}

/** A moment to come, and how long that is from now. */
export const until = (at: number, now: number): Html => html`${time(at)}${at > now ? ` (in ${span(at - now)})` : ""}`;

/** A value as JSON. `label` says of what, to those who hear the page. */
export const data = (label: string, value: unknown): Html =>
  html`<pre tabindex="0" role="group" aria-label="${label}">${JSON.stringify(value, null, 2)}</pre>`;

const SHOWN = 50;

/** A page of what there is, and the ways to newer and older ones, which keep the rest of the query. */
export function paged<T>(all: T[], path: string, query: URLSearchParams): { items: T[]; pager: Html } {
  const page = Math.max(1, Math.floor(Number(query.get("page") ?? 1)) || 1);
  const link = (to: number, label: string) => {
    const params = new URLSearchParams(query);
    params.set("page", String(to));
    return html`<li><a href="${path}?${params.toString()}">${label}</a></li>`;
  };
  const newer = page > 1 ? link(page - 1, "Newer") : "";
  const older = all.length > page * SHOWN ? link(page + 1, "Older") : "";
  const pager = newer || older ? html`<nav aria-label="Pages"><ul>${newer}${older}</ul></nav>` : html``;
  return { items: all.slice((page - 1) * SHOWN, page * SHOWN), pager };
}
