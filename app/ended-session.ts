import type { NextRequest } from "next/server";
import { SECURE_SESSION_COOKIE, SESSION_COOKIE } from "@/lib/auth/session-cookie";
import { escapeHtml, plainPage } from "./plain-page";
import { isOwnOrigin } from "./same-site";

/** The pages whose forms need a session. */
const NEEDS_SESSION = /^\/(account|console)(\/|$)/;

/**
 * Returns a page that repeats a form, if a browser without JavaScript sent it after its session had ended, else undefined. The
 * page sends the same form again after a sign-in in another tab. With JavaScript, the form itself keeps its input.
 *
 * The form must come from a page of this shop: a page of another site could have the user send what that site chose.
 */
export async function endedSession(request: NextRequest): Promise<Response | undefined> {
  const { method, headers, cookies } = request;
  const { pathname, search } = request.nextUrl;
  // The header of a server action that JavaScript calls.
  if (method !== "POST" || headers.has("next-action") || !NEEDS_SESSION.test(pathname)) return undefined;
  if (cookies.has(SESSION_COOKIE) || cookies.has(SECURE_SESSION_COOKIE)) return undefined;
  const origin = headers.get("origin");
  if (origin === null || !isOwnOrigin(origin, headers.get("host"))) return undefined;
  const form = await request.formData().catch(() => undefined);
  if (!form) return undefined;
  const entries = [...form].flatMap(([name, value]) => (typeof value === "string" ? [{ name, value }] : []));
  const fields = entries.map(
    ({ name, value }) => `<input type="hidden" name="${escapeHtml(name)}" value="${escapeHtml(value)}">`,
  );
  const page = plainPage(
    "Your session has ended",
    `<p role="alert">Nothing is lost. Please sign in, then return to this page and send the form again.</p>
<p><a href="/sign-in" target="_blank" rel="noreferrer">Sign in (in a new tab)</a></p>
${entries.filter(isTyped).map(readOnlyField).join("\n")}
<form method="post" action="${escapeHtml(pathname + search)}" enctype="multipart/form-data">
${fields.join("\n")}
<div class="buttons"><button>Send again</button></div>
</form>`,
    401,
  );
  // With "no-referrer" the form would have the origin "null" (fetch.spec.whatwg.org, "append a request Origin header").
  page.headers.set("referrer-policy", "same-origin");
  return page;
}

interface Entry {
  name: string;
  value: string;
}

/** The names of Next.js's own fields begin with `$`. */
const isTyped = ({ name, value }: Entry) => !name.startsWith("$") && !/password/i.test(name) && value.trim() !== "";

const readOnlyField = ({ name, value }: Entry) =>
  `<p><strong>${escapeHtml(name)}</strong></p><blockquote>${escapeHtml(value)}</blockquote>`;
