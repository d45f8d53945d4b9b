import { z } from "zod";
import { type EmailStatus, SuppressionReason } from "@/prisma/generated/enums";
import { now } from "../clock";
import { db } from "../db";
import { conflict, notFound } from "../errors";
import { EVENTS } from "../events";
import { newId } from "../ids";
import { withOutbox } from "../outbox";
import { timeSchema } from "../view-schemas";
import { suppressionsOf } from "./consent";
import type { EmailKind } from "./email-kinds";
import { EMAIL_STATES, emailState } from "./email-states";
import { outdatedCondition } from "./outdated";

/** Emails with a link that acts for their recipient: nobody else reads or resends them. */
const PERSONAL: ReadonlySet<string> = new Set<EmailKind>([
  ...(["verify_email", "password_reset", "email_change", "account_deletion"] as const),
  ...(["expense_request", "expense_reminder", "subscription_unpaid"] as const),
]);

export const emailViewSchema = z.strictObject({
  ...{ id: z.string(), kind: z.string(), to: z.string(), subject: z.string() },
  status: z.enum(EMAIL_STATES),
  lastEvent: z.string().nullable(),
  error: z.string().nullable(),
  attachments: z.array(z.string()).describe("The names of the files."),
  content: z
    .strictObject({ html: z.string(), text: z.string() })
    .nullable()
    .describe(
      "Null if it is deleted, or personal: it has a link that acts for its recipient. For an API key, the tokens of links are replaced: token=….",
    ),
  personal: z.boolean(),
  suppressed: z.array(z.enum(SuppressionReason)).describe("Why its recipient gets no further email, or only some."),
  createdAt: timeSchema,
  sentAt: timeSchema.nullable(),
});

const filesSchema = z.array(z.looseObject({ filename: z.string() }));

/** The token of a link, such as that of an order: with it, anybody reads and changes the order. */
const TOKENS = /(?<=\btoken=)[\w.~%-]+/g;

/** Returns an email with its stored content. With `hideTokens`, its links act for nobody. @throws AppError `not_found` (404) */
export async function viewEmail(id: string, { hideTokens = false } = {}) {
  const email = await db().email.findUnique({ where: { id } });
  if (!email) return viewBroadcastEmail(id);
  const { kind, recipient: to, subject, status, lastEvent, error, html, text, createdAt, sentAt } = email;
  const personal = PERSONAL.has(kind);
  const shown = (content: string) => (hideTokens ? content.replaceAll(TOKENS, "…") : content);
  return {
    ...{ id, kind, to, subject, status, lastEvent, error, personal, createdAt, sentAt },
    attachments: filesSchema.parse(email.attachments).map(({ filename }) => filename),
    content: personal || (html === "" && text === "") ? null : { html: shown(html), text: shown(text) },
    suppressed: await suppressionsOf(to),
  };
}

/** The id of an email of a broadcast is that of the broadcast and of the user. */
async function viewBroadcastEmail(id: string) {
  const [broadcastId = "", userId = ""] = id.split(":");
  const sent = await db().notification.findUnique({
    where: { broadcastId_userId: { broadcastId, userId } },
    include: { broadcast: { select: { title: true, html: true, text: true } } },
  });
  if (!sent) throw notFound("email");
  return {
    ...{ id, kind: "broadcast", to: sent.address, subject: sent.broadcast.title, personal: false },
    status: emailState(sent.status),
    ...{ lastEvent: sent.lastEvent, error: sent.error, attachments: [] as string[], createdAt: sent.createdAt },
    content: { html: sent.broadcast.html, text: sent.broadcast.text },
    sentAt: sent.status === "sent" ? sent.endedAt : null,
    suppressed: await suppressionsOf(sent.address),
  };
}

interface ResentRow {
  kind: string;
  entityId: string;
  recipient: string;
  status: EmailStatus;
  outdated: boolean;
}

/**
 * Sends an email again, with the same content, as an email of its own. The same `key` is the same email. Consent is read again at the
 * moment of sending.
 * @throws AppError `not_found` (404); `email_personal`, `email_queued`, `email_deleted`, `email_outdated` (409)
 */
export async function resendEmail(id: string, key: string): Promise<{ emailId: string; to: string }> {
  const [row] = await db().$queryRaw<(ResentRow & { empty: boolean })[]>`
    SELECT kind, entity_id AS "entityId", recipient, status, html = '' AND text = '' AS empty, ${outdatedCondition()} AS outdated
    FROM emails m WHERE id = ${id}`;
  if (!row) throw notFound("email");
  const { kind, entityId, recipient, status, empty, outdated } = row;
  if (PERSONAL.has(kind))
    throw conflict("email_personal", "It has a personal link, which the recipient requests again.");
  if (status === "queued") throw conflict("email_queued", "It is not sent yet, and will be.");
  if (empty) throw conflict("email_deleted", "Its content is deleted, because it is old.");
  if (outdated) throw conflict("email_outdated", "Its content is not true any more.");
  const original = entityId.split(":resent:")[0] ?? entityId;
  return withOutbox(async (tx, publish) => {
    const copy = { kind, entityId: `${original}:resent:${key}`, recipient };
    await tx.$executeRaw`
      INSERT INTO emails (id, kind, entity_id, recipient, category, subject, html, text, attachments, status, created_at)
      SELECT ${newId("email")}, kind, ${copy.entityId}, recipient, category, subject, html, text, attachments, 'queued', ${now()}
      FROM emails WHERE id = ${id} ON CONFLICT (kind, entity_id, recipient) DO NOTHING`;
    const { id: emailId } = await tx.email.findUniqueOrThrow({
      where: { kind_entityId_recipient: copy },
      select: { id: true },
    });
    publish({ name: EVENTS.EMAIL_QUEUED, id: `email-queued:${emailId}`, data: { emailId } });
    return { emailId, to: recipient };
  });
}
