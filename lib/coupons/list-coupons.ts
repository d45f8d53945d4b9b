import { z } from "zod";
import type { Coupon } from "@/prisma/generated/client";
import { CouponKind } from "@/prisma/generated/enums";
import { db } from "../db";
import type { Money } from "../money";
import { type Page, pageOf, readCursor } from "../pagination";
import { isPlainText } from "../text";
import { moneySchema, timeSchema } from "../view-schemas";

/** The query of `GET /api/admin/coupons`. */
export const couponQuerySchema = z.strictObject({
  limit: z.coerce.number().int().min(1).max(100).default(20),
  cursor: z.string().max(500).optional(),
});

/** A coupon as managers see it. */
export const couponViewSchema = z.strictObject({
  code: z.string(),
  kind: z.enum(CouponKind),
  percent: z.int().optional(),
  amount: moneySchema.optional(),
  minimum: moneySchema.optional().describe("The lowest total of the items."),
  email: z.string().optional().describe("The only customer who may use it; every customer if missing."),
  expiresAt: timeSchema.optional(),
  orderId: z.string().optional().describe("The order that uses it now."),
  createdAt: timeSchema,
});

export type CouponView = z.output<typeof couponViewSchema>;

const cursorSchema = z.tuple([z.iso.datetime(), z.string().refine(isPlainText)]);

/** Returns a page of coupons, newest first. @throws AppError `validation_failed` (422) for a cursor of another list */
export async function listCoupons({ limit, cursor }: z.output<typeof couponQuerySchema>): Promise<Page<CouponView>> {
  const [createdAt, code] = cursor === undefined ? [] : readCursor(cursor, cursorSchema);
  const coupons = await db().coupon.findMany({
    where: createdAt && code ? { createdAt: { lte: createdAt }, NOT: { createdAt, code: { gte: code } } } : {},
    orderBy: [{ createdAt: "desc" }, { code: "desc" }],
    take: limit + 1,
  });
  return pageOf(coupons, limit, viewCoupon, (coupon) => [coupon.createdAt.toISOString(), coupon.code]);
}

export function viewCoupon(coupon: Coupon): CouponView {
  const money = (amount: number): Money => ({ amount, currency: coupon.currency ?? "" });
  return {
    code: coupon.code,
    kind: coupon.kind,
    ...(coupon.percent !== null && { percent: coupon.percent }),
    ...(coupon.amount !== null && { amount: money(coupon.amount) }),
    ...(coupon.minimumAmount !== null && { minimum: money(coupon.minimumAmount) }),
    ...(coupon.email !== null && { email: coupon.email }),
    ...(coupon.expiresAt !== null && { expiresAt: coupon.expiresAt.toISOString() }),
    ...(coupon.orderId !== null && { orderId: coupon.orderId }),
    createdAt: coupon.createdAt.toISOString(),
  };
}
