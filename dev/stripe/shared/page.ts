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
  --ink: light-dark(#1c1917, #f3efe9); --soft: light-dark(#625b54, #aaa299); --line: light-dark(#e2dcd5, #38322c); --accent: light-dark(#0f6e66, #2fc9b5); }
* { box-sizing: border-box; }
body { font: 16px/1.6 ui-sans-serif, system-ui, sans-serif; margin: 0 auto; max-width: 64rem; padding: 1.5rem 1.25rem; overflow-wrap: anywhere; background: var(--ground); color: var(--ink); }
h1 { font-size: 1.6rem; letter-spacing: -.02em; line-height: 1.25; margin: .3rem 0 1rem; } h2 { font-size: 1.1rem; margin: 1.8rem 0 .6rem; }
a { color: var(--accent); text-underline-offset: .15em; }
table { background: var(--paper); border: 1px solid var(--line); border-collapse: separate; border-radius: 1rem; border-spacing: 0; width: 100%; }
th { color: var(--soft); font-weight: 500; }
th, td { text-align: left; padding: .75rem 1rem; border-bottom: 1px solid var(--line); vertical-align: top; }
tbody tr:last-child td { border-bottom: 0; } tbody tr:hover td { background: var(--raised); } td a { font-weight: 500; }
dl { background: var(--paper); border: 1px solid var(--line); border-radius: 1rem; display: grid; gap: .35rem 1.25rem; grid-template-columns: max-content 1fr; padding: 1rem 1.25rem; }
dt { color: var(--soft); } dd { margin: 0; }
button, input { background: var(--paper); border: 1px solid var(--line); border-radius: .6rem; color: inherit; font: inherit; min-height: 2.75rem; padding: .4rem 1rem; }
button { cursor: pointer; font-weight: 500; } button:hover { background: var(--raised); }
form.inline { display: inline; } .soft, time { color: var(--soft); } .scroll { overflow-x: auto; }
iframe { width: 100%; height: 38rem; border: 1px solid var(--line); border-radius: 1rem; background: #fff; }
pre { background: var(--paper); white-space: pre-wrap; border: 1px solid var(--line); border-radius: 1rem; font: 14px/1.55 ui-monospace, monospace; padding: 1.25rem; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
@media (max-width: 40rem) { dl { grid-template-columns: 1fr; } dd { margin-bottom: .5rem; } }
`;

/** A whole page, readable on narrow and wide and in light and dark, with nothing loaded from elsewhere. */
export function page(title: string, body: Markup): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>${escapeHtml(title)}</title><style>${STYLE}</style></head><body><main>${body.text}</main></body></html>`;
}
