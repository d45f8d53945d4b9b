import { CHALLENGE_HEADER, challengeSiteKey, isSolved } from "./challenge";
import { clientAddress } from "./client-address";
import { after, HOUR, now } from "./clock";
import { db, Prisma } from "./db";
import { appEnv, authEnv } from "./env";
import { AppError } from "./errors";
import { fingerprint } from "./ids";

/*
 * Limits of what one client can try: a stranger tests stolen cards and guesses coupon codes, each time with another email address.
 * A client's failures within an hour are counted: declined and abandoned payments, and refused coupon codes.
 */

/** A client that asks for a payment. */
export interface Client {
  /** A keyed hash of its address. Undefined if the address is unknown. */
  key?: string;
  /** It has solved the challenge of this request. */
  solved: boolean;
}

/** After this many failures a payment needs a solved challenge, if the shop has one. */
const CHALLENGE_FROM = 3;

/**
 * Returns the client of a request. `challenge` is the token of a form; an API request has it in the header `Challenge-Token`.
 * @throws AppError `challenge_unavailable` (503)
 */
export async function identifyClient(headers: Headers, challenge = headers.get(CHALLENGE_HEADER)): Promise<Client> {
  const address = clientAddress(headers);
  return {
    ...(address !== "unknown" && { key: fingerprint([authEnv().AUTH_SECRET, address]).slice(0, 32) }),
    solved: Boolean(challenge) && (await isSolved(challenge ?? "")),
  };
}

const intervalMs = () => Math.ceil(HOUR / appEnv().CLIENT_FAILURES_PER_HOUR);

/** The bucket of a client, an SQL expression of type text. It is null for an unknown client. */
const bucketOf = (client: Prisma.Sql) => Prisma.sql`'client-failures:' || ${client}`;

/** Returns the SQL expression for the end of a client's failures: each one adds its share of an hour. Null: there are none. */
export const failuresUntil = (client: Prisma.Sql): Prisma.Sql =>
  Prisma.sql`(SELECT tat FROM rate_limits WHERE key = ${bucketOf(client)})`;

/** Returns the INSERT that counts a failure of a client, as a CTE of a larger statement. An unknown client has no count. */
export const failureInsert = (client: Prisma.Sql, at = now()): Prisma.Sql => Prisma.sql`
  INSERT INTO rate_limits AS bucket (key, tat)
  SELECT b.key, ${after(intervalMs(), at)}::timestamptz FROM (SELECT ${bucketOf(client)} AS key) b WHERE b.key IS NOT NULL
  ON CONFLICT (key) DO UPDATE SET tat = greatest(bucket.tat, ${at}::timestamptz) + ${intervalMs()} * interval '1 millisecond'`;

/** Counts a failure of a client, outside the transaction that it has rolled back. */
export async function recordFailure({ key }: Client): Promise<void> {
  if (key) await db().$executeRaw`${failureInsert(Prisma.sql`${key}::text`)}`;
}

/** Returns how long (ms) a client with these failures must wait for its next payment. 0: it need not wait. */
export function waitAfterFailures(until: Date | null): number {
  const limit = (appEnv().CLIENT_FAILURES_PER_HOUR - 1) * intervalMs();
  return Math.max(0, (until?.getTime() ?? 0) - now().getTime() - limit);
}

/**
 * Refuses a payment of a client with too many failures.
 * @throws AppError `too_many_failures` (429) with the wait in `retry`; `challenge_required` (403) with the `siteKey`
 */
export function checkFailures({ solved }: Client, until: Date | null): void {
  const retry = waitAfterFailures(until);
  if (retry > 0)
    throw new AppError("too_many_failures", 429, "Too many payments have failed; try again later.", { retry });
  const siteKey = challengeSiteKey();
  const few = (until?.getTime() ?? 0) - now().getTime() <= (CHALLENGE_FROM - 1) * intervalMs();
  if (siteKey === undefined || solved || few) return;
  throw new AppError("challenge_required", 403, "Please confirm that you are a person.", { details: { siteKey } });
}
