/** Escapes text for HTML, attribute values included. */
const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

/** Markup made by `markup`, as opposed to text that is still to be escaped. */
export class Markup {
  constructor(readonly text: string) {}
}

type Part = string | number | Markup | undefined | Part[];

function render(part: Part): string {
  if (part === undefined) return "";
  if (Array.isArray(part)) return part.map(render).join("");
  return part instanceof Markup ? part.text : escapeHtml(String(part));
}

/** A template tag that escapes everything put into it, except other markup. */
export function markup(strings: TemplateStringsArray, ...parts: Part[]): Markup {
  return new Markup(strings.map((text, index) => text + render(parts[index])).join(""));
}

const STYLE = `
:root { color-scheme: light dark; --ground: light-dark(#f7f5f2, #141210); --paper: light-dark(#fff, #1e1b18); --raised: light-dark(#f1eeea, #292521);
  --ink: light-dark(#1c1917, #f3efe9); --soft: light-dark(#625b54, #aaa299); --line: light-dark(#e2dcd5, #38322c); --accent: light-dark(#0f6e66, #2fc9b5);
  --good: light-dark(#166534, #74d99a); --good-ground: light-dark(#e3f4e8, #12301d); --bad: light-dark(#b01c1c, #f58a85); --bad-ground: light-dark(#fce6e5, #3b1513); }
* { box-sizing: border-box; }
body { font: 16px/1.6 ui-sans-serif, system-ui, sans-serif; margin: 0; overflow-wrap: anywhere; background: var(--ground); color: var(--ink); }
header { background: var(--paper); border-bottom: 1px solid var(--line); }
header nav, main { margin: 0 auto; max-width: 64rem; padding: 0 1.25rem; }
main { padding-block: 1.5rem 3rem; }
h1 { font-size: 1.6rem; letter-spacing: -.02em; line-height: 1.25; margin: .3rem 0 1rem; } h2 { font-size: 1.1rem; margin: 1.8rem 0 .6rem; }
a { color: var(--accent); text-underline-offset: .15em; }
nav ul, .cards { list-style: none; margin: 0; padding: 0; } nav ul { display: flex; flex-wrap: wrap; gap: .25rem; padding: .4rem 0; }
main nav { margin-bottom: .6rem; }
header nav { align-items: center; display: flex; gap: .5rem; justify-content: space-between; }
nav a { border-radius: .6rem; color: var(--ink); display: inline-block; font-weight: 500; padding: .55rem .8rem; text-decoration: none; }
nav a:hover { background: var(--raised); } nav a[aria-current] { color: var(--accent); background: var(--raised); } nav .brand { font-weight: 700; padding-left: 0; }
.cards { background: var(--paper); border: 1px solid var(--line); border-radius: 1rem; overflow: hidden; }
.cards > li { display: grid; gap: .1rem 1.25rem; grid-template-columns: minmax(0, 1fr) auto; padding: .9rem 1.25rem; position: relative; }
.cards > li + li { border-top: 1px solid var(--line); } .cards > li:has(> a:first-child):hover { background: var(--raised); }
.cards > li > a:first-child { color: var(--ink); font-weight: 600; text-decoration: none; } .cards > li > a:first-child::after { content: ""; inset: 0; position: absolute; }
.cards .wide { grid-column: 1 / -1; } .cards .line { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.said { background: var(--raised); border-radius: .2rem 1rem 1rem; justify-self: start; margin: .3rem 0; padding: .6rem 1rem; white-space: pre-line; }
dl, .empty { background: var(--paper); border: 1px solid var(--line); border-radius: 1rem; padding: 1rem 1.25rem; }
dl { display: grid; gap: .35rem 1.25rem; grid-template-columns: max-content minmax(0, 1fr); } .empty { color: var(--soft); padding: 2.5rem 1.25rem; text-align: center; }
dt { color: var(--soft); } dd { margin: 0; }
button, input { background: var(--paper); border: 1px solid var(--line); border-radius: .6rem; color: inherit; font: inherit; min-height: 2.75rem; padding: .4rem 1rem; }
button { cursor: pointer; font-weight: 500; } button:hover { background: var(--raised); }
.row, form[role=search] { align-items: end; display: flex; flex-wrap: wrap; gap: .6rem; margin: 0 0 1.1rem; } form[role=search] label { display: grid; flex: 1; gap: .2rem; max-width: 26rem; min-width: 12rem; }
form.inline { display: inline; } .soft, time { color: var(--soft); } time { font-variant-numeric: tabular-nums; }
.live { background: none; border: 0; flex: none; padding: .4rem .6rem; } .live::before { content: "○ "; } .live[aria-pressed=true]::before { color: var(--accent); content: "● "; }
.badge { align-self: start; background: var(--raised); border-radius: 1rem; font-size: .85rem; font-weight: 500; justify-self: end; padding: .05rem .65rem; white-space: nowrap; }
.badge.good { background: var(--good-ground); color: var(--good); } .badge.bad { background: var(--bad-ground); color: var(--bad); }
iframe { border: 1px solid var(--line); border-radius: 1rem; display: block; height: 38rem; margin: 0 auto; width: 100%; } iframe.phone { width: 375px; max-width: 100%; }
pre { background: var(--paper); white-space: pre-wrap; border: 1px solid var(--line); border-radius: 1rem; font: 14px/1.55 ui-monospace, monospace; margin: 0; padding: 1.25rem; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
@media (max-width: 40rem) { dl { grid-template-columns: minmax(0, 1fr); } dd { margin-bottom: .5rem; } .cards > li { padding-inline: 1rem; } .cards > li > :nth-child(n + 3) { grid-column: 1 / -1; }
  nav a { padding-inline: .45rem; } nav .brand { display: none; } }
`;

/**
 * A whole page, readable on narrow and wide and in light and dark, with nothing loaded from elsewhere. `header` stands above its
 * main part; `script` is the address of the one script it may run.
 */
export function page(
  title: string,
  body: Markup,
  { header, script }: { header?: Markup; script?: string } = {},
): string {
  const above = header ? markup`<header>${header}</header>` : undefined;
  const run = script ? markup`<script src="${script}" defer></script>` : undefined;
  return markup`<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>${title}</title><style>${new Markup(STYLE)}</style>${run}</head><body>${above}<main>${body}</main></body></html>`
    .text;
}
