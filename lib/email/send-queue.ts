import { after, now, SECOND } from "../clock";
import { db, Prisma } from "../db";
import { AppError } from "../errors";

/**
 * Whose turn it is at the email provider, whose limit counts the requests of a whole team within a second (Resend, "Usage
 * Limits"). As long as there is room, everything is sent at once and this costs nothing. What finds none is given a turn
 * of its own in a line that moves at a part of the limit, and comes back for it: so a burst of any size takes one more
 * attempt of each run, where knocking until there is room would use up the attempts of most. The line stands in the
 * database, because every process and every function sends.
 */

/** Email that is owed does not wait behind email that one can do without. */
export type Priority = "owed" | "other";

/** Of the provider's limit for each lane; the rest is for what is sent at once, and for other users of the account. */
const SHARE = 0.4;

/** What the provider takes in a second. Each answer says it; until the first one, the lowest that Resend ever named. */
let perSecond = 2;
/** Until then the limit is used up, as far as this process knows. */
let closedUntil = new Date(0);

/** Reads what an answer says of the limit; `ratelimit-reset` and `retry-after` are in seconds. */
export function updateRateLimit(headers: Record<string, string> | null): void {
  perSecond = Number(headers?.["ratelimit-limit"]) || perSecond;
  if (headers?.["ratelimit-remaining"] === "0")
    closedUntil = after((Number(headers["retry-after"] ?? headers["ratelimit-reset"]) || 1) * SECOND);
}

/** When something may be sent, and until when others stand before it; null: nobody does. */
export interface Slot {
  turnAt: Date | null;
  busyUntil: Date | null;
}

/** The columns of a `Slot` for what has this id, for the statement that reads it anyway. */
export const slotColumns = (lane: Prisma.Sql, id: Prisma.Sql) => Prisma.sql`
  (SELECT tat FROM rate_limits WHERE key = 'email-turn:' || ${id}) AS "turnAt", (SELECT tat FROM rate_limits WHERE key = 'email-lane:' || ${lane}) AS "busyUntil"`;

export async function readSlot(lane: Priority, id: string): Promise<Slot> {
  const [place] = await db().$queryRaw<Slot[]>`SELECT ${slotColumns(Prisma.sql`${lane}`, Prisma.sql`${id}`)}`;
  return place ?? { turnAt: null, busyUntil: null };
}

/**
 * Returns when it may be sent now.
 * @throws AppError `email_unavailable`, with the wait in `retry`
 */
export async function acquireSlot(lane: Priority, id: string, { turnAt, busyUntil }: Slot): Promise<void> {
  const at = now();
  if (turnAt === null && ((busyUntil ?? at) > at || closedUntil > at)) return deferSend(lane, id);
  const wait = Math.max((turnAt ?? at).getTime(), closedUntil.getTime()) - at.getTime();
  if (wait > 0) throw notYet(wait);
}

/**
 * Gives it the next free turn, because the provider has no room for it now.
 * @throws AppError `email_unavailable`, with the wait in `retry`, always
 */
export async function deferSend(lane: Priority, id: string): Promise<never> {
  const at = now();
  const from = closedUntil > at ? closedUntil : at;
  const step = Math.ceil(SECOND / (perSecond * SHARE));
  const [turn] = await db().$queryRaw<{ at: Date }[]>`
    WITH lane AS (
      INSERT INTO rate_limits AS line (key, tat) VALUES (${`email-lane:${lane}`}, ${after(step, from)}::timestamptz)
      ON CONFLICT (key) DO UPDATE SET tat = greatest(line.tat, ${from}::timestamptz) + ${step} * interval '1 millisecond' RETURNING tat
    )
    INSERT INTO rate_limits (key, tat) SELECT ${`email-turn:${id}`}, tat FROM lane
    ON CONFLICT (key) DO UPDATE SET tat = excluded.tat RETURNING tat AS at`;
  throw notYet((turn?.at ?? after(step, from)).getTime() - at.getTime());
}

const notYet = (wait: number) =>
  new AppError("email_unavailable", 503, `Email provider: its limit is used up, this has its turn in ${wait} ms.`, {
    retry: wait,
  });
