import { db, Prisma } from "./db";
import { storeEnv } from "./env";

/** Returns whether a product with this stock is low: at its own threshold, else at the default one. */
export const isLow = ({ available, lowStock }: { available: number; lowStock: number | null }): boolean =>
  available <= (lowStock ?? storeEnv().STOCK_LOW);

/** Returns the SQL threshold of inventory row `i`: its own, or the default one. */
export const lowStockThreshold = (): Prisma.Sql => Prisma.sql`coalesce(i.low_stock, ${storeEnv().STOCK_LOW}::int)`;

/** Returns the SQL condition that the stock of inventory row `i` is low. */
export const isLowStock = (): Prisma.Sql => Prisma.sql`i.available <= ${lowStockThreshold()}`;

/** Returns the same condition for Prisma's model API. */
export const lowStockFilter = (): Prisma.InventoryWhereInput => ({
  OR: [
    { lowStock: null, available: { lte: storeEnv().STOCK_LOW } },
    { available: { lte: db().inventory.fields.lowStock } },
  ],
});
