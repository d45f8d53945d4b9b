import { z } from "zod";
import { now } from "./clock";
import { db, Prisma, type Tx } from "./db";
import { conflict } from "./errors";
import { fingerprint } from "./ids";

/** The header `Idempotency-Key`. */
export const idempotencyKeySchema = z
  .string()
  .min(1)
  .max(255, "must have at most 255 characters")
  .regex(/^[\x21-\x7e]+$/, "must be visible ASCII");

/**
 * A request with a client's Idempotency-Key. A key is valid within its scope, for one caller and for one body: whoever else sends
 * it makes a request of their own, and never gets the answer of another caller.
 */
export interface IdempotentRequest {
  scope: string;
  /** The id of the signed-in user; for a guest, `guest` and the address that the request is for. */
  caller: string;
  key: string;
  body: unknown;
}

/**
 * Claims the key within `tx` and returns whether this request is the first. A concurrent request waits here until the first one's
 * transaction ends. Then it gets false and reads the response with `storedResponse`, or claims the key after a rollback.
 */
export async function claimIdempotencyKey(tx: Tx, request: IdempotentRequest): Promise<boolean> {
  const { key, body } = request;
  const { count } = await tx.idempotencyRecord.createMany({
    data: { scope: scopeOf(request), key, fingerprint: fingerprint(body), createdAt: now() },
    skipDuplicates: true,
  });
  return count === 1;
}

/** Returns the UPDATE that stores the response, an SQL expression of type jsonb, as a CTE of a larger statement. */
export function responseUpdate(request: IdempotentRequest, response: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`UPDATE idempotency_records SET response = ${response} WHERE scope = ${scopeOf(request)} AND key = ${request.key}`;
}

const scopeOf = ({ scope, caller }: IdempotentRequest) => `${scope}:${caller}`;

/** Stores the response and returns it as the database does, so that the first one and its replays are the same bytes. */
export async function saveResponse<T>(tx: Tx, request: IdempotentRequest, response: T): Promise<T | undefined> {
  const [saved] = await tx.$queryRaw<{ response: T }[]>`
    ${responseUpdate(request, Prisma.sql`${JSON.stringify(response)}::jsonb`)} RETURNING response`;
  return saved?.response;
}

/** Returns the stored response, if any. @throws AppError `idempotency_key_reused` (409) for another body. */
export async function storedResponse<T>(request: IdempotentRequest, tx: Tx = db()): Promise<T | undefined> {
  const [record] = await tx.$queryRaw<{ fingerprint: string; response: T | null }[]>`
    SELECT fingerprint, response FROM idempotency_records WHERE scope = ${scopeOf(request)} AND key = ${request.key}`;
  if (!record) return undefined;
  if (record.fingerprint !== fingerprint(request.body))
    throw conflict("idempotency_key_reused", "This Idempotency-Key was used with another request.");
  return record.response ?? undefined;
}

/**
 * Does `work` within `tx`, once for a key: a later request with the same key and body gets the stored answer (`replayed`). Without
 * a key, each request does it. What `work` throws rolls the key back with the transaction.
 * @throws AppError `idempotency_key_reused` (409), and as `work`
 */
export async function answerOnce<T>(
  tx: Tx,
  request: IdempotentRequest | undefined,
  work: () => Promise<T>,
): Promise<{ answer: T; replayed: boolean }> {
  if (request && !(await claimIdempotencyKey(tx, request))) {
    const answer = await storedResponse<T>(request, tx);
    if (answer) return { answer, replayed: true };
  }
  const answer = await work();
  if (request) await saveResponse(tx, request, answer);
  return { answer, replayed: false };
}
