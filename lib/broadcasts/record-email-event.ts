import { db, Prisma } from "../db";
import { outranksLastEvent, type ResendEvent } from "../email/email-events";

/** The column that stores the first time of each event type. */
const COLUMNS: Record<string, string> = {
  "email.delivered": "delivered_at",
  "email.opened": "opened_at",
  "email.clicked": "clicked_at",
  "email.bounced": "bounced_at",
  "email.complained": "complained_at",
};

/** Records an event of a broadcast's email. Returns its address, or undefined if it is no email of a broadcast. */
export async function recordBroadcastEmailEvent({ type, data }: ResendEvent, at: Date): Promise<string | undefined> {
  const column = COLUMNS[type];
  const first = column
    ? Prisma.sql`, ${Prisma.raw(column)} = coalesce(${Prisma.raw(column)}, ${at}::timestamptz)`
    : Prisma.empty;
  // The tag identifies it too, because an event can arrive before the answer with the provider's id is saved.
  const [email] = await db().$queryRaw<{ address: string }[]>`
    UPDATE notifications SET last_event = CASE WHEN ${outranksLastEvent(type)} THEN ${type} ELSE last_event END ${first}
    WHERE provider_id = ${data.email_id ?? ""} OR (broadcast_id = ${data.tags.broadcast_id ?? ""} AND address = ANY(${data.to}))
    RETURNING address`;
  return email?.address;
}
