import { z } from "zod";
import { parseJson } from "../stand-in/faults";
import { type Incoming, json, problem, type Reply } from "../stand-in/http";
import { addressOf } from "./addresses";
import { EVENT_TYPES, type MailRecord, unpack } from "./mail";
import type { Mails } from "./mails";
import { paged } from "./paging";

const eventBody = z.strictObject({
  type: z
    .string()
    .transform((type) => type.replace(/^email\./, ""))
    .pipe(z.enum(EVENT_TYPES)),
  /** The link, for `clicked`. */
  link: z.string().optional(),
});

export const findMails = function* (mails: Mails, params: URLSearchParams): Generator<MailRecord> {
  const to = params.get("to")?.trim() || undefined;
  const subject = params.get("subject")?.toLowerCase();
  const words = params.get("q")?.trim().toLowerCase();
  for (const mail of mails.newestFirst(to && (addressOf(to) ?? to))) {
    if (subject && !mail.subject.toLowerCase().includes(subject)) continue;
    if (
      !words ||
      [mail.subject, ...mail.to, ...mail.cc, ...mail.bcc].some((text) => text.toLowerCase().includes(words))
    )
      yield mail;
  }
};

function messageOf(mails: Mails, mail: MailRecord) {
  const { id, from, to, cc, bcc, replyTo, subject, headers, tags, attachments } = mail;
  return {
    id,
    from,
    to,
    cc,
    bcc,
    replyTo,
    subject,
    html: unpack(mail.html),
    text: unpack(mail.text),
    headers,
    tags,
    attachments: attachments.map(({ filename }) => filename),
    at: new Date(mail.at).toISOString(),
    events: (mails.state(id)?.events ?? []).map((event) => ({ ...event, at: new Date(event.at).toISOString() })),
  };
}

/** `GET /messages`, `GET /messages/{id}` and `POST /messages/{id}/events`: the mailbox for tests. */
export async function messageDoors(mails: Mails, request: Incoming): Promise<Reply | undefined> {
  if (request.path === "/messages" && request.method === "GET") {
    const page = paged(findMails(mails, request.query), request.query);
    if ("refused" in page) return page.refused;
    return json(200, { items: page.items.map((mail) => messageOf(mails, mail)), nextCursor: page.nextCursor });
  }
  const match = /^\/messages\/([^/]+)(\/events)?$/.exec(request.path);
  if (!match) return undefined;
  const mail = mails.get(match[1] ?? "");
  if (!mail) return problem(404, "No such message");
  if (!match[2])
    return request.method === "GET" ? json(200, messageOf(mails, mail)) : problem(405, "Method not allowed");
  if (request.method !== "POST") return problem(405, "Method not allowed");
  const parsed = parseJson(eventBody, request.body);
  if (!parsed.ok) return parsed.reply;
  const { type, link } = parsed.value;
  await mails.change(() => mails.record(mail, type, link));
  return json(202, messageOf(mails, mail));
}
