import { render } from "@react-email/render";
import { Resend } from "resend";
import { now } from "../clock";
import { db, transaction } from "../db";
import { emailEnv } from "../env";
import { AppError } from "../errors";
import { EVENTS, type OutgoingEvent } from "../events";
import { newId } from "../ids";
import { announce, enqueue } from "../outbox";
import type { Composed } from "./order-mails";

/** What makes a mail the same mail: sent once for each kind, entity and recipient (invariant I4). */
export interface MailKey {
  kind: string;
  entityId: string;
  to: string;
}

interface MailRow {
  id: string;
  status: string;
  recipient: string;
  subject: string;
  html: string;
  text: string;
}

let client: Resend | undefined;

function resend(): Resend {
  const { RESEND_API_KEY, RESEND_BASE_URL } = emailEnv();
  client ??= new Resend(RESEND_API_KEY, RESEND_BASE_URL ? { baseUrl: RESEND_BASE_URL } : undefined);
  return client;
}

/**
 * Sends a mail, once. It is written down, rendered, before it is sent: a second try sends the very same bytes under the
 * same key, which Resend answers as it did the first time (keys are kept for 24 hours). Returns the mail's id.
 *
 * @throws AppError `mail_unavailable`, with `retry`, when the provider is down or asks to wait.
 */
export async function sendMail(key: MailKey, compose: () => Composed): Promise<string> {
  const mail = (await find(key)) ?? (await write(key, compose()));
  await deliver(mail);
  return mail.id;
}

/** Writes a mail down and has a workflow send it: for requests, which never wait for a mail provider. */
export async function queueMail(key: MailKey, compose: () => Composed): Promise<string> {
  const mail = (await find(key)) ?? (await write(key, compose()));
  const event: OutgoingEvent = { name: EVENTS.EMAIL_QUEUED, id: `email-queued:${mail.id}`, data: { mailId: mail.id } };
  await transaction((tx) => enqueue(tx, [event]));
  await announce([event]);
  return mail.id;
}

/** Sends a mail that is written down and not sent yet. */
export async function deliverMail(id: string): Promise<void> {
  const [mail] = await db().$queryRaw<
    MailRow[]
  >`SELECT id, status, recipient, subject, html, text FROM mails WHERE id = ${id}`;
  if (mail) await deliver(mail);
}

async function find({ kind, entityId, to }: MailKey): Promise<MailRow | undefined> {
  const [mail] = await db().$queryRaw<MailRow[]>`
    SELECT id, status, recipient, subject, html, text FROM mails WHERE kind = ${kind} AND entity_id = ${entityId} AND recipient = ${to}`;
  return mail;
}

async function write(key: MailKey, { subject, body }: Composed): Promise<MailRow> {
  const [html, text] = await Promise.all([render(body), render(body, { plainText: true })]);
  await db().$executeRaw`
    INSERT INTO mails (id, kind, entity_id, recipient, subject, html, text, status, created_at)
    VALUES (${newId("mail")}, ${key.kind}, ${key.entityId}, ${key.to}, ${subject}, ${html}, ${text}, 'queued', ${now()})
    ON CONFLICT (kind, entity_id, recipient) DO NOTHING`;
  const mail = await find(key);
  if (!mail) throw new Error("The mail was not written.");
  return mail;
}

async function deliver(mail: MailRow): Promise<void> {
  if (mail.status !== "queued") return;
  const { subject, html, text } = mail;
  const { MAIL_FROM, RESEND_TIMEOUT_MS } = emailEnv();
  // Resend's client waits for ever on its own. A call that is given up may still go through; the next one has the same key.
  const options = { idempotencyKey: mail.id, signal: AbortSignal.timeout(RESEND_TIMEOUT_MS) };
  const letter = { from: MAIL_FROM, to: mail.recipient, subject, html, text };
  const { data, error, headers } = await resend().emails.send(letter, options);
  if (error) return failed(mail, error, headers);
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
  const wait = Number(headers?.["retry-after"]) * 1_000;
  throw new AppError("mail_unavailable", 503, `Mail provider: ${error.message}`, { retry: wait || true });
}
