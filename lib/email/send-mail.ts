import { Resend } from "resend";
import { ago, now } from "../clock";
import { db, Prisma } from "../db";
import { emailEnv } from "../env";
import { AppError } from "../errors";
import { EVENTS, type OutgoingEvent } from "../events";
import { newId } from "../ids";
import { announce, enqueue } from "../outbox";
import { MAIL_TRIED_FOR } from "../reconcile/give-up-mails";
import { heedRetryAfter } from "../retry-after";
import { type MailCategory, refused } from "./consent";
import { MAIL_KINDS, type MailKind } from "./mail-kinds";
import { type Attachment, type Composed, renderMail } from "./render-mail";
import { awaitTurn, heed, type Lane, type Place, placeColumns, putOff } from "./turns";
import { unsubscribeHeaders, unsubscribeUrl } from "./unsubscribe-link";

/** What makes a mail the same mail: sent once for each kind, entity and recipient (invariant I4). */
export interface MailKey {
  kind: MailKind;
  entityId: string;
  to: string;
}

/** Composes a mail; `unsubscribe` is the link for its footer, for mail that one can do without. */
export type Compose = (links: { unsubscribe?: string }) => Composed;

interface MailRow extends Place {
  id: string;
  status: string;
  recipient: string;
  category: MailCategory;
  /** Whether the recipient may not get it, at the moment of reading. */
  refused: boolean;
  /** Resend may have forgotten its key, so that a try whose answer was lost would be made twice; the reconciler ends it. */
  late: boolean;
  subject: string;
  html: string;
  text: string;
  attachments: Attachment[];
}

let client: Resend | undefined;

export function resend(): Resend {
  const { RESEND_API_KEY, RESEND_BASE_URL } = emailEnv();
  client ??= new Resend(RESEND_API_KEY, RESEND_BASE_URL ? { baseUrl: RESEND_BASE_URL } : undefined);
  return client;
}

/**
 * Sends a mail, once. It is written down, rendered, before it is sent: a second try sends the very same bytes under the
 * same key, which Resend answers as it did the first time (keys are kept for 24 hours). Who may not be mailed is read at the
 * moment of sending; such a mail ends as `suppressed`. One that is too old to be sent under its key is not sent. Returns the mail's id.
 *
 * @throws AppError `mail_unavailable`, with `retry`, when the provider is down or asks to wait.
 */
export async function sendMail(mail: MailKey, compose: Compose): Promise<string> {
  const row = await keep(mail, compose);
  await deliver(row);
  return row.id;
}

/** Writes a mail down and has a workflow send it: for requests, which never wait for a mail provider. */
export async function queueMail(mail: MailKey, compose: Compose): Promise<string> {
  const { id } = await keep(mail, compose);
  await queueKept([id]);
  return id;
}

/** The same for many mails, which are announced together. */
export async function queueMails(mails: { mail: MailKey; compose: Compose }[]): Promise<void> {
  const ids: string[] = [];
  for (const { mail, compose } of mails) ids.push((await keep(mail, compose)).id);
  await queueKept(ids);
}

async function queueKept(mailIds: string[]): Promise<void> {
  const events = mailIds.map(
    (mailId): OutgoingEvent => ({ name: EVENTS.EMAIL_QUEUED, id: `email-queued:${mailId}`, data: { mailId } }),
  );
  await enqueue(db(), events);
  await announce(events);
}

/** Sends a mail that is written down and not sent yet; false: there is none. */
export async function deliverMail(id: string): Promise<boolean> {
  const mail = await read(Prisma.sql`id = ${id}`);
  if (mail) await deliver(mail);
  return mail !== undefined;
}

async function read(which: Prisma.Sql): Promise<MailRow | undefined> {
  const [mail] = await db().$queryRaw<MailRow[]>`
    SELECT id, status, recipient, category, subject, html, text, attachments,
      ${refused(Prisma.sql`recipient`, Prisma.sql`category`)} AS refused, created_at < ${ago(MAIL_TRIED_FOR)} AS late,
      ${placeColumns(Prisma.sql`CASE WHEN category = 'transactional' THEN 'owed' ELSE 'other' END`, Prisma.sql`mails.id`)}
    FROM mails WHERE ${which}`;
  return mail;
}

const laneOf = ({ category }: MailRow): Lane => (category === "transactional" ? "owed" : "other");

/** Writes a mail down, unless it is: the first wording stays. */
async function keep({ kind, entityId, to }: MailKey, compose: Compose): Promise<MailRow> {
  const category = MAIL_KINDS[kind];
  const composed = compose({ unsubscribe: unsubscribeUrl(to, category) });
  const { subject, html, text } = await renderMail(composed);
  await db().$executeRaw`
    INSERT INTO mails (id, kind, entity_id, recipient, category, subject, html, text, attachments, status, created_at)
    VALUES (${newId("mail")}, ${kind}, ${entityId}, ${to}, ${category}::mail_category, ${subject}, ${html}, ${text},
      ${JSON.stringify(composed.attachments ?? [])}::jsonb, 'queued', ${now()})
    ON CONFLICT (kind, entity_id, recipient) DO NOTHING`;
  const mail = await read(Prisma.sql`kind = ${kind} AND entity_id = ${entityId} AND recipient = ${to}`);
  if (!mail) throw new Error("The mail was not written.");
  return mail;
}

async function deliver(mail: MailRow): Promise<void> {
  if (mail.status !== "queued") return;
  if (mail.refused) {
    await db().$executeRaw`UPDATE mails SET status = 'suppressed' WHERE id = ${mail.id} AND status = 'queued'`;
    return;
  }
  if (mail.late) return;
  await awaitTurn(laneOf(mail), mail.id, mail);
  const { recipient: to, category, subject, html, text } = mail;
  const { MAIL_FROM, RESEND_TIMEOUT_MS } = emailEnv();
  // Resend's client waits for ever on its own. A call that is given up may still go through; the next one has the same key.
  const options = { idempotencyKey: mail.id, signal: AbortSignal.timeout(RESEND_TIMEOUT_MS) };
  const headers = unsubscribeHeaders(to, category);
  // Comes back with each of Resend's webhooks about this mail, also with one that is here before Resend's id is.
  const tags = [{ name: "mail_id", value: mail.id }];
  const attachments = mail.attachments.map(({ filename, content }) => ({
    filename,
    content: Buffer.from(content).toString("base64"),
  }));
  const letter = {
    from: MAIL_FROM,
    to,
    subject,
    html,
    text,
    headers,
    tags,
    ...(attachments.length > 0 && { attachments }),
  };
  const { data, error, headers: answered } = await resend().emails.send(letter, options);
  heed(answered);
  if (error) return failed(mail, error, answered);
  await db().$executeRaw`
    UPDATE mails SET status = 'sent', provider_id = ${data.id}, error = NULL, sent_at = ${now()} WHERE id = ${mail.id} AND status = 'queued'`;
}

/** 4xx is final (an address that no provider would take); the rest heals or is waited for. */
async function failed(
  mail: MailRow,
  error: { message: string; name: string; statusCode: number | null },
  headers: Record<string, string> | null,
): Promise<void> {
  const status = error.statusCode ?? 0;
  const final = status >= 400 && status < 500 && ![401, 403, 409, 429].includes(status);
  await db().$executeRaw`
    UPDATE mails SET error = ${error.message}, status = ${final ? "failed" : "queued"}::mail_status WHERE id = ${mail.id} AND status = 'queued'`;
  if (final) return;
  if (error.name === "rate_limit_exceeded") await putOff(laneOf(mail), mail.id);
  const retry = heedRetryAfter(headers?.["retry-after"]);
  throw new AppError("mail_unavailable", 503, `Mail provider: ${error.message}`, { retry });
}
