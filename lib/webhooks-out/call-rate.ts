import { MINUTE, now } from "../clock";
import type { Tx } from "../db";

/**
 * At most a hundred calls to a user's endpoints in any sixty seconds, second tries included. Inngest's throttle alone does
 * not keep that: it counts the starts of runs, and as a bucket of a hundred that fills up while it is emptied, it lets up to
 * two hundred start within a first minute (server: pkg/constraintapi/lua/acquire.lua, capacity limit + burst).
 */
const CALLS = 100;
const WINDOW = MINUTE;

interface Pace {
  /** The calls of the last minute, oldest first. */
  calls: Date[];
  /** The last turn that was given to one that had to wait. */
  lineUntil: Date;
}

/**
 * Whether a call may be made now, and what its time makes of the pace; or the turn that it has to wait for. Nobody overtakes
 * who waits; whoever has a turn and is late finds the window as it is then. Pure.
 */
export function decidePace(
  { calls, lineUntil }: Pace,
  turnAt: Date | null,
  at: Date,
): { calls: Date[] } | { turn: Date } {
  const recent = calls.filter((call) => call.getTime() > at.getTime() - WINDOW);
  if (turnAt !== null && turnAt > at) return { turn: turnAt };
  const mayGo = turnAt !== null || lineUntil <= at;
  if (recent.length < CALLS && mayGo) return { calls: [...recent, at] };
  const oldest = recent.at(-CALLS);
  const free = oldest ? oldest.getTime() + WINDOW : at.getTime();
  return { turn: new Date(Math.max(lineUntil.getTime() + WINDOW / CALLS, free)) };
}

/**
 * Takes a place among the calls to a user's endpoints, within the transaction that claims the call; the row of the user's
 * pace stays locked until that ends. Returns how long to wait, in ms; 0: the call may be made.
 */
export async function takePlace(
  tx: Tx,
  userId: string,
  delivery: { id: string; turnAt: Date | null },
): Promise<number> {
  const at = now();
  const [row] = await tx.$queryRaw<{ calls: string[]; lineUntil: Date }[]>`
    INSERT INTO partner_paces (user_id, calls, line_until) VALUES (${userId}, '{}', ${at})
    ON CONFLICT (user_id) DO UPDATE SET user_id = excluded.user_id RETURNING calls, line_until AS "lineUntil"`;
  const pace = { calls: (row?.calls ?? []).map((call) => new Date(call)), lineUntil: row?.lineUntil ?? at };
  const decision = decidePace(pace, delivery.turnAt, at);
  if ("calls" in decision) {
    await tx.$executeRaw`
      WITH gone AS (UPDATE webhook_deliveries SET turn_at = NULL WHERE id = ${delivery.id} AND turn_at IS NOT NULL)
      UPDATE partner_paces SET calls = ${decision.calls}::timestamptz[] WHERE user_id = ${userId}`;
    return 0;
  }
  const { turn } = decision;
  await tx.$executeRaw`
    WITH waits AS (UPDATE webhook_deliveries SET turn_at = ${turn} WHERE id = ${delivery.id})
    UPDATE partner_paces SET line_until = greatest(line_until, ${turn}::timestamptz) WHERE user_id = ${userId}`;
  return turn.getTime() - at.getTime();
}
