import { z } from "zod";
import { db } from "../db";
import { invalid } from "../errors";
import { adjustStock } from "../inventory/adjust-stock";
import { refundOrder, refundSchema } from "../payments/refund-order";

/** The body of `POST /api/admin/orders/{id}/refund`. */
export const refundAndRestockSchema = refundSchema.extend({
  restock: z
    .boolean()
    .optional()
    .describe("Whether the named items are in the stock again. They are added as a stock movement."),
});

/**
 * Requests a refund as `refundOrder` does, and adds its items to the stock if they can be sold again. A repetition with the same
 * key completes what a crash has left undone, and adds nothing twice.
 * @throws AppError as `refundOrder`; `validation_failed` (422) for `restock` without items
 */
export async function refundAndRestock(
  orderId: string,
  { restock, ...request }: z.output<typeof refundAndRestockSchema>,
  { by, key }: { by: string; key: string },
): Promise<Awaited<ReturnType<typeof refundOrder>>> {
  const items = request.items ?? [];
  if (restock && items.length === 0)
    throw invalid("The request is not valid.", [{ path: "restock", message: "needs the items that come back" }]);
  const refunded = await refundOrder(orderId, request, { by, key });
  if (!restock) return refunded;
  const order = await db().order.findUniqueOrThrow({ where: { id: orderId }, select: { number: true } });
  for (const { productId, quantity } of items)
    await adjustStock(
      productId,
      { delta: quantity, reason: `Back in stock, order ${order.number} was refunded` },
      { by, key: `restock:${refunded.answer.id}` },
    );
  return refunded;
}
