import type { Clock } from "../engine/clock";
import { type Download, html, type Incoming, problem, type Reply, redirect } from "../stand-in/http";
import { script } from "./frame";
import { listPage } from "./inbox-list";
import { inboxPage, notFoundPage } from "./inbox-mail";
import { linksIn, throughDoor } from "./links";
import { type MailRecord, unpack } from "./mail";
import type { Mails } from "./mails";
import { findMails } from "./messages";
import { paged } from "./paging";
import { unsubscribe, unsubscribeOf } from "./unsubscribe";

/**
 * A mail runs no script, sends no form and loads nothing but images, as in a careful mail client. That it may count as of
 * the page's origin lets the page measure it, and lets the mail do nothing: what would use that is a script.
 */
const BODY_POLICY =
  "sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src http: https: data:";

const PIXEL: Reply = {
  status: 200,
  headers: { "content-type": "image/svg+xml", "cache-control": "no-store" },
  body: '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>',
};

function bodyOf(mail: MailRecord): Reply {
  const shown = throughDoor(unpack(mail.html) ?? "", (n) => `/click/${mail.id}/${n}`);
  const reply = html(200, `${shown}<img src="/open/${mail.id}" alt="" width="1" height="1">`);
  return { ...reply, headers: { ...reply.headers, "content-security-policy": BODY_POLICY } };
}

/** Always to be saved, never shown: a file may be a page. */
function attachmentOf(mail: MailRecord, n: number): Reply | Download {
  const file = mail.attachments[n];
  if (file?.content === undefined) return notFoundPage();
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

async function click(mails: Mails, mail: MailRecord, n: number): Promise<Reply> {
  const link = linksIn(unpack(mail.html) ?? "")[n];
  if (!link) return notFoundPage();
  await mails.change(() => mails.record(mail, "clicked", link));
  return redirect(new URL(link).href);
}

async function act(mails: Mails, clock: Clock, mail: MailRecord, action: string): Promise<Reply> {
  if (action === "complain") {
    await mails.change(() => mails.record(mail, "complained"));
    return redirect(`/inbox/${mail.id}`);
  }
  const offer = unsubscribeOf(mail);
  if (!offer?.oneClick) return problem(422, "This mail offers no one-click unsubscribe");
  return inboxPage(mails, mail, null, await unsubscribe(clock, offer.url));
}

/** The inbox for people: list, mail, its body, and the doors that opens, clicks and buttons go through. */
export async function inbox(mails: Mails, clock: Clock, request: Incoming): Promise<Reply | Download | undefined> {
  const { method, path, query } = request;
  if (path === "/mailbox.js" && method === "GET") return script();
  if (path === "/" && method === "GET") {
    const page = paged(findMails(mails, query), query);
    return "refused" in page ? page.refused : listPage(mails, page, query);
  }
  const match = /^\/(inbox|open|click)\/([^/]+)(?:\/([^/]+))?$/.exec(path);
  if (!match) return undefined;
  const [, door, id = "", rest] = match;
  const mail = mails.get(id);
  if (!mail) return notFoundPage();
  if (door === "inbox" && method === "POST" && (rest === "complain" || rest === "unsubscribe")) {
    return act(mails, clock, mail, rest);
  }
  if (method !== "GET") return problem(405, "Method not allowed");
  if (door === "click") return click(mails, mail, Number(rest));
  if (door === "open") {
    await mails.change(() => mails.record(mail, "opened"));
    return PIXEL;
  }
  if (rest === undefined) return inboxPage(mails, mail, query.get("view"));
  if (rest === "attachment") return attachmentOf(mail, Number(query.get("n")));
  return rest === "body" ? bodyOf(mail) : notFoundPage();
}
