import { z } from "zod";
import { db } from "../db";
import { userNames } from "../notes";
import { countRows, pageOf, pageQuery, readCursor } from "../pagination";
import { timeInputSchema } from "../time-schema";
import { timeSchema } from "../view-schemas";

export const stockHistoryQuery = pageQuery(25);

/** A change of received stock. */
export const movementSchema = z.strictObject({
  id: z.string(),
  delta: z.int(),
  reason: z.string(),
  by: z.string().describe("The name of the user, or the import."),
  available: z.int().describe("The available units after the change."),
  at: timeSchema,
});

/** Returns a page of the changes of a product's stock, the newest first: who, why and how much. */
export async function listStockHistory(productId: string, { limit, cursor }: z.output<typeof stockHistoryQuery>) {
  const [at, id] = cursor === undefined ? [] : readCursor(cursor, z.tuple([timeInputSchema, z.string()]));
  const rows = await db().stockMovement.findMany({
    where: { productId, ...(at && { at: { lte: at }, OR: [{ at: { lt: at } }, { id: { lt: id } }] }) },
    orderBy: [{ at: "desc" }, { id: "desc" }],
    take: limit + 1,
    omit: { productId: true },
  });
  const names = await userNames(rows.map(({ by }) => by));
  return pageOf(
    rows,
    limit,
    (row) => ({ ...row, by: names(row.by) }),
    (row) => [row.at.toISOString(), row.id],
  );
}

/** Returns the number of changes of a product's stock. */
export const countStockHistory = (productId: string) =>
  countRows((limit) => db().stockMovement.count({ where: { productId }, ...limit }));
