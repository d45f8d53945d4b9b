import { html, paginate } from "../shared/html";
import { type Answer, type Handler, problem, type Reply, type Request, redirect, router } from "../shared/http";
import { checkEmail } from "./check";
import { decompress, type Email, type EmailStore } from "./email-store";
import { linksIn, withTrackedLinks } from "./links";
import { checkedList, emailPage, unsubscribeUrlOf } from "./page-email";
import { emailsPage, page } from "./page-emails";
import { findEmails, PAGE_SIZE } from "./routes-messages";

/**
 * An email runs no script, sends no form and loads nothing but images, as in a careful email client. It has the page's
 * origin, so that the page can read its height. Without scripts the email itself cannot use that origin.
 */
const BODY_HEADERS = {
  "content-type": "text/html; charset=utf-8",
  "cache-control": "no-store",
  "content-security-policy":
    "sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src http: https: data:",
};

const PIXEL: Reply = {
  status: 200,
  headers: { "content-type": "image/svg+xml", "cache-control": "no-store" },
  body: '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>',
};

/** The time that an email client waits for the sender; real time. */
const UNSUBSCRIBE_TIMEOUT_MS = 10_000;

const notFound = (): Reply =>
  page("Not found", "", html`<p class="empty">Only the latest emails are stored. <a href="/">All emails</a></p>`, 404);

/** The inbox: the list, an email, its body and attachments, and the routes of opens, clicks and buttons. */
export function inboxRoutes(emails: EmailStore): Handler {
  const ofEmail =
    (answer: (email: Email, request: Request, rest: string) => Answer | Promise<Answer>) =>
    (request: Request, id = "", rest = "") => {
      const email = emails.get(id);
      return email ? answer(email, request, rest) : notFound();
    };
  return router({
    "GET /": ({ query }) =>
      emailsPage(emails, paginate(findEmails(emails, query), query.get("cursor"), PAGE_SIZE), query),
    "POST /delete": async ({ query }) => {
      await emails.deleteNow([...findEmails(emails, query)]);
      return redirect("/");
    },
    "GET /inbox/:id": ofEmail(async (email, { query }) => {
      await emails.markAsRead(email);
      return emailPage(emails, email, query.get("view"));
    }),
    "POST /inbox/:id/delete": ofEmail(async (email) => {
      await emails.deleteNow([email]);
      return redirect("/");
    }),
    "POST /inbox/:id/check": ofEmail(async (email) =>
      emailPage(emails, email, null, checkedList(await checkEmail(decompress(email.html) ?? "", emails.clock))),
    ),
    "GET /inbox/:id/body": ofEmail(bodyOf),
    "GET /inbox/:id/attachment": ofEmail((email, { query }) => attachmentOf(email, Number(query.get("n")))),
    "GET /open/:id": ofEmail(async (email) => {
      await emails.recordNow(email, "opened");
      return PIXEL;
    }),
    "GET /click/:id/:n": ofEmail(async (email, _, n) => {
      const link = linksIn(decompress(email.html) ?? "")[Number(n)];
      if (!link) return notFound();
      await emails.recordNow(email, "clicked", link);
      return redirect(new URL(link).href);
    }),
    "POST /inbox/:id/complain": ofEmail(async (email) => {
      await emails.recordNow(email, "complained");
      return redirect(`/inbox/${email.id}`);
    }),
    "POST /inbox/:id/unsubscribe": ofEmail(async (email) => {
      const offer = unsubscribeUrlOf(email);
      if (!offer?.oneClick) return problem(422, "This email offers no one-click unsubscribe");
      return emailPage(emails, email, null, await unsubscribe(emails, offer.url));
    }),
  });
}

function bodyOf(email: Email): Reply {
  const body = withTrackedLinks(decompress(email.html) ?? "", (n) => `/click/${email.id}/${n}`);
  const pixel = `<img src="/open/${email.id}" alt="" width="1" height="1">`;
  return { status: 200, headers: BODY_HEADERS, body: body + pixel };
}

/** A file to save. It is never shown, because it may be a page. */
function attachmentOf(email: Email, n: number): Reply {
  const file = email.attachments[n];
  if (file?.content === undefined) return notFound();
  const name = encodeURIComponent(file.filename).replace(/['()*]/g, (char) => `%${char.charCodeAt(0).toString(16)}`);
  return {
    status: 200,
    headers: {
      "content-type": "application/octet-stream",
      "content-disposition": `attachment; filename*=UTF-8''${name}`,
      "x-content-type-options": "nosniff",
    },
    body: Buffer.from(file.content, "base64"),
  };
}

/** Posts `List-Unsubscribe=One-Click`, as an email client does on a click. Returns a text about the answer. */
async function unsubscribe({ clock }: EmailStore, url: string): Promise<string> {
  const body = new URLSearchParams({ "List-Unsubscribe": "One-Click" });
  const signal = AbortSignal.timeout(UNSUBSCRIBE_TIMEOUT_MS);
  try {
    const response = await clock.busy(fetch(url, { method: "POST", redirect: "manual", body, signal }));
    await response.arrayBuffer();
    return response.ok ? `Unsubscribed: ${response.status}.` : `The sender answered ${response.status}.`;
  } catch {
    return "The sender could not be reached.";
  }
}
