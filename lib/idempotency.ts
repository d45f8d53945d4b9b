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

/** A request with a client's Idempotency-Key. A key is valid within its scope and for one body. */
export interface IdempotentRequest {
  scope: string;
  key: string;
  body: unknown;
}

/**
 * Claims the key within `tx` and returns whether this request is the first. A concurrent request waits here until the first one's
 * transaction ends. Then it gets false and reads the response with `storedResponse`, or claims the key after a rollback.
 */
export async function claimIdempotencyKey(tx: Tx, { scope, key, body }: IdempotentRequest): Promise<boolean> {
  const { count } = await tx.idempotencyRecord.createMany({
    data: { scope, key, fingerprint: fingerprint(body), createdAt: now() },
    skipDuplicates: true,
  });
  return count === 1;
}

/** Returns the UPDATE that stores the response, an SQL expression of type jsonb, as a CTE of a larger statement. */
export function responseUpdate({ scope, key }: IdempotentRequest, response: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`UPDATE idempotency_records SET response = ${response} WHERE scope = ${scope} AND key = ${key}`;
}

/** Stores the response and returns it as the database does, so that the first one and its replays are the same bytes. */
export async function saveResponse<T>(tx: Tx, request: IdempotentRequest, response: T): Promise<T | undefined> {
  const [saved] = await tx.$queryRaw<{ response: T }[]>`
    ${responseUpdate(request, Prisma.sql`${JSON.stringify(response)}::jsonb`)} RETURNING response`;
  return saved?.response;
}

/** Returns the stored response, if any. @throws AppError `idempotency_key_reused` (409) for another body. */
export async function storedResponse<T>(
  { scope, key, body }: IdempotentRequest,
  tx: Tx = db(),
): Promise<T | undefined> {
  const [record] = await tx.$queryRaw<{ fingerprint: string; response: T | null }[]>`
    SELECT fingerprint, response FROM idempotency_records WHERE scope = ${scope} AND key = ${key}`;
  if (!record) return undefined;
  if (record.fingerprint !== fingerprint(body))
    throw conflict("idempotency_key_reused", "This Idempotency-Key was used with another request.");
  return record.response ?? undefined;
}
