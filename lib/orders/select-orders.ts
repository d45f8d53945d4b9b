import { db, Prisma } from "../db";
import { countRows, type Total } from "../pagination";

/** Orders, selected by conditions on `orders o`. */
export interface OrderSelection {
  /** Conditions on the time when they were placed. */
  placed: Prisma.Sql[];
  others: Prisma.Sql[];
  /** The condition that they have a text as a part of their address or name, if one is sought. */
  text?: Prisma.Sql;
}

/** Returns a selection of all orders, to which conditions are added. */
export const allOrders = (): OrderSelection => ({ placed: [], others: [] });

const SORTS = {
  newest: Prisma.sql`o.created_at DESC, o.id DESC`,
  oldest: Prisma.sql`o.created_at, o.id`,
  highest: Prisma.sql`o.total_amount DESC, o.id DESC`,
  lowest: Prisma.sql`o.total_amount, o.id`,
};

export type OrderSort = keyof typeof SORTS;

/** What Prisma's models need to read the orders of a page in the same order. */
export const ORDER_BY = {
  newest: [{ createdAt: "desc" }, { id: "desc" }],
  oldest: [{ createdAt: "asc" }, { id: "asc" }],
  highest: [{ totalAmount: "desc" }, { id: "desc" }],
  lowest: [{ totalAmount: "asc" }, { id: "asc" }],
} as const;

interface OrderPage {
  sort: OrderSort;
  limit: number;
  skip?: number;
}

/**
 * A text that many orders have fills a page within so many orders. Those of any other text are found by the index of trigrams, all
 * of them. PostgreSQL cannot choose between the two: it expects the orders that match to be spread evenly.
 */
const ORDERS_READ_IN_ORDER = 2_000;

/** Returns the ids of a page of orders. Their parts are read afterwards, for which PostgreSQL would read those of every match. */
export function readOrderIds({ placed, others, text }: OrderSelection, page: OrderPage): Promise<string[]> {
  const { limit, skip = 0 } = page;
  const order = SORTS[page.sort];
  const inPage = Prisma.sql`ORDER BY ${order} LIMIT ${limit} OFFSET ${skip}`;
  if (!text) return readIds(Prisma.sql`SELECT o.id FROM orders o WHERE ${all([...placed, ...others])} ${inPage}`);
  const last = limit + skip;
  return readIds(Prisma.sql`
    WITH next AS MATERIALIZED (
      SELECT o.id, o.created_at, o.total_amount
      FROM (SELECT * FROM orders o WHERE ${all(placed)} ORDER BY ${order} LIMIT ${ORDERS_READ_IN_ORDER}) o
      WHERE ${all([...others, text])} ORDER BY ${order} LIMIT ${last}
    ), indexed AS MATERIALIZED (
      SELECT o.id, o.created_at, o.total_amount FROM orders o
      WHERE ${all([...placed, ...others, text])} AND (SELECT count(*) FROM next) < ${last}
    )
    SELECT o.id FROM (
      SELECT * FROM next WHERE (SELECT count(*) FROM next) = ${last} UNION ALL SELECT * FROM indexed) o ${inPage}`);
}

/** Returns the number of orders in a selection. */
export const countOrders = ({ placed, others, text }: OrderSelection): Promise<Total> =>
  countRows(async ({ take }) => {
    const [row] = await db().$queryRaw<{ found: number }[]>`
      SELECT count(*)::int AS found FROM (
        SELECT 1 FROM orders o WHERE ${all([...placed, ...others, ...(text ? [text] : [])])} LIMIT ${take}) counted`;
    return row?.found ?? 0;
  });

const all = (conditions: Prisma.Sql[]): Prisma.Sql =>
  conditions.length > 0 ? Prisma.join(conditions, " AND ") : Prisma.sql`true`;

/** Returns the ids that a statement reads. */
export async function readIds(statement: Prisma.Sql): Promise<string[]> {
  const rows = await db().$queryRaw<{ id: string }[]>(statement);
  return rows.map(({ id }) => id);
}
