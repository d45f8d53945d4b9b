import { AppError } from "@/lib/errors";
import { route } from "./http";

/** Pages of plain HTML for links in mails: they work in whatever opens them, without scripts and without a session. */

const STYLE = `body { background: #f6f4f1; color: #1c1917; font: 17px/1.6 system-ui, sans-serif; margin: 0; padding: 24px 16px; }
main { background: #fff; border-radius: 12px; margin: 0 auto; max-width: 34rem; overflow-wrap: anywhere; padding: 28px; }
h1 { font-size: 1.5rem; line-height: 1.3; margin: 0 0 12px; }
blockquote { border-left: 4px solid #e7e3df; margin: 16px 0; padding-left: 16px; white-space: pre-wrap; }
label { display: block; font-weight: 600; margin-top: 20px; }
textarea { border: 2px solid #6b645e; border-radius: 8px; box-sizing: border-box; font: inherit; padding: 8px 12px; width: 100%; }
.buttons { display: flex; flex-wrap: wrap; gap: 12px; margin-top: 20px; }
button { background: #0f766e; border: 2px solid #0f766e; border-radius: 8px; color: #fff; cursor: pointer; font: inherit; font-weight: 600; padding: 10px 18px; }
button.second { background: #fff; color: #0f766e; }
button:focus-visible, textarea:focus-visible { outline: 3px solid #1c1917; outline-offset: 2px; }`;

/** A page; `body` is HTML, in which everything that comes from people is `escaped`. */
export const plainPage = (title: string, body: string): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)} · Steadfast</title>
<style>
${STYLE}
</style>
</head>
<body>
<main>
<h1>${escaped(title)}</h1>
${body}
</main>
</body>
</html>
`;

const ENTITIES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

export const escaped = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);

export function answerPage(page: string, status = 200): Response {
  const headers = {
    "content-type": "text/html; charset=utf-8",
    "cache-control": "no-store",
    // The address holds the token: it goes nowhere else, and the page runs and loads nothing.
    "referrer-policy": "no-referrer",
    "content-security-policy":
      "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    "x-robots-tag": "noindex",
  };
  return new Response(page, { status, headers });
}

const refusalPage = (why: string) =>
  plainPage(
    "This link does not work",
    `<p role="alert">${escaped(why)}</p><p>Open the link of the mail once more, or answer the mail, and we will see to it.</p>`,
  );

/** A route for people: whoever followed a link that does not work with a browser reads a page, not a problem in JSON. */
export function pageRoute<P extends Record<string, string>>(
  handler: (request: Request, params: P) => Promise<Response>,
) {
  return route<P>(async (request, params) => {
    try {
      return await handler(request, params);
    } catch (error) {
      if (!(error instanceof AppError) || !request.headers.get("accept")?.includes("text/html")) throw error;
      return answerPage(refusalPage(error.message), error.status);
    }
  });
}
