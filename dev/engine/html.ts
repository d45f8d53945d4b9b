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

const STYLE = new Html(`
:root { color-scheme: light dark; --line: #d4d4d8; --soft: #f4f4f5; --good: #15803d; --bad: #b91c1c; --link: #1d4ed8; }
@media (prefers-color-scheme: dark) {
  :root { --line: #3f3f46; --soft: #27272a; --good: #4ade80; --bad: #f87171; --link: #93c5fd; }
}
body { font: 15px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 75rem; padding: 1rem; }
a { color: var(--link); }
nav ul { display: flex; flex-wrap: wrap; gap: 1rem; list-style: none; padding: 0; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
th, td { border-bottom: 1px solid var(--line); padding: .35rem .6rem; text-align: left; vertical-align: top; }
pre { background: var(--soft); margin: 0; max-height: 24rem; overflow: auto; padding: .5rem; white-space: pre-wrap; overflow-wrap: anywhere; }
form { display: flex; flex-wrap: wrap; gap: .6rem; align-items: end; margin: .6rem 0; }
label { display: grid; gap: .2rem; }
textarea { font-family: ui-monospace, monospace; min-width: min(40rem, 90vw); }
input, select, textarea, button { font: inherit; padding: .3rem .5rem; }
.COMPLETED { color: var(--good); } .FAILED, .CANCELLED, .TIMED_OUT { color: var(--bad); }
`);

/** A whole page. */
export function layout(title: string, content: Html): string {
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · engine</title><style>${STYLE}</style></head>
<body><header><nav aria-label="Main"><ul>
<li><a href="/">Runs</a></li><li><a href="/events">Events</a></li><li><a href="/functions">Functions</a></li>
<li><a href="/send">Send an event</a></li></ul></nav></header>
<main><h1>${title}</h1>${content}</main></body></html>`.text;
}

/** A table with a heading row. */
export function table(caption: string, headings: string[], rows: Html[][]): Html {
  if (rows.length === 0) return html`<p>${caption}: none.</p>`;
  return html`<div class="scroll"><table><caption>${caption}</caption>
<thead><tr>${headings.map((heading) => html`<th scope="col">${heading}</th>`)}</tr></thead>
<tbody>${rows.map((row) => html`<tr>${row.map((cell) => html`<td>${cell}</td>`)}</tr>`)}</tbody></table></div>`;
}

export const time = (at: number | undefined): Html =>
  at === undefined ? html`` : html`<time datetime="${new Date(at).toISOString()}">${new Date(at).toISOString()}</time>`;

export const status = (value: string): Html =>
  html`<strong class="${value}">${value.toLowerCase().replace("_", " ")}</strong>`;

/** The time between two moments, as a person would say it. */
export function span(from: number | undefined, to: number | undefined): string {
  if (from === undefined || to === undefined) return "";
  const ms = Math.round(to - from);
  if (ms < 1000) return `${ms} ms`;
  if (ms < 120_000) return `${(ms / 1000).toFixed(1)} s`;
  if (ms < 7_200_000) return `${(ms / 60_000).toFixed(1)} min`;
  return `${(ms / 3_600_000).toFixed(1)} h`;
}

export const data = (value: unknown): Html =>
  value === undefined ? html`` : html`<pre tabindex="0">${JSON.stringify(value, null, 2)}</pre>`;
