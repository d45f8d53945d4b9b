import { z } from "zod";
import { EmailEventType, type SuppressionReason } from "@/prisma/generated/enums";
import { db, Prisma } from "../db";
import { timeInputSchema } from "../time-schema";

/** The fields that we read of Resend's webhooks (resend.com/docs/webhooks/event-types). Unknown types and fields are accepted. */
export const resendEventSchema = z.object({
  type: z.string(),
  created_at: timeInputSchema.optional().catch(undefined),
  data: z.object({
    /** Absent in an event that is not about an email. */
    email_id: z.string().optional(),
    to: z.array(z.string()).catch([]),
    tags: z.record(z.string(), z.string()).catch({}),
    bounce: z.object({ type: z.string(), message: z.string().optional() }).optional().catch(undefined),
  }),
});

export type ResendEvent = z.output<typeof resendEventSchema>;

/** Event types by rank: a late "delivered" does not replace an earlier "opened". */
const RANK = [
  "email.sent",
  "email.delivered",
  "email.opened",
  "email.clicked",
  "email.suppressed",
  "email.bounced",
  "email.complained",
];

/**
 * Returns the reason to suppress the address of an event, or null. A transient bounce (a full mailbox, a server that is down)
 * is no reason. An address on Resend's own suppression list, after an earlier bounce or complaint, is one.
 */
export function suppressionOf({ type, data }: ResendEvent): { reason: SuppressionReason; detail?: string } | null {
  if (type === "email.complained") return { reason: "complained" };
  if (type === "email.suppressed") return { reason: "bounced", detail: "On the provider's suppression list." };
  if (type === "email.bounced" && data.bounce?.type === "Permanent")
    return { reason: "bounced", detail: data.bounce.message };
  return null;
}

/** Returns the SQL condition that an event type has a higher rank than `last_event` of the row. */
export const outranksLastEvent = (type: string): Prisma.Sql =>
  Prisma.sql`coalesce(array_position(${RANK}::text[], last_event), 0) < ${RANK.indexOf(type) + 1}`;

/** Records an event of an email, each type once. Returns the recipient, or undefined if the email is not in `emails`. */
export async function recordEmailEvent({ type, data }: ResendEvent, at: Date): Promise<string | undefined> {
  const recorded = Object.values(EmailEventType).find((recorded) => `email.${recorded}` === type) ?? null;
  const [email] = await db().$queryRaw<{ recipient: string }[]>`
    WITH email AS (
      SELECT id, recipient FROM emails WHERE id = ${data.tags.email_id ?? ""} OR provider_id = ${data.email_id ?? ""} LIMIT 1
    ), ranked AS (
      UPDATE emails SET last_event = ${type} FROM email
      WHERE emails.id = email.id AND ${outranksLastEvent(type)}
    ), recorded AS (
      INSERT INTO email_events (email_id, type, at) SELECT id, ${recorded}::email_event_type, ${at}::timestamptz FROM email
      WHERE ${recorded}::text IS NOT NULL ON CONFLICT DO NOTHING
    )
    SELECT recipient FROM email`;
  return email?.recipient;
}
