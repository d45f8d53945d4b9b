import { z } from "zod";
import { money, pageOf, time } from "@/app/api-schemas";
import { endpoint, methodNotAllowed } from "@/app/endpoint";
import {
  type CouponView,
  couponQuerySchema,
  createCoupon,
  listCoupons,
  newCouponSchema,
} from "@/lib/coupons/manage-coupons";
import { CouponKind } from "@/prisma/generated/enums";

const coupon = z.strictObject({
  code: z.string(),
  kind: z.enum(CouponKind),
  percent: z.int().optional(),
  amount: money.optional(),
  minimum: money.optional().describe("The lowest total of the items."),
  email: z.string().optional().describe("The only customer who may use it; every customer if missing."),
  expiresAt: time.optional(),
  orderId: z.string().optional().describe("The order that uses it now."),
  createdAt: time,
}) satisfies z.ZodType<CouponView>;

export const GET = endpoint({
  summary: "Lists all coupons, newest first",
  role: "manager",
  query: couponQuerySchema,
  responses: { 200: { description: "A page of coupons", schema: pageOf(coupon) } },
  handler: ({ query }) => listCoupons(query),
});

export const POST = endpoint({
  summary: "Creates a coupon for one order",
  role: "manager",
  body: newCouponSchema,
  responses: { 201: { description: "The coupon", schema: z.strictObject({ coupon }) } },
  problems: [409],
  handler: async ({ user, body }) => ({ coupon: await createCoupon(body, user.id) }),
});
export const { PUT, PATCH, DELETE, OPTIONS } = methodNotAllowed({ GET, POST });
