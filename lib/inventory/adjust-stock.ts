import { z } from "zod";
import { now } from "../clock";
import { type Tx, transaction } from "../db";
import { conflict, invalid, notFound } from "../errors";
import { answerOnce } from "../idempotency";
import { newId } from "../ids";
import { plainTextSchema } from "../text";

/** More than our warehouses can hold, and far below the limit of a 32-bit integer. */
const MAX_STOCK = 100_000_000;

/** The body of `POST /api/admin/products/{id}/stock`. */
export const stockSchema = z.strictObject({
  delta: z
    .int("must be a whole number")
    .min(-1_000_000, "must be at least -1000000")
    .max(1_000_000, "must be at most 1000000")
    .refine((delta) => delta !== 0, "must not be 0"),
  reason: plainTextSchema(500),
});

/** The body of the response to `POST /api/admin/products/{id}/stock`. */
export const adjustedSchema = z.strictObject({ productId: z.string(), available: z.int(), movementId: z.string() });

type Adjusted = z.output<typeof adjustedSchema>;

/** Who changes the stock, and the key of the request. */
interface Sender {
  by: string;
  key?: string | undefined;
}

/**
 * Changes the available stock of a product by `delta`, never below zero, and records who did it and why. Reserved stock does
 * not change. The same key is the same movement (`replayed`).
 *
 * @throws AppError `not_found` (404), `insufficient_stock`, `idempotency_key_reused` (409), `validation_failed` (422)
 */
export const adjustStock = (
  productId: string,
  request: z.output<typeof stockSchema>,
  sender: Sender,
): Promise<{ answer: Adjusted; replayed: boolean }> =>
  transaction((tx) => adjustStockWithin(tx, productId, request, sender));

/** As `adjustStock`, within a transaction. */
export async function adjustStockWithin(
  tx: Tx,
  productId: string,
  { delta, reason }: z.output<typeof stockSchema>,
  { by, key }: Sender,
): Promise<{ answer: Adjusted; replayed: boolean }> {
  const idempotent =
    key === undefined ? undefined : { scope: `stock:${productId}`, caller: by, key, body: { delta, reason } };
  const [stock] = await tx.$queryRaw<{ available: number; received: number }[]>`
    SELECT available, received FROM inventory WHERE product_id = ${productId} FOR UPDATE`;
  if (!stock) throw notFound("product");
  return answerOnce(tx, idempotent, async () => {
    const available = stock.available + delta;
    if (available < 0)
      throw conflict("insufficient_stock", `Only ${stock.available} units are available to remove.`, [
        { path: "delta", message: `only ${stock.available} available` },
      ]);
    const received = stock.received + delta;
    if (received > MAX_STOCK)
      throw invalid("The stock would exceed the maximum.", [
        { path: "delta", message: `would make more than ${MAX_STOCK}` },
      ]);
    const id = newId("mov");
    await tx.inventory.update({ where: { productId }, data: { available, received } });
    await tx.stockMovement.create({ data: { id, productId, delta, reason, by, available, at: now() } });
    return { productId, available, movementId: id };
  });
}
