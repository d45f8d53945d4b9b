import { z } from "zod";
import { OrderStatus } from "@/prisma/generated/enums";
import { addressSchema } from "../address";
import { db, Prisma, type Row } from "../db";
import type { Order } from "../models";
import {
  countRows,
  MAX_COUNTED,
  newestFirstPage,
  type Page,
  pageQuery,
  readNewestFirst,
  type Total,
} from "../pagination";
import { moneySchema, timeSchema } from "../view-schemas";
import { filterOrders, type OrderFilter, orderFilter } from "./filter-orders";
import { TAGS } from "./order-tags";
import { countOrders, ORDER_BY, type OrderSelection, readOrderIds } from "./select-orders";

/** The query of `GET /api/admin/orders`. */
export const orderListSchema = pageQuery(25).extend(orderFilter);

/** The query of `GET /api/account/orders`. */
export const ownOrderListSchema = pageQuery(25).extend({ status: orderFilter.status });

export const orderSummarySchema = z.strictObject({
  id: z.string(),
  number: z.string(),
  status: z.enum(OrderStatus),
  total: moneySchema,
  email: z.string(),
  name: z.string().nullable(),
  createdAt: timeSchema,
});

type OrderSummary = z.output<typeof orderSummarySchema>;

/** An order in the lists of the operators. */
export const managedOrderSchema = orderSummarySchema.extend({ tags: z.array(z.string()) });

export type ManagedOrder = z.output<typeof managedOrderSchema>;

/** Returns a page of orders for operators, newest first. `owner` limits it to the orders with an email address. */
export async function listOrders(
  { limit, cursor, ...filter }: z.output<typeof orderListSchema>,
  owner: { email: string } | undefined = undefined,
): Promise<Page<ManagedOrder>> {
  const selection = await filterOrders(filter);
  if (owner) selection.others.push(Prisma.sql`o.email = ${owner.email}`);
  const rows = await readNewest(selection, { limit, cursor });
  return newestFirstPage(rows, limit, (row) => ({ ...toSummary(row), tags: row.tags.map(({ tag }) => tag) }));
}

/** Returns a page of the orders of an account, newest first. It has nothing that is only for operators. */
export async function listOwnOrders(
  { limit, cursor, ...filter }: z.output<typeof ownOrderListSchema>,
  userId: string,
): Promise<Page<OrderSummary>> {
  const selection = await filterOrders(filter);
  selection.others.push(Prisma.sql`o.user_id = ${userId}`);
  return newestFirstPage(await readNewest(selection, { limit, cursor }), limit, toSummary);
}

/** Reads the newest orders of a selection after a cursor, with one more than the page has. */
async function readNewest(selection: OrderSelection, page: { limit: number; cursor?: string }) {
  const after = readNewestFirst(page.cursor);
  if (after) selection.placed.push(Prisma.sql`(o.created_at, o.id) < (${after.at}, ${after.id})`);
  const ids = await readOrderIds(selection, { sort: "newest", limit: page.limit + 1 });
  return db().order.findMany({ where: { id: { in: ids } }, orderBy: [...ORDER_BY.newest], include: { tags: TAGS } });
}

/** Returns the number of orders of a user. */
export const countOwnOrders = (userId: string): Promise<Total> =>
  countRows((limit) => db().order.count({ where: { userId }, ...limit }));

/** Returns the numbers of orders, by their ids. */
export async function orderNumbers(ids: string[]): Promise<Map<string, string>> {
  const rows = await db().order.findMany({ where: { id: { in: ids } }, select: { id: true, number: true } });
  return new Map(rows.map(({ id, number }) => [id, String(number)]));
}

const PAGE_SIZE = 25;

/** The query of the console's list of orders, which has pages with numbers. */
export const orderTableSchema = z.strictObject({
  ...orderFilter,
  sort: z.enum(["newest", "oldest", "highest", "lowest"]).default("newest"),
  page: z.coerce
    .number()
    .int()
    .min(1)
    .max(MAX_COUNTED / PAGE_SIZE)
    .default(1),
});

/** A page of a table, with the position of its first row and the number of all rows. */
export interface NumberedPage<T> extends Total {
  items: T[];
  page: number;
  size: number;
}

const ROW_PARTS = { tags: TAGS, lines: { select: { quantity: true } } } as const satisfies Prisma.OrderInclude;

/** An order in the console's table. */
export interface OrderRow extends ManagedOrder {
  /** The units of all its products. */
  units: number;
  /** The country of its shipping address. */
  country: string | null;
  coupon: string | null;
}

/** Returns a page of the orders that match a filter. The sum of rows is counted up to ten thousand. */
export async function findOrders(query: z.output<typeof orderTableSchema>): Promise<NumberedPage<OrderRow>> {
  const { sort, page, ...filter } = query;
  const selection = await filterOrders(filter satisfies OrderFilter);
  const [ids, total] = await Promise.all([
    readOrderIds(selection, { sort, limit: PAGE_SIZE, skip: (page - 1) * PAGE_SIZE }),
    countOrders(selection),
  ]);
  const rows = await db().order.findMany({
    where: { id: { in: ids } },
    orderBy: [...ORDER_BY[sort]],
    include: ROW_PARTS,
  });
  return { items: rows.map(toRow), page, size: PAGE_SIZE, ...total };
}

function toSummary({ id, number, status, totalAmount: amount, currency, email, name, createdAt }: Order): OrderSummary {
  const total = { amount, currency };
  return { id, number: String(number), status, total, email, name, createdAt: createdAt.toISOString() };
}

function toRow({ tags, lines, ...order }: Row<"order", { include: typeof ROW_PARTS }>): OrderRow {
  return {
    ...toSummary(order),
    tags: tags.map(({ tag }) => tag),
    units: lines.reduce((sum, { quantity }) => sum + quantity, 0),
    country: addressSchema.safeParse(order.shippingAddress).data?.country ?? null,
    coupon: order.couponCode,
  };
}
