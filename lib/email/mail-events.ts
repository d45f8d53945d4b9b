import { z } from "zod";
import type { MailEventType, SuppressionReason } from "@/prisma/generated/enums";
import { noteBroadcastMailEvent } from "../broadcasts/note-mail-event";
import { db, Prisma } from "../db";
import { suppressAddress } from "./suppress-address";

/** Resend's webhooks (resend.com/docs/webhooks/event-types), as far as we read them; what is new there does not stop us. */
export const resendEventSchema = z.object({
  type: z.string(),
  created_at: z.iso.datetime({ offset: true }).optional().catch(undefined),
  data: z.object({
    /** Absent where an event is not about a mail. */
    email_id: z.string().optional(),
    to: z.array(z.string()).catch([]),
    tags: z.record(z.string(), z.string()).catch({}),
    bounce: z.object({ type: z.string(), message: z.string().optional() }).optional().catch(undefined),
  }),
});

export type ResendEvent = z.output<typeof resendEventSchema>;

/** How much an event says of a mail's fate: a late "delivered" does not take back that it was opened. */
const RANK = [
  "email.sent",
  "email.delivered",
  "email.opened",
  "email.clicked",
  "email.suppressed",
  "email.bounced",
  "email.complained",
];

const RECORDED: Record<string, MailEventType> = {
  "email.opened": "opened",
  "email.clicked": "clicked",
  "email.bounced": "bounced",
  "email.complained": "complained",
};

/**
 * Whether an event says that its address must not be mailed any more. A full mailbox or a server that is down (a transient
 * bounce) does not; that Resend holds the address on its own list, after an earlier bounce or complaint, does.
 */
export function suppressionOf({ type, data }: ResendEvent): { reason: SuppressionReason; detail?: string } | null {
  if (type === "email.complained") return { reason: "complained" };
  if (type === "email.suppressed") return { reason: "bounced", detail: "On the provider's suppression list." };
  if (type === "email.bounced" && data.bounce?.type === "Permanent")
    return { reason: "bounced", detail: data.bounce.message };
  return null;
}

/** Notes on a mail what became of it, each kind of event once, and suppresses an address where the event says so. */
export async function noteMailEvent(event: ResendEvent, at: Date): Promise<void> {
  const { type, data } = event;
  const news = Prisma.sql`coalesce(array_position(${RANK}::text[], last_event), 0) < ${RANK.indexOf(type) + 1}`;
  const providerId = data.email_id ?? "";
  const broadcastId = data.tags.broadcast_id ?? "";
  const recipient =
    (await noteOwnMailEvent(event, at, news)) ??
    (await noteBroadcastMailEvent({ type, at, providerId, broadcastId, to: data.to, news }));
  const suppression = suppressionOf(event);
  // A mail that we do not know was sent from the same account at Resend; its address has bounced all the same.
  const address = recipient ?? (data.to.length === 1 ? data.to[0] : undefined);
  if (suppression && address) await suppressAddress(address, suppression.reason, suppression.detail);
}

/** The recipient of the mail, unless it is none of those sent one by one. */
async function noteOwnMailEvent({ type, data }: ResendEvent, at: Date, news: Prisma.Sql): Promise<string | undefined> {
  const recorded = RECORDED[type] ?? null;
  const [mail] = await db().$queryRaw<{ recipient: string }[]>`
    WITH mail AS (
      SELECT id, recipient FROM mails WHERE id = ${data.tags.mail_id ?? ""} OR provider_id = ${data.email_id ?? ""} LIMIT 1
    ), ranked AS (
      UPDATE mails SET last_event = ${type} FROM mail
      WHERE mails.id = mail.id AND ${news}
    ), noted AS (
      INSERT INTO mail_events (mail_id, type, at) SELECT id, ${recorded}::mail_event_type, ${at}::timestamptz FROM mail
      WHERE ${recorded}::text IS NOT NULL ON CONFLICT DO NOTHING
    )
    SELECT recipient FROM mail`;
  return mail?.recipient;
}
