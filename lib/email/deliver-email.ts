import type { CreateBatchEmailOptions } from "resend";
import { now } from "../clock";
import { db, Prisma, transaction } from "../db";
import { emailEnv } from "../env";
import { newId } from "../ids";
import { withOutbox } from "../outbox";
import { type BatchResult, sendBatch } from "./send-batch";
import { type EmailRow, emailColumns, emailSentEvent, sendSaved } from "./send-email";
import { acquireSendSlot, busyUntil, deferSend, type SendSlot } from "./send-queue";
import { unsubscribeHeaders, unsubscribeUrl } from "./unsubscribe";

/**
 * Sends an email that is saved and not sent yet, with its batch if it has one. Returns whether there is an email with this id.
 * @throws AppError as `sendEmail`
 */
export async function deliverEmail(id: string): Promise<boolean> {
  const [email] = await db().$queryRaw<EmailRow[]>`SELECT ${emailColumns()} FROM emails m WHERE id = ${id}`;
  if (!email) return false;
  if (email.batchId !== null && email.status === "queued") return deliverEmailBatch(email.batchId);
  await sendSaved(email);
  return true;
}

/**
 * Sends the emails of a batch that are saved and not sent yet, in one request. Consent is read when the batch is claimed. From then
 * on its emails, and so the bytes under its idempotency key, stay the same until the outcome of the request is known. After a request
 * that certainly sent nothing, the claim is released and the retry reads consent again. Returns whether there is such a batch.
 * @throws AppError `email_unavailable`, with `retry`
 */
export async function deliverEmailBatch(id: string): Promise<boolean> {
  const [batch] = await db().$queryRaw<(SendSlot & { waits: boolean })[]>`
    SELECT min(m.created_at) AS "waitsSince", max(m.send_at) AS "sendAt", ${busyUntil(Prisma.sql`'optional'`)} AS "busyUntil",
      count(m.id) > 0 AS waits
    FROM email_batches b LEFT JOIN emails m ON m.batch_id = b.id AND m.status = 'queued' WHERE b.id = ${id} GROUP BY b.id`;
  if (!batch?.waits) return batch !== undefined;
  const saveSendAt = (sendAt: Date) =>
    db().email.updateMany({ where: { batchId: id, status: "queued" }, data: { sendAt } });
  await acquireSendSlot("optional", batch, saveSendAt);
  const claim = await claimBatch(id);
  if (claim.emails.length === 0) return true;
  const results = await sendBatch({
    ...{ key: claim.key, emails: claim.emails.map(toRequest), release: () => releaseClaim(claim) },
    defer: () => deferSend("optional", saveSendAt, batch.waitsSince),
  });
  await saveResults(claim.emails, results);
  return true;
}

/** A batch whose emails are fixed for the request under `key`. `fresh`: no earlier request can have sent them. */
type Claim = Awaited<ReturnType<typeof claimBatch>>;

async function claimBatch(id: string) {
  return transaction(async (tx) => {
    const [batch] = await tx.$queryRaw<{ key: string | null; version: number }[]>`
      SELECT idempotency_key AS key, version FROM email_batches WHERE id = ${id} FOR UPDATE`;
    const fresh = !batch?.key;
    const key = batch?.key ?? newId("batch");
    const version = (batch?.version ?? 0) + 1;
    const all = await tx.$queryRaw<EmailRow[]>`
      SELECT ${emailColumns()} FROM emails m WHERE batch_id = ${id} ORDER BY id`;
    const claim = (emails: EmailRow[]) => ({ id, key, version, fresh, emails });
    // The reconciler ends emails that are late, because Resend may have deleted the key.
    if (all.every(({ status, late }) => status !== "queued" || late)) return claim([]);
    const emails = fresh ? all.filter(canGoOut) : all;
    for (const email of all) {
      if (emails.includes(email)) continue;
      const refused = email.status === "queued" && (email.refused || email.outdated);
      const data = { ...(refused && { status: "suppressed" as const }), batchId: null, sendAt: email.crowdedUntil };
      await tx.email.updateMany({ where: { id: email.id }, data });
    }
    await tx.emailBatch.updateMany({
      where: { id },
      data: { idempotencyKey: emails.length > 0 ? key : null, version },
    });
    return claim(emails);
  });
}

const canGoOut = ({ status, refused, outdated, late, crowdedUntil }: EmailRow): boolean =>
  status === "queued" && !refused && !outdated && !late && crowdedUntil === null;

/** Releases a claim after a request that sent nothing, unless another request that used it may have sent the emails. */
async function releaseClaim({ id, version, fresh }: Claim): Promise<void> {
  if (fresh) await db().emailBatch.updateMany({ where: { id, version }, data: { idempotencyKey: null } });
}

const toRequest = ({ id, recipient: to, category, subject, html, text }: EmailRow): CreateBatchEmailOptions => ({
  ...{ from: emailEnv().MAIL_FROM, to, subject, html, text, headers: unsubscribeHeaders(unsubscribeUrl(to, category)) },
  tags: [{ name: "email_id", value: id }],
});

/** The accepted emails went out, also those that were cancelled meanwhile. */
async function saveResults(emails: EmailRow[], results: BatchResult[]): Promise<void> {
  const rows = emails.map((email, at) => ({ email, result: results[at] ?? { error: "No result came back." } }));
  const sent = rows.flatMap(({ email, result }) => ("error" in result ? [] : emailSentEvent(email)));
  const outcomes = rows.map(({ email, result }) => ({ email_id: email.id, id: null, error: null, ...result }));
  await withOutbox(
    (tx, publish) => tx.$executeRaw`
      WITH published AS (${publish.insert(sent)})
      UPDATE emails m SET status = (CASE WHEN r.error IS NULL THEN 'sent' ELSE 'failed' END)::email_status,
        provider_id = r.id, error = r.error, sent_at = CASE WHEN r.error IS NULL THEN ${now()}::timestamptz END
      FROM jsonb_to_recordset(${JSON.stringify(outcomes)}::jsonb) AS r(email_id text, id text, error text)
      WHERE m.id = r.email_id AND m.status <> 'sent' AND (m.status = 'queued' OR r.error IS NULL)`,
    { singleStatement: true },
  );
}
