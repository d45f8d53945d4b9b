import { Resend } from "resend";
import { ago, HOUR, now } from "../clock";
import { db, Prisma } from "../db";
import { emailEnv } from "../env";
import { AppError } from "../errors";
import { EVENTS, type OutgoingEvent } from "../events";
import { newId } from "../ids";
import { announce, enqueue } from "../outbox";
import { parseRetryAfter } from "../retry-after";
import { type EmailCategory, refused } from "./consent";
import { EMAIL_KINDS, type EmailKind } from "./email-kinds";
import { type Attachment, type Composed, renderEmail } from "./render-email";
import { acquireSlot, deferSend, type Priority, type Slot, slotColumns, updateRateLimit } from "./send-queue";
import { unsubscribeHeaders, unsubscribeUrl } from "./unsubscribe-link";

/** What makes an email the same email: sent once for each kind, entity and recipient (invariant I4). */
export interface EmailKey {
  kind: EmailKind;
  entityId: string;
  to: string;
}

/** Composes an email; `unsubscribe` is the link for its footer, for email that one can do without. */
export type Compose = (links: { unsubscribe?: string }) => Composed;

interface EmailRow extends Slot {
  id: string;
  status: string;
  recipient: string;
  category: EmailCategory;
  /** Whether the recipient may not get it, at the moment of reading. */
  refused: boolean;
  /** Resend may have forgotten its key, so that a try whose answer was lost would be made twice; the reconciler ends it. */
  late: boolean;
  subject: string;
  html: string;
  text: string;
  attachments: Attachment[];
}

/**
 * How long an email is tried. Resend stores an idempotency key for 24 hours: a later try could send a second email if only the
 * answer to the first one was lost.
 */
export const EMAIL_TRIED_FOR = 20 * HOUR;

let client: Resend | undefined;

export function resend(): Resend {
  const { RESEND_API_KEY, RESEND_BASE_URL } = emailEnv();
  client ??= new Resend(RESEND_API_KEY, RESEND_BASE_URL ? { baseUrl: RESEND_BASE_URL } : undefined);
  return client;
}

/**
 * Sends an email, once. It is written down, rendered, before it is sent: a second try sends the very same bytes under the
 * same key, which Resend answers as it did the first time (keys are kept for 24 hours). Who may not be emailed is read at the
 * moment of sending; such an email ends as `suppressed`. One that is too old to be sent under its key is not sent. Returns the email's id.
 *
 * @throws AppError `email_unavailable`, with `retry`, when the provider is down or asks to wait.
 */
export async function sendEmail(email: EmailKey, compose: Compose): Promise<string> {
  const row = await keep(email, compose);
  await deliver(row);
  return row.id;
}

/** Writes an email down and has a workflow send it: for requests, which never wait for an email provider. */
export async function queueEmail(email: EmailKey, compose: Compose): Promise<string> {
  const { id } = await keep(email, compose);
  await queueKept([id]);
  return id;
}

/** The same for many emails, which are announced together. */
export async function queueEmails(emails: { email: EmailKey; compose: Compose }[]): Promise<void> {
  const ids: string[] = [];
  for (const { email, compose } of emails) ids.push((await keep(email, compose)).id);
  await queueKept(ids);
}

async function queueKept(emailIds: string[]): Promise<void> {
  const events = emailIds.map(
    (emailId): OutgoingEvent => ({ name: EVENTS.EMAIL_QUEUED, id: `email-queued:${emailId}`, data: { emailId } }),
  );
  await enqueue(db(), events);
  await announce(events);
}

/** Sends an email that is written down and not sent yet; false: there is none. */
export async function deliverEmail(id: string): Promise<boolean> {
  const email = await read(Prisma.sql`id = ${id}`);
  if (email) await deliver(email);
  return email !== undefined;
}

async function read(which: Prisma.Sql): Promise<EmailRow | undefined> {
  const [email] = await db().$queryRaw<EmailRow[]>`
    SELECT id, status, recipient, category, subject, html, text, attachments,
      ${refused(Prisma.sql`recipient`, Prisma.sql`category`)} AS refused, created_at < ${ago(EMAIL_TRIED_FOR)} AS late,
      ${slotColumns(Prisma.sql`CASE WHEN category = 'transactional' THEN 'owed' ELSE 'other' END`, Prisma.sql`emails.id`)}
    FROM emails WHERE ${which}`;
  return email;
}

const priorityOf = ({ category }: EmailRow): Priority => (category === "transactional" ? "owed" : "other");

/** Writes an email down, unless it is: the first wording stays. */
async function keep({ kind, entityId, to }: EmailKey, compose: Compose): Promise<EmailRow> {
  const category = EMAIL_KINDS[kind];
  const composed = compose({ unsubscribe: unsubscribeUrl(to, category) });
  const { subject, html, text } = await renderEmail(composed);
  await db().$executeRaw`
    INSERT INTO emails (id, kind, entity_id, recipient, category, subject, html, text, attachments, status, created_at)
    VALUES (${newId("email")}, ${kind}, ${entityId}, ${to}, ${category}::email_category, ${subject}, ${html}, ${text},
      ${JSON.stringify(composed.attachments ?? [])}::jsonb, 'queued', ${now()})
    ON CONFLICT (kind, entity_id, recipient) DO NOTHING`;
  const email = await read(Prisma.sql`kind = ${kind} AND entity_id = ${entityId} AND recipient = ${to}`);
  if (!email) throw new Error("The email was not written.");
  return email;
}

async function deliver(email: EmailRow): Promise<void> {
  if (email.status !== "queued") return;
  if (email.refused) {
    await db().$executeRaw`UPDATE emails SET status = 'suppressed' WHERE id = ${email.id} AND status = 'queued'`;
    return;
  }
  if (email.late) return;
  await acquireSlot(priorityOf(email), email.id, email);
  const { recipient: to, category, subject, html, text } = email;
  const { MAIL_FROM, RESEND_TIMEOUT_MS } = emailEnv();
  // Resend's client waits for ever on its own. A call that is given up may still go through; the next one has the same key.
  const options = { idempotencyKey: email.id, signal: AbortSignal.timeout(RESEND_TIMEOUT_MS) };
  const headers = unsubscribeHeaders(to, category);
  // Comes back with each of Resend's webhooks about this email, also with one that is here before Resend's id is.
  const tags = [{ name: "email_id", value: email.id }];
  const attachments = email.attachments.map(({ filename, content }) => ({
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
  updateRateLimit(answered);
  if (error) return failed(email, error, answered);
  await db().$executeRaw`
    UPDATE emails SET status = 'sent', provider_id = ${data.id}, error = NULL, sent_at = ${now()} WHERE id = ${email.id} AND status = 'queued'`;
}

/** 4xx is final (an address that no provider would take); the rest heals or is waited for. */
async function failed(
  email: EmailRow,
  error: { message: string; name: string; statusCode: number | null },
  headers: Record<string, string> | null,
): Promise<void> {
  const status = error.statusCode ?? 0;
  const final = status >= 400 && status < 500 && ![401, 403, 409, 429].includes(status);
  await db().$executeRaw`
    UPDATE emails SET error = ${error.message}, status = ${final ? "failed" : "queued"}::email_status WHERE id = ${email.id} AND status = 'queued'`;
  if (final) return;
  if (error.name === "rate_limit_exceeded") await deferSend(priorityOf(email), email.id);
  const retry = parseRetryAfter(headers?.["retry-after"]);
  throw new AppError("email_unavailable", 503, `Email provider: ${error.message}`, { retry });
}
