import { storeEnv } from "@/lib/env";
import { AppError } from "@/lib/errors";
import { problemResponse } from "./http";

/** Pages of plain HTML for links in emails: they work in every email program, without scripts and without a session. */

const STYLE = `:root { color-scheme: light dark; --ground: light-dark(#f7f5f2, #141210); --paper: light-dark(#fff, #1e1b18);
  --ink: light-dark(#1c1917, #f3efe9); --soft: light-dark(#625b54, #aaa299); --line: light-dark(#e2dcd5, #38322c);
  --accent: light-dark(#0f6e66, #2fc9b5); --on-accent: light-dark(#fff, #0b2521); }
body { background: var(--ground); color: var(--ink); font: 17px/1.6 system-ui, sans-serif; margin: 0 auto; max-width: 34rem; padding: 20px 16px; }
.brand { color: inherit; display: inline-block; font-weight: 700; padding: 10px 0; text-decoration: none; }
main { background: var(--paper); border: 1px solid var(--line); border-radius: 16px; margin-top: 8px; overflow-wrap: anywhere; padding: 28px; }
h1 { font-size: 1.5rem; letter-spacing: -.01em; line-height: 1.3; margin: 0 0 12px; }
blockquote { border-left: 4px solid var(--line); margin: 16px 0; padding-left: 16px; white-space: pre-wrap; }
label { display: block; font-weight: 600; margin-top: 20px; }
textarea { background: var(--paper); border: 2px solid var(--soft); border-radius: 8px; box-sizing: border-box; color: inherit; font: inherit; padding: 8px 12px; width: 100%; }
.buttons { display: flex; flex-wrap: wrap; gap: 12px; margin-top: 20px; }
button { background: var(--accent); border: 2px solid var(--accent); border-radius: 8px; color: var(--on-accent); cursor: pointer; font: inherit; font-weight: 600; min-height: 44px; padding: 8px 18px; }
button.second { background: var(--paper); color: var(--accent); }
:focus-visible { outline: 3px solid var(--ink); outline-offset: 2px; }`;

/** Returns a page. `body` is HTML: pass text of users through `escapeHtml`. */
export function plainPage(title: string, body: string, status = 200): Response {
  const store = escapeHtml(storeEnv().STORE_NAME);
  const page = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)} · ${store}</title>
<style>
${STYLE}
</style>
</head>
<body>
<header><a class="brand" href="/">${store}</a></header>
<main>
<h1>${escapeHtml(title)}</h1>
${body}
</main>
</body>
</html>
`;
  const headers = {
    "content-type": "text/html; charset=utf-8",
    "cache-control": "no-store",
    // The URL holds the token: no other site gets it, and the page runs and loads nothing. With "no-referrer" a form of the page would
    // have the origin "null", which is refused beside a cookie.
    "referrer-policy": "same-origin",
    "content-security-policy":
      "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    "x-robots-tag": "noindex",
  };
  return new Response(page, { status, headers });
}

const ENTITIES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

export const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);

/** Returns a page that explains the error if the client is a browser, else a problem. For links in emails. */
export function errorPage(error: unknown, request: Request): Response {
  if (!(error instanceof AppError) || !request.headers.get("accept")?.includes("text/html"))
    return problemResponse(error);
  return plainPage(
    "This link does not work",
    `<p role="alert">${escapeHtml(error.message)}</p><p>Open the link of the email again, or reply to the email, and we will help you.</p>`,
    error.status,
  );
}
