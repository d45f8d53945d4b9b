import { z } from "zod";
import { addressSchema } from "../address";
import { type CsvFormat, csvFormat, csvLine, csvStart } from "../csv";
import { db, Prisma, type Row } from "../db";
import { typedAmount } from "../money";
import { filterOrders, orderFilter } from "./filter-orders";
import { TAGS } from "./order-tags";
import { ORDER_BY, type OrderSelection, readOrderIds } from "./select-orders";

/** The query of `GET /api/admin/exports/orders.csv`: the filters of the list of orders, and the format of the file. */
export const exportQuerySchema = z.strictObject({
  ...orderFilter,
  ids: z
    .string()
    .regex(/^[\w-]{1,100}(,[\w-]{1,100}){0,99}$/, "must be up to 100 ids with commas between them")
    .optional()
    .describe("Only the orders with these ids, with commas between them."),
  ...csvFormat,
});

type ExportQuery = z.output<typeof exportQuerySchema>;

/** Orders read in one statement. */
const EXPORT_PAGE_SIZE = 500;

const HEADER = [
  ...["number", "id", "status", "placed_at", "email", "name", "phone"],
  ...["currency", "total", "discount", "coupon", "captured", "refunded", "items"],
  ...["ship_to", "line1", "line2", "postal_code", "city", "region", "country", "tracking_numbers", "tags"],
];

const PARTS = {
  payments: true,
  lines: { orderBy: { position: "asc" } },
  shipments: { orderBy: [{ shippedAt: "asc" }, { id: "asc" }], select: { trackingNumber: true } },
  tags: TAGS,
} as const satisfies Prisma.OrderInclude;

type ExportedOrder = Row<"order", { include: typeof PARTS }>;

/**
 * Yields the orders as CSV, oldest first, page by page, so memory use is constant. Amounts are decimal: 12.50. Each page
 * continues after the last order of the previous page, so no transaction stays open for a slow reader.
 */
export async function* exportOrders(query: ExportQuery): AsyncGenerator<string> {
  const { bom, separator, ids, ...filter } = query;
  const format = { bom, separator };
  yield csvStart(format) + csvLine(HEADER, format);
  const selection = await filterOrders(filter);
  if (ids !== undefined) selection.others.push(Prisma.sql`o.id = ANY (${ids.split(",")})`);
  let last: ExportedOrder | undefined;
  do {
    const orders = await readPage(selection, last);
    if (orders.length > 0) yield orders.map((order) => toCsvLine(order, format)).join("");
    last = orders.length === EXPORT_PAGE_SIZE ? orders.at(-1) : undefined;
  } while (last);
}

async function readPage(selection: OrderSelection, last?: ExportedOrder): Promise<ExportedOrder[]> {
  const after = last ? [Prisma.sql`(o.created_at, o.id) > (${last.createdAt}, ${last.id})`] : [];
  const page = { ...selection, placed: [...selection.placed, ...after] };
  const ids = await readOrderIds(page, { sort: "oldest", limit: EXPORT_PAGE_SIZE });
  return db().order.findMany({ where: { id: { in: ids } }, orderBy: [...ORDER_BY.oldest], include: PARTS });
}

function toCsvLine({ payments, lines, shipments, tags, ...order }: ExportedOrder, format: CsvFormat): string {
  const { currency } = order;
  const decimal = (amount: number) => typedAmount({ amount, currency });
  const sum = (key: "captured" | "refunded") => payments.reduce((total, payment) => total + payment[key], 0);
  const items = lines.map(({ quantity, sku }) => `${quantity} x ${sku}`).join("; ");
  const address = addressSchema.safeParse(order.shippingAddress).data;
  const cells = [
    ...[order.number, order.id, order.status, order.createdAt, order.email, order.name, order.phone],
    ...[currency, decimal(order.totalAmount), decimal(order.discountAmount), order.couponCode],
    ...[decimal(sum("captured")), decimal(sum("refunded")), items],
    ...[address && (address.name ?? order.name), address?.line1, address?.line2, address?.postalCode, address?.city],
    ...[address?.region ?? address?.state, address?.country],
    shipments.map(({ trackingNumber }) => trackingNumber).join("; "),
    tags.map(({ tag }) => tag).join("; "),
  ];
  return csvLine(cells, format);
}
