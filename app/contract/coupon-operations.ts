import { z } from "zod";
import { newCouponSchema } from "@/lib/coupons/create-coupon";
import type { CouponView } from "@/lib/coupons/list-coupons";
import { couponQuerySchema } from "@/lib/coupons/list-coupons";
import { CouponKind } from "@/prisma/generated/enums";
import { money } from "./answers";
import type { Operation } from "./operation";

const coupon = z.strictObject({
  code: z.string(),
  kind: z.enum(CouponKind),
  percent: z.int().optional(),
  amount: money.optional(),
  minimum: money.optional().describe("What the goods must come to."),
  email: z.string().optional().describe("Whom it is for; anybody when it is missing."),
  expiresAt: z.iso.datetime().optional(),
  orderId: z.string().optional().describe("The order that uses it now."),
  createdAt: z.iso.datetime(),
}) satisfies z.ZodType<CouponView>;

/** What managers do with coupons. */
export const COUPON_OPERATIONS: Operation[] = [
  {
    method: "get",
    path: "/api/admin/coupons",
    summary: "All coupons, newest first",
    query: couponQuerySchema,
    answers: {
      200: {
        description: "A page of coupons",
        schema: z.strictObject({ items: z.array(coupon), nextCursor: z.string().nullable() }),
      },
    },
    problems: [401, 403, 422],
  },
  {
    method: "post",
    path: "/api/admin/coupons",
    summary: "Makes a coupon for one order",
    body: newCouponSchema,
    answers: { 201: { description: "The coupon", schema: z.strictObject({ coupon }) } },
    problems: [400, 401, 403, 409, 413, 415, 422],
  },
];
