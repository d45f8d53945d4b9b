import { Prisma } from "../db";

/** How a broadcast went. What the provider has told (from `delivered` on) is of those that were sent. */
export interface Figures {
  /** Written down so far; all of them once planning is done. */
  recipients: number;
  pending: number;
  sent: number;
  /** Unsubscribed, suppressed or no longer a user when their email was due. */
  refused: number;
  failed: number;
  stopped: number;
  delivered: number;
  /** Whoever clicked has opened, whether or not the pixel was loaded. */
  opened: number;
  clicked: number;
  bounced: number;
  complained: number;
  /** When the last email came to its end. */
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

/** The `Figures` of `broadcasts b`: counted from its recipients, or as they were when those were removed. */
export const FIGURES = Prisma.sql`coalesce(b.figures, ${COUNTED})`;

/** Counts broadcasts of before for good, when all is sent; then their recipients and what was rendered can go. */
export const archival = (before: Date, limit: number): Prisma.Sql => Prisma.sql`
  UPDATE broadcasts b SET figures = ${COUNTED}, html = '', text = '' WHERE id IN (
    SELECT id FROM broadcasts o WHERE created_at < ${before} AND figures IS NULL AND (planned_at IS NOT NULL OR stopped_at IS NOT NULL)
      AND NOT EXISTS (SELECT 1 FROM broadcast_chunks c WHERE c.broadcast_id = o.id AND c.status <> 'done')
    ORDER BY created_at LIMIT ${limit} FOR UPDATE SKIP LOCKED)`;
