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
:root { color-scheme: light dark; --line: light-dark(#d4d4d8, #3f3f46); --soft: light-dark(#52525b, #a1a1aa); }
body { font: 16px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 60rem; padding: 1rem; overflow-wrap: anywhere;
  background: light-dark(#fff, #18181b); color: light-dark(#18181b, #f4f4f5); }
h1 { font-size: 1.4rem; } h2 { font-size: 1.1rem; }
a { color: light-dark(#1d4ed8, #93c5fd); }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: .5rem .5rem .5rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1rem; } dd { margin: 0; }
button, input { font: inherit; padding: .5rem 1rem; border-radius: .4rem; border: 1px solid var(--soft); }
form.inline { display: inline; } .soft { color: var(--soft); } .scroll { overflow-x: auto; }
iframe { width: 100%; height: 36rem; border: 1px solid var(--line); background: #fff; }
pre { white-space: pre-wrap; border: 1px solid var(--line); padding: 1rem; }
:focus-visible { outline: 3px solid light-dark(#1d4ed8, #93c5fd); outline-offset: 2px; }
@media (max-width: 40rem) { dl { grid-template-columns: 1fr; } dt { font-weight: 600; } }
`;

/** A whole page, readable on narrow and wide and in light and dark, with nothing loaded from elsewhere. */
export function page(title: string, body: Markup): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>${escapeHtml(title)}</title><style>${STYLE}</style></head><body><main>${body.text}</main></body></html>`;
}
