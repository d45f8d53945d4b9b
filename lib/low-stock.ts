import { Prisma } from "./db";
import { storeEnv } from "./env";

/** Returns the SQL condition that the stock of inventory row `i` is low: at its own threshold, or at the default one. */
export const isLowStock = (): Prisma.Sql =>
  Prisma.sql`i.available <= coalesce(i.low_stock, ${storeEnv().STOCK_LOW}::int)`;
