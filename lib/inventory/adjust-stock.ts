import { z } from "zod";
import { now } from "../clock";
import { Prisma, transaction } from "../db";
import { conflict, invalid, notFound } from "../errors";
import { claimIdempotencyKey, storedResponse, storeResponse } from "../idempotency";
import { newId } from "../ids";
import { plainText } from "../text";

/** More than any warehouse of ours holds, and far from where a 32-bit integer ends. */
const MOST = 100_000_000;

/** The body of `POST /api/admin/products/{id}/stock`. */
export const stockSchema = z.strictObject({
  delta: z
    .int("must be a whole number")
    .min(-1_000_000, "must be at least -1000000")
    .max(1_000_000, "must be at most 1000000")
    .refine((delta) => delta !== 0, "must not be 0"),
  reason: plainText(500),
});

export interface Adjusted {
  productId: string;
  available: number;
  movementId: string;
}

/**
 * Something came in, or was counted out: stock that is free changes by `delta`, never below nothing, and who did it and why
 * is kept. What is set aside for orders is not touched. The same key is the same movement.
 *
 * @throws AppError `not_found` (404), `insufficient_stock`, `idempotency_key_reused` (409), `validation_failed` (422)
 */
export async function adjustStock(
  productId: string,
  { delta, reason }: z.output<typeof stockSchema>,
  { by, key }: { by: string; key?: string },
): Promise<{ answer: Adjusted; replayed: boolean }> {
  const idempotent = key === undefined ? undefined : { scope: `stock:${productId}`, key, body: { delta, reason } };
  return transaction(async (tx) => {
    const [product] = await tx.$queryRaw<{ available: number; received: number }[]>`
      SELECT i.available, i.received FROM products p JOIN inventory i ON i.product_id = p.id WHERE p.id = ${productId} FOR UPDATE OF i`;
    if (!product) throw notFound("product");
    if (idempotent && !(await claimIdempotencyKey(tx, idempotent))) {
      const answer = await storedResponse<Adjusted>(idempotent, tx);
      if (answer) return { answer, replayed: true };
    }
    const { available, received } = product;
    if (available + delta < 0)
      throw conflict("insufficient_stock", `Only ${available} are free to be taken out.`, [
        { path: "delta", message: `only ${available} available` },
      ]);
    if (received + delta > MOST)
      throw invalid("That is more than a stock can hold.", [
        { path: "delta", message: `would make more than ${MOST}` },
      ]);
    const answer: Adjusted = { productId, available: available + delta, movementId: newId("mov") };
    const keep = idempotent
      ? storeResponse(idempotent, Prisma.sql`${JSON.stringify(answer)}::jsonb`)
      : Prisma.sql`SELECT 1`;
    await tx.$executeRaw`
      WITH moved AS (UPDATE inventory SET available = available + ${delta}, received = received + ${delta} WHERE product_id = ${productId}),
      kept AS (${keep})
      INSERT INTO stock_movements (id, product_id, delta, reason, by, available, at)
      VALUES (${answer.movementId}, ${productId}, ${delta}, ${reason}, ${by}, ${answer.available}, ${now()})`;
    return { answer, replayed: false };
  });
}
