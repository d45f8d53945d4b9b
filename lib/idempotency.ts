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

/** What a client's Idempotency-Key stands for: one request in one place. */
export interface IdempotentRequest {
  scope: string;
  key: string;
  body: unknown;
}

/**
 * Claims the key within `tx`. Whoever claims it first goes on (true); others wait here until that transaction has ended,
 * then see its answer (false: read it with `storedResponse`) or, if it rolled back, claim the key themselves.
 */
export async function claimIdempotencyKey(tx: Tx, { scope, key, body }: IdempotentRequest): Promise<boolean> {
  const claimed = await tx.$executeRaw`
    INSERT INTO idempotency_records (scope, key, fingerprint, created_at)
    VALUES (${scope}, ${key}, ${fingerprint(body)}, ${now()}) ON CONFLICT DO NOTHING`;
  return claimed === 1;
}

/** The part of a larger statement that keeps the answer, an SQL expression of type jsonb, under the key. */
export function storeResponse({ scope, key }: IdempotentRequest, answer: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`UPDATE idempotency_records SET response = ${answer} WHERE scope = ${scope} AND key = ${key}`;
}

/**
 * The answer that was given under the key, if any.
 * @throws AppError `idempotency_key_reused` (409) when the key came with another body.
 */
export async function storedResponse<T>(
  { scope, key, body }: IdempotentRequest,
  from: Tx = db(),
): Promise<T | undefined> {
  const [row] = await from.$queryRaw<{ fingerprint: string; response: T | null }[]>`
    SELECT fingerprint, response FROM idempotency_records WHERE scope = ${scope} AND key = ${key}`;
  if (!row) return undefined;
  if (row.fingerprint !== fingerprint(body))
    throw conflict("idempotency_key_reused", "This Idempotency-Key came with another request before.");
  return row.response ?? undefined;
}
