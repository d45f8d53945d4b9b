import { db, Prisma } from "../db";

/** Where a broadcast's mail keeps the first time of each event of Resend's. */
const COLUMNS: Record<string, string> = {
  "email.delivered": "delivered_at",
  "email.opened": "opened_at",
  "email.clicked": "clicked_at",
  "email.bounced": "bounced_at",
  "email.complained": "complained_at",
};

export interface BroadcastMailEvent {
  type: string;
  at: Date;
  /** Resend's id of the mail, which may be told before the answer to the request that sent it has been written down. */
  providerId: string;
  broadcastId: string;
  to: string[];
  /** The condition that it says more of the mail's fate than `last_event`. */
  news: Prisma.Sql;
}

/** Notes on a mail of a broadcast what became of it. Returns its address, unless there is no such mail. */
export async function noteBroadcastMailEvent(event: BroadcastMailEvent): Promise<string | undefined> {
  const { type, at, providerId, broadcastId, to, news } = event;
  const column = COLUMNS[type];
  const first = column
    ? Prisma.sql`, ${Prisma.raw(column)} = coalesce(${Prisma.raw(column)}, ${at}::timestamptz)`
    : Prisma.empty;
  const [mail] = await db().$queryRaw<{ address: string }[]>`
    UPDATE notifications SET last_event = CASE WHEN ${news} THEN ${type} ELSE last_event END ${first}
    WHERE provider_id = ${providerId} OR (broadcast_id = ${broadcastId} AND address = ANY(${to}))
    RETURNING address`;
  return mail?.address;
}
