import { z } from "zod";
import {
  type ManagedProduct,
  managedListSchema,
  newProductSchema,
  productChangeSchema,
} from "@/lib/catalogue/manage-products";
import { EMAIL_STATES, emailListSchema } from "@/lib/email/list-emails";
import { idempotencyKeySchema } from "@/lib/idempotency";
import { type Adjusted, stockSchema } from "@/lib/inventory/adjust-stock";
import { orderListSchema } from "@/lib/orders/list-orders";
import { reportQuerySchema } from "@/lib/reports/daily-report";
import type { DailyReport } from "@/lib/reports/read-sales";
import type { Delivered } from "@/lib/shipping/deliver-order";
import { deliverSchema, shipSchema } from "@/lib/shipping/request";
import type { Shipped } from "@/lib/shipping/ship-order";
import { OrderStatus } from "@/prisma/generated/enums";
import { money } from "./answers";
import type { Operation } from "./operation";

const time = z.iso.datetime();
const keyed = z.object({ "Idempotency-Key": idempotencyKeySchema.optional() });
const page = <S extends z.ZodType>(item: S) =>
  z.strictObject({ items: z.array(item), nextCursor: z.string().nullable() });
const items = z.array(z.strictObject({ productId: z.string(), quantity: z.int().positive() }));

const shipped = z.strictObject({
  orderId: z.string(),
  status: z.enum(OrderStatus).describe("confirmed while something is left to ship, then shipped"),
  shipment: z.strictObject({ id: z.string(), carrier: z.string(), trackingNumber: z.string(), items, shippedAt: time }),
}) satisfies z.ZodType<Shipped>;

const delivered = z.strictObject({
  orderId: z.string(),
  status: z.enum(OrderStatus),
  underway: z.int().describe("Parcels still on their way"),
}) satisfies z.ZodType<Delivered>;

const summary = z.strictObject({
  ...{ id: z.string(), number: z.string(), status: z.enum(OrderStatus), total: money, createdAt: time },
  ...{ email: z.string(), name: z.string().nullable() },
});

const managed = z.strictObject({
  ...{ id: z.string(), sku: z.string(), name: z.string(), description: z.string(), price: money, active: z.boolean() },
  stock: z.strictObject({ available: z.int(), reserved: z.int(), sold: z.int(), received: z.int() }),
}) satisfies z.ZodType<ManagedProduct>;

const adjusted = z.strictObject({
  ...{ productId: z.string(), available: z.int(), movementId: z.string() },
}) satisfies z.ZodType<Adjusted>;

const email = z.strictObject({
  ...{ id: z.string(), kind: z.string(), to: z.string(), subject: z.string(), status: z.enum(EMAIL_STATES) },
  ...{ lastEvent: z.string().nullable(), error: z.string().nullable(), createdAt: time, sentAt: time.nullable() },
});

const product = { productId: z.string(), sku: z.string(), name: z.string() };
const report = z.strictObject({
  ...{ date: z.iso.date(), timeZone: z.string(), from: time, until: time },
  final: z.boolean().describe("Whether it is kept; a day under way has figures so far."),
  orders: z.strictObject({ placed: z.int(), confirmed: z.int(), failed: z.int(), cancelled: z.int() }),
  totals: z.array(z.strictObject({ revenue: money, refunds: money, net: money })),
  bestSellers: z.array(z.strictObject({ ...product, units: z.int(), revenue: money })),
  runningOut: z.array(z.strictObject({ ...product, available: z.int(), soldInWeek: z.int() })),
}) satisfies z.ZodType<DailyReport & { final: boolean }>;

const READ = [401, 403, 404, 422];
const WRITE = [400, 401, 403, 404, 409, 413, 415, 422];

/** What those who run the shop do with orders, products and reports. */
export const STORE_OPERATIONS: Operation[] = [
  {
    method: "get",
    path: "/api/admin/orders",
    summary: "Orders, newest first",
    query: orderListSchema,
    answers: { 200: { description: "A page of orders", schema: page(summary) } },
    problems: READ,
  },
  {
    method: "get",
    path: "/api/admin/orders/{id}",
    summary: "An order with its payments, refunds, parcels, emails and the way to its run",
    answers: { 200: { description: "The order", schema: z.looseObject({ id: z.string(), runUrl: z.url() }) } },
    problems: READ,
  },
  {
    method: "post",
    path: "/api/admin/orders/{id}/ship",
    summary: "A parcel of a confirmed order leaves; the same key, or carrier and tracking number, is the same parcel",
    headers: keyed,
    body: shipSchema,
    answers: {
      201: { description: "It has left", schema: shipped },
      200: { description: "It had left before", schema: shipped },
    },
    problems: WRITE,
  },
  {
    method: "post",
    path: "/api/admin/orders/{id}/deliver",
    summary: "A parcel has arrived, or all that are on their way",
    body: deliverSchema,
    answers: { 200: { description: "Noted", schema: delivered } },
    problems: WRITE,
  },
  {
    method: "get",
    path: "/api/admin/products",
    summary: "All products by SKU, those not on sale included",
    query: managedListSchema,
    answers: { 200: { description: "A page of products", schema: page(managed) } },
    problems: READ,
  },
  {
    method: "post",
    path: "/api/admin/products",
    summary: "Adds a product, with what of it is there",
    body: newProductSchema,
    answers: { 201: { description: "The product", schema: managed } },
    problems: WRITE,
  },
  {
    method: "get",
    path: "/api/admin/products/{id}",
    summary: "A product with its stock",
    answers: { 200: { description: "The product", schema: managed } },
    problems: READ,
  },
  {
    method: "patch",
    path: "/api/admin/products/{id}",
    summary: "Changes what is named; what was sold keeps its name and price",
    body: productChangeSchema,
    answers: { 200: { description: "The product", schema: managed } },
    problems: WRITE,
  },
  {
    method: "post",
    path: "/api/admin/products/{id}/stock",
    summary: "Stock came in or was counted out; never below what is free",
    headers: keyed,
    body: stockSchema,
    answers: {
      201: { description: "Moved", schema: adjusted },
      200: { description: "It was moved before, under this Idempotency-Key", schema: adjusted },
    },
    problems: WRITE,
  },
  {
    method: "get",
    path: "/api/admin/emails",
    summary: "Emails, newest first, those of broadcasts among them",
    query: emailListSchema,
    answers: { 200: { description: "A page of emails", schema: page(email) } },
    problems: READ,
  },
  {
    method: "get",
    path: "/api/admin/reports/daily",
    summary: "What was sold on a day of the store's calendar; as JSON or CSV",
    query: reportQuerySchema,
    answers: { 200: { description: "The report", schema: report } },
    problems: READ,
  },
];
