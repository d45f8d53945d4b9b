import { db, Prisma } from "../db";
import { outranksLastEvent, type ResendEvent } from "../email/email-events";

/** The counts of a broadcast. Those from `delivered` on come from the provider's events. */
export interface Figures {
  /** Inserted so far; all of them once planning is done. */
  recipients: number;
  pending: number;
  sent: number;
  /** Unsubscribed, suppressed or without an account when their email was due. */
  refused: number;
  failed: number;
  stopped: number;
  delivered: number;
  /** A recipient who clicked counts as opened, even if the pixel was not loaded. */
  opened: number;
  clicked: number;
  bounced: number;
  complained: number;
  /** When the last email ended. */
  last: string | null;
}

const COUNTED = Prisma.sql`(
  SELECT json_build_object(
    'recipients', count(*), 'pending', count(*) FILTER (WHERE status IN ('pending', 'sending')),
    'sent', count(*) FILTER (WHERE status = 'sent'), 'refused', count(*) FILTER (WHERE status = 'refused'),
    'failed', count(*) FILTER (WHERE status = 'failed'), 'stopped', count(*) FILTER (WHERE status = 'stopped'),
    'delivered', count(delivered_at), 'opened', count(coalesce(opened_at, clicked_at)), 'clicked', count(clicked_at),
    'bounced', count(bounced_at), 'complained', count(complained_at), 'last', max(ended_at))::jsonb
  FROM notifications n WHERE n.broadcast_id = b.id)`;

/** The SQL expression for the `Figures` of `broadcasts b`: the archived ones, or counted from its recipients. */
export const FIGURES = Prisma.sql`coalesce(b.figures, ${COUNTED})`;

/** Returns the UPDATE that archives the figures of finished broadcasts, so that their recipients can be deleted. */
export const archival = (before: Date, limit: number): Prisma.Sql => Prisma.sql`
  UPDATE broadcasts b SET figures = ${COUNTED}, html = '', text = '' WHERE id IN (
    SELECT id FROM broadcasts o WHERE created_at < ${before} AND figures IS NULL AND (planned_at IS NOT NULL OR stopped_at IS NOT NULL)
      AND NOT EXISTS (SELECT 1 FROM broadcast_chunks c WHERE c.broadcast_id = o.id AND c.status <> 'done')
    ORDER BY created_at LIMIT ${limit} FOR UPDATE SKIP LOCKED)`;

/** The events whose first time is stored, each in the column `<event>_at`. */
const TIMED = ["delivered", "opened", "clicked", "bounced", "complained"];

/** Records an event of a broadcast's email. Returns its address, or undefined if it is no email of a broadcast. */
export async function recordBroadcastEmailEvent({ type, data }: ResendEvent, at: Date): Promise<string | undefined> {
  const timed = TIMED.find((event) => `email.${event}` === type);
  const column = Prisma.raw(`${timed}_at`);
  const first = timed ? Prisma.sql`, ${column} = coalesce(${column}, ${at}::timestamptz)` : Prisma.empty;
  // The tag identifies it too, because an event can arrive before the answer with the provider's id is saved.
  const [email] = await db().$queryRaw<{ address: string }[]>`
    UPDATE notifications SET last_event = CASE WHEN ${outranksLastEvent(type)} THEN ${type} ELSE last_event END ${first}
    WHERE provider_id = ${data.email_id ?? ""} OR (broadcast_id = ${data.tags.broadcast_id ?? ""} AND address = ANY(${data.to}))
    RETURNING address`;
  return email?.address;
}
