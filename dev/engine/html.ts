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
:root { color-scheme: light dark; --ground: #f7f5f2; --paper: #fff; --raised: #f1eeea; --ink: #1c1917; --muted: #625b54;
  --line: #e2dcd5; --accent: #0f6e66; --good: #166534; --good-ground: #e3f4e8; --bad: #b01c1c; --bad-ground: #fce6e5; --wait: #8a4b05; --wait-ground: #fbeed6; }
@media (prefers-color-scheme: dark) {
  :root { --ground: #141210; --paper: #1e1b18; --raised: #292521; --ink: #f3efe9; --muted: #aaa299; --line: #38322c;
    --accent: #2fc9b5; --good: #74d99a; --good-ground: #12301d; --bad: #f58a85; --bad-ground: #3b1513; --wait: #f0b45c; --wait-ground: #38260b; }
}
* { box-sizing: border-box; }
body { background: var(--ground); color: var(--ink); font: 15px/1.55 ui-sans-serif, system-ui, sans-serif; margin: 0; }
header { background: var(--paper); border-bottom: 1px solid var(--line); }
header nav { margin: 0 auto; max-width: 78rem; padding: .4rem 1.25rem; }
main { margin: 0 auto; max-width: 78rem; padding: 1.25rem; }
h1 { font-size: 1.6rem; letter-spacing: -.02em; margin: .4rem 0 1rem; overflow-wrap: anywhere; } h2 { font-size: 1.1rem; margin: 1.6rem 0 .6rem; }
a { color: var(--accent); text-underline-offset: .15em; }
nav ul { align-items: center; display: flex; flex-wrap: wrap; gap: .25rem; list-style: none; margin: 0; padding: 0; }
nav a { border-radius: .5rem; color: var(--ink); display: inline-block; font-weight: 500; padding: .55rem .8rem; text-decoration: none; } nav a:hover { background: var(--raised); }
nav .brand { font-weight: 700; padding-left: 0; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.scroll { background: var(--paper); border: 1px solid var(--line); border-radius: 1rem; overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
caption { color: var(--muted); padding: .7rem 1rem 0; text-align: left; }
th { color: var(--muted); font-weight: 500; white-space: nowrap; }
th, td { border-bottom: 1px solid var(--line); padding: .65rem 1rem; text-align: left; vertical-align: top; }
tbody tr:last-child td { border-bottom: 0; } tbody tr:hover { background: var(--raised); }
time { color: var(--muted); font-variant-numeric: tabular-nums; white-space: nowrap; }
code, pre { font: 13px/1.5 ui-monospace, monospace; }
pre { background: var(--raised); border-radius: .6rem; margin: 0; max-height: 24rem; overflow: auto; padding: .6rem .8rem; white-space: pre-wrap; overflow-wrap: anywhere; }
td ol { margin: 0; padding-left: 1.1rem; }
form { display: flex; flex-wrap: wrap; gap: .8rem; align-items: end; margin: .6rem 0 1rem; } form + form { margin-top: 0; }
label { display: grid; font-weight: 500; gap: .3rem; }
textarea { font-family: ui-monospace, monospace; min-width: min(40rem, 88vw); }
input, select, textarea, button { background: var(--paper); border: 1px solid var(--line); border-radius: .6rem; color: inherit; font: inherit; min-height: 2.6rem; padding: .4rem .8rem; }
button { cursor: pointer; font-weight: 500; } button:hover { background: var(--raised); }
strong[class] { background: var(--raised); border-radius: 1rem; display: inline-block; font-size: .85rem; font-weight: 500; padding: .05rem .65rem; white-space: nowrap; }
strong.COMPLETED { background: var(--good-ground); color: var(--good); } strong.RUNNING, strong.WAITING, strong.SLEEPING { background: var(--wait-ground); color: var(--wait); }
strong.FAILED, strong.CANCELLED, strong.TIMED_OUT { background: var(--bad-ground); color: var(--bad); } div.FAILED pre { background: var(--bad-ground); color: var(--bad); }
.track { background: var(--raised); border-radius: .3rem; display: block; height: .5rem; min-width: 9rem; position: relative; }
.track i { background: var(--accent); border-radius: .3rem; display: block; height: 100%; min-width: 3px; position: absolute; }
`);

/** A whole page. */
export function layout(title: string, content: Html): string {
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · engine</title><style>${STYLE}</style></head>
<body><header><nav aria-label="Main"><ul>
<li><a class="brand" href="/">Steadfast engine</a></li><li><a href="/">Runs</a></li><li><a href="/events">Events</a></li><li><a href="/functions">Functions</a></li>
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
