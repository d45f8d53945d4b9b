import { z } from "zod";
import { OrderStatus } from "@/prisma/generated/enums";
import { csvLine } from "../csv";
import { db, Prisma } from "../db";

/** The query of `GET /api/admin/exports/orders.csv`: of one status, placed at or after `from` and before `to`. */
export const exportQuerySchema = z.strictObject({
  status: z.enum(OrderStatus).optional(),
  from: z.iso.datetime().optional(),
  to: z.iso.datetime().optional(),
});

interface Row {
  id: string;
  number: number;
  status: string;
  created_at: Date;
  email: string;
  name: string | null;
  currency: string;
  total: number;
  captured: number;
  refunded: number;
  items: string;
}

/** Orders read at a time. */
const PAGE = 500;

const HEADER = [
  ...["number", "id", "status", "placed_at", "email", "name"],
  ...["currency", "total", "captured", "refunded", "items"],
];

/**
 * The orders as CSV, the oldest first, a page of them at a time: memory does not grow with their number. Amounts are in minor
 * units. Each page is read as of its own moment, by a cursor, so that no transaction is held open for a slow reader.
 */
export async function* exportOrders(query: z.output<typeof exportQuerySchema>): AsyncGenerator<string> {
  yield csvLine(HEADER);
  let after: Row | undefined;
  for (;;) {
    const rows = await readPage(query, after);
    if (rows.length > 0) yield rows.map(line).join("");
    after = rows.at(-1);
    if (rows.length < PAGE) return;
  }
}

async function readPage({ status, from, to }: z.output<typeof exportQuerySchema>, after?: Row): Promise<Row[]> {
  const conditions = [
    Prisma.sql`true`,
    ...(status ? [Prisma.sql`o.status = ${status}::order_status`] : []),
    ...(from ? [Prisma.sql`o.created_at >= ${from}::timestamptz`] : []),
    ...(to ? [Prisma.sql`o.created_at < ${to}::timestamptz`] : []),
    ...(after ? [Prisma.sql`(o.created_at, o.id) > (${after.created_at}, ${after.id})`] : []),
  ];
  return db().$queryRaw<Row[]>`
    SELECT o.id, o.number, o.status::text AS status, o.created_at, o.email, o.name, o.currency, o.total_amount AS total,
      coalesce(p.captured, 0)::int AS captured, coalesce(p.refunded, 0)::int AS refunded,
      coalesce((SELECT string_agg(l.quantity || ' x ' || l.sku, '; ' ORDER BY l.position) FROM order_lines l WHERE l.order_id = o.id), '') AS items
    FROM orders o LEFT JOIN LATERAL (SELECT sum(captured) AS captured, sum(refunded) AS refunded FROM payments WHERE order_id = o.id) p ON true
    WHERE ${Prisma.join(conditions, " AND ")} ORDER BY o.created_at, o.id LIMIT ${PAGE}`;
}

const line = (row: Row) =>
  csvLine([
    ...[row.number, row.id, row.status, row.created_at, row.email, row.name],
    ...[row.currency, row.total, row.captured, row.refunded, row.items],
  ]);
