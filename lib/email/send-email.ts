import { setImmediate } from "node:timers/promises";
import type { ErrorResponse } from "resend";
import { ago, HOUR, now, SECOND } from "../clock";
import { db, Prisma, type Tx } from "../db";
import { encrypted } from "../encryption";
import { authEnv, emailEnv } from "../env";
import { AppError, parseRetryAfter } from "../errors";
import { EVENTS, type OutgoingEvent } from "../events";
import { fingerprint, newId } from "../ids";
import { type Publish, withOutbox } from "../outbox";
import { type EmailCategory, refusedCondition } from "./consent";
import { EMAIL_KINDS, type EmailKind } from "./email-kinds";
import { outdatedCondition } from "./outdated";
import { type Attachment, type Composed, renderEmail } from "./render-email";
import { MAX_BATCH_SIZE } from "./send-batch";
import {
  acquireSendSlot,
  busyUntil,
  deferSend,
  isConfigurationError,
  type Priority,
  resend,
  type SendSlot,
  updateRateLimit,
} from "./send-queue";
import { unsubscribeHeaders, unsubscribeUrl } from "./unsubscribe";

/** Identifies an email: it is sent once for each kind, entity and recipient (invariant I4). */
export interface EmailKey {
  kind: EmailKind;
  entityId: string;
  to: string;
}

/** Composes an email; `unsubscribe` is the link for the footer of optional email. */
export type Compose = (links: { unsubscribe?: string }) => Composed;

export interface EmailRow extends SendSlot {
  id: string;
  kind: string;
  status: string;
  recipient: string;
  category: EmailCategory;
  /** Whether the recipient may not get it, at the moment of reading. */
  refused: boolean;
  /** Whether its content has become untrue, at the moment of reading. */
  outdated: boolean;
  /** When its recipient may get another email of its kind; null: now. */
  crowdedUntil: Date | null;
  /** Whether Resend may have deleted its key, so that a retry after a lost answer would be a second email. */
  late: boolean;
  subject: string;
  html: string;
  text: string;
  attachments: Attachment[];
  /** The batch with which it goes out. */
  batchId: string | null;
}

/**
 * How long an email is retried. Resend stores an idempotency key for 24 hours: a later attempt could send a second email if
 * only the answer to the first one was lost. The reconciler ends older emails.
 */
export const MAX_EMAIL_AGE_MS = 20 * HOUR;

/**
 * Sends an email once and returns its id. The rendered email is saved first: a retry sends the same bytes under the same key,
 * which Resend answers as it did the first time. Consent is read at the moment of sending, and whether the email is still true;
 * otherwise it ends as `suppressed`. An email that is older than `MAX_EMAIL_AGE_MS` is not sent.
 * @throws AppError `email_unavailable`, with `retry`, when the provider is down or its limit is used up; `email_deferred`, with
 *   `retry`, when the recipient has received too many
 */
export async function sendEmail(email: EmailKey, compose: Compose): Promise<string> {
  const row = await saveEmail(email, compose);
  await sendSaved(row);
  return row.id;
}

/**
 * Saves an email, which a workflow then sends, and returns its id. For requests, which do not wait for an email provider. `within`:
 * the transaction of the change that the email is about.
 */
export async function queueEmail(
  email: EmailKey,
  compose: Compose,
  within?: { tx: Tx; publish: Publish },
): Promise<string> {
  const { id: emailId } = await saveEmail(email, compose, within?.tx);
  const event: OutgoingEvent = { name: EVENTS.EMAIL_QUEUED, id: `email-queued:${emailId}`, data: { emailId } };
  if (within) within.publish(event);
  else await withOutbox(async (_, publish) => publish(event), { singleStatement: true });
  return emailId;
}

/** Saves optional emails, which a workflow then sends in one request for each hundred. An email that exists stays as it is. */
export async function queueEmailBatch(emails: { email: EmailKey; compose: Compose }[]): Promise<void> {
  for (let from = 0; from < emails.length; from += MAX_BATCH_SIZE) {
    const batchId = newId("batch");
    const rows: Awaited<ReturnType<typeof composeRow>>[] = [];
    for (const { email, compose } of emails.slice(from, from + MAX_BATCH_SIZE)) {
      rows.push(await composeRow(email, compose));
      // A hundred emails take long to render, and requests are answered between them.
      await setImmediate();
    }
    const event: OutgoingEvent = { name: EVENTS.EMAIL_BATCH_QUEUED, id: `email-queued:${batchId}`, data: { batchId } };
    const at = now();
    await withOutbox(
      (tx, publish) => tx.$executeRaw`
        WITH batch AS (INSERT INTO email_batches (id, created_at) VALUES (${batchId}, ${at})
        ), published AS (${publish.insert([event], at)})
        INSERT INTO emails (id, kind, entity_id, recipient, category, subject, html, text, status, batch_id, created_at)
        SELECT id, kind, "entityId", recipient, category, subject, html, text, 'queued', ${batchId}, ${at}::timestamptz
        FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
          AS r(id text, kind text, "entityId" text, recipient text, category email_category, subject text, html text, text text)
        ON CONFLICT (kind, entity_id, recipient) DO NOTHING`,
      { singleStatement: true },
    );
  }
}

/**
 * The SQL expression for the time at which the recipient of email `m` may get another one of its kind: an hour after the first of
 * the last `EMAILS_PER_HOUR` that were sent. A stranger can have emails sent to anybody's address, and to every manager.
 */
const crowdedUntil = () => Prisma.sql`(
  SELECT s.sent_at + interval '1 hour' FROM emails s
  WHERE s.recipient = m.recipient AND s.kind = m.kind AND s.created_at > ${ago(MAX_EMAIL_AGE_MS + HOUR)} AND s.sent_at > ${ago(HOUR)}
  ORDER BY s.sent_at DESC OFFSET ${emailEnv().EMAILS_PER_HOUR - 1} LIMIT 1)`;

const crowded = (until: Date) =>
  new AppError("email_deferred", 503, "The recipient has received many emails of this kind within the last hour.", {
    retry: Math.max(SECOND, until.getTime() - now().getTime()),
  });

const PRIORITY = Prisma.sql`CASE WHEN m.category = 'transactional' THEN 'transactional' ELSE 'optional' END`;

/** The columns of `EmailRow`, of an email `m`. */
export const emailColumns =
  () => Prisma.sql`m.id, m.batch_id AS "batchId", m.kind, m.status, m.recipient, m.category, m.subject, m.html, m.text, m.attachments,
  m.send_at AS "sendAt", m.created_at AS "waitsSince", ${busyUntil(PRIORITY)} AS "busyUntil", m.created_at < ${ago(MAX_EMAIL_AGE_MS)} AS late,
  ${refusedCondition(Prisma.sql`m.recipient`, Prisma.sql`m.category`)} AS refused,
  ${outdatedCondition()} AS outdated, ${crowdedUntil()} AS "crowdedUntil"`;

async function composeRow({ kind, entityId, to: recipient }: EmailKey, compose: Compose) {
  const category = EMAIL_KINDS[kind];
  const composed = compose({ unsubscribe: unsubscribeUrl(recipient, category) });
  const { attachments = [] } = composed;
  return { id: newId("email"), kind, entityId, recipient, category, attachments, ...(await renderEmail(composed)) };
}

/** Saves an email unless it exists. The first version stays. */
async function saveEmail(key: EmailKey, compose: Compose, tx: Tx = db()): Promise<EmailRow> {
  const { id, kind, entityId, recipient, category, subject, html, text, attachments } = await composeRow(key, compose);
  // The update changes nothing. Without it, nothing would be returned for an email that exists.
  const [email] = await tx.$queryRaw<EmailRow[]>`
    INSERT INTO emails AS m (id, kind, entity_id, recipient, category, subject, html, text, attachments, status, created_at)
    VALUES (${id}, ${kind}, ${entityId}, ${recipient}, ${category}::email_category, ${subject}, ${html}, ${text}, ${JSON.stringify(attachments)}::jsonb, 'queued', ${now()})
    ON CONFLICT (kind, entity_id, recipient) DO UPDATE SET kind = m.kind
    RETURNING ${emailColumns()}`;
  if (!email) throw new Error("The email was not saved.");
  return email;
}

/** Sends a saved email, unless it goes out with a batch. */
export async function sendSaved(email: EmailRow): Promise<void> {
  const { id, recipient: to, category, subject, html, text } = email;
  if (email.status !== "queued" || email.batchId !== null) return;
  if (email.refused || email.outdated) {
    await db().email.updateMany({ where: { id, status: "queued" }, data: { status: "suppressed" } });
    return;
  }
  if (email.late) return;
  if (email.crowdedUntil) {
    await saveSendAt(id)(email.crowdedUntil);
    throw crowded(email.crowdedUntil);
  }
  await acquireSendSlot(priorityOf(email), email, saveSendAt(id));
  const { MAIL_FROM, RESEND_TIMEOUT_MS } = emailEnv();
  const attachments = email.attachments.map(({ filename, content }) => ({
    filename,
    content: Buffer.from(content).toString("base64"),
  }));
  const { data, error, headers } = await resend().emails.send(
    {
      from: MAIL_FROM,
      to,
      subject,
      html,
      text,
      headers: unsubscribeHeaders(unsubscribeUrl(to, category)),
      // Resend's webhooks return it, also a webhook that arrives before the answer with Resend's id.
      tags: [{ name: "email_id", value: id }],
      ...(attachments.length > 0 && { attachments }),
    },
    // Resend's client has no timeout. A request that timed out may still succeed; a retry has the same key.
    { idempotencyKey: id, signal: AbortSignal.timeout(RESEND_TIMEOUT_MS) },
  );
  updateRateLimit(headers);
  // An earlier request with this key was accepted. Its id is unknown: a deploy has changed the sender or the links since.
  if (error?.name === "invalid_idempotent_request") return saveSent(email, null);
  if (error) return saveFailure(email, error, headers);
  await saveSent(email, data.id);
}

/** Returns the event of an email that went out. It is for others to listen to, so its address is hashed. */
export function emailSentEvent({
  id,
  kind,
  recipient,
  subject,
}: Pick<EmailRow, "id" | "kind" | "recipient" | "subject">): OutgoingEvent {
  const to = fingerprint([authEnv().AUTH_SECRET, recipient]).slice(0, 32);
  const data = { emailId: id, kind, to, subject, ...encrypted({ to: recipient }) };
  return { name: EVENTS.EMAIL_SENT, id: `email-sent:${id}`, data };
}

/** The email went out, also if it was cancelled meanwhile. */
async function saveSent(email: EmailRow, providerId: string | null): Promise<void> {
  const { id } = email;
  await withOutbox(
    (tx, publish) => tx.$executeRaw`
      WITH published AS (${publish.insert([emailSentEvent(email)])})
      UPDATE emails SET status = 'sent', provider_id = ${providerId}, error = NULL, sent_at = ${now()} WHERE id = ${id} AND status <> 'sent'`,
    { singleStatement: true },
  );
}

const priorityOf = ({ category }: EmailRow): Priority => (category === "transactional" ? category : "optional");

const saveSendAt = (id: string) => (sendAt: Date) => db().email.updateMany({ where: { id }, data: { sendAt } });

/** Most 4xx are final, such as an address that no provider accepts. Other errors are temporary. */
async function saveFailure(
  email: EmailRow,
  error: ErrorResponse,
  headers: Record<string, string> | null,
): Promise<void> {
  const { id } = email;
  const status = error.statusCode ?? 0;
  const final = status >= 400 && status < 500 && ![409, 429].includes(status) && !isConfigurationError(error);
  await db().email.updateMany({
    where: { id, status: "queued" },
    data: { error: error.message, status: final ? "failed" : "queued" },
  });
  if (final) return;
  if (error.name === "rate_limit_exceeded") await deferSend(priorityOf(email), saveSendAt(id), email.waitsSince);
  const retry = parseRetryAfter(headers?.["retry-after"]);
  throw new AppError("email_unavailable", 503, `Email provider: ${error.message}`, { retry });
}

/** Returns the UPDATE that cancels queued emails, for the statement that makes their content outdated. */
export function queuedEmailCancellation(kind: EmailKind, entityId: string): Prisma.Sql {
  return Prisma.sql`UPDATE emails SET status = 'suppressed' WHERE kind = ${kind} AND entity_id = ${entityId} AND status = 'queued'`;
}
