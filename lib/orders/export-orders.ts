import { z } from "zod";
import { OrderStatus } from "@/prisma/generated/enums";
import { type CsvFormat, csvFormat, csvLine, csvStart } from "../csv";
import { db } from "../db";
import { timeInputSchema } from "../time-schema";

/** The query of `GET /api/admin/exports/orders.csv`: orders of one status, placed at or after `from` and before `to`. */
export const exportQuerySchema = z.strictObject({
  status: z.enum(OrderStatus).optional(),
  from: timeInputSchema.optional(),
  to: timeInputSchema.optional(),
  ...csvFormat,
});

type ExportQuery = z.output<typeof exportQuerySchema>;

/** Orders read in one statement. */
const EXPORT_PAGE_SIZE = 500;

const HEADER = [
  ...["number", "id", "status", "placed_at", "email", "name"],
  ...["currency", "total", "captured", "refunded", "items"],
];

type ExportedOrder = Awaited<ReturnType<typeof readPage>>[number];

/**
 * Yields the orders as CSV, oldest first, page by page, so memory use is constant. Amounts are in minor units. Each page
 * continues after the last order of the previous page, so no transaction stays open for a slow reader.
 */
export async function* exportOrders(query: ExportQuery): AsyncGenerator<string> {
  yield csvStart(query) + csvLine(HEADER, query);
  let last: ExportedOrder | undefined;
  do {
    const orders = await readPage(query, last);
    if (orders.length > 0) yield orders.map((order) => toCsvLine(order, query)).join("");
    last = orders.length === EXPORT_PAGE_SIZE ? orders.at(-1) : undefined;
  } while (last);
}

async function readPage({ status, from, to }: ExportQuery, last?: { id: string; createdAt: Date }) {
  return db().order.findMany({
    where: {
      ...(status && { status }),
      createdAt: { ...(from && { gte: from }), ...(to && { lt: to }) },
      ...(last && {
        AND: { createdAt: { gte: last.createdAt }, NOT: { createdAt: last.createdAt, id: { lte: last.id } } },
      }),
    },
    orderBy: [{ createdAt: "asc" }, { id: "asc" }],
    take: EXPORT_PAGE_SIZE,
    include: { payments: true, lines: { orderBy: { position: "asc" } } },
  });
}

function toCsvLine({ payments, lines, ...order }: ExportedOrder, format: CsvFormat): string {
  const sum = (key: "captured" | "refunded") => payments.reduce((total, payment) => total + payment[key], 0);
  const items = lines.map(({ quantity, sku }) => `${quantity} x ${sku}`).join("; ");
  const cells = [
    ...[order.number, order.id, order.status, order.createdAt, order.email, order.name],
    ...[order.currency, order.totalAmount, sum("captured"), sum("refunded"), items],
  ];
  return csvLine(cells, format);
}
