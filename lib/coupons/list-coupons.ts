import { z } from "zod";
import { db } from "../db";
import { type Page, pageOf, readCursor } from "../pagination";
import { isPlainText } from "../text";
import { type CouponRow, type CouponView, viewCoupon } from "./coupon-view";
import { COUPON_COLUMNS } from "./create-coupon";

/** The query of `GET /api/admin/coupons`. */
export const couponQuerySchema = z.strictObject({
  limit: z.coerce.number().int().min(1).max(100).default(20),
  cursor: z.string().max(500).optional(),
});

const cursorSchema = z.tuple([z.iso.datetime(), z.string().refine(isPlainText)]);

/** All coupons, newest first. @throws AppError `validation_failed` (422) for a cursor that is not of this list. */
export async function listCoupons({ limit, cursor }: z.output<typeof couponQuerySchema>): Promise<Page<CouponView>> {
  const [time, code] = cursor === undefined ? [null, null] : readCursor(cursor, cursorSchema);
  const rows = await db().$queryRaw<CouponRow[]>`
    SELECT ${COUPON_COLUMNS} FROM coupons
    WHERE ${time}::timestamptz IS NULL OR (created_at, code) < (${time}::timestamptz, ${code})
    ORDER BY created_at DESC, code DESC LIMIT ${limit + 1}`;
  return pageOf(rows, limit, viewCoupon, (row) => [row.createdAt.toISOString(), row.code]);
}
