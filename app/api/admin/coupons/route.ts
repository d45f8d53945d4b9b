import { createdOnce, endpoint, idempotencyHeaders, methodNotAllowed, repliedOnce } from "@/app/endpoint";
import {
  couponQuerySchema,
  couponViewSchema,
  createCoupon,
  listCoupons,
  newCouponSchema,
} from "@/lib/coupons/manage-coupons";
import { pageSchema } from "@/lib/view-schemas";

export const GET = endpoint({
  summary: "Lists all coupons, newest first",
  role: "manager",
  scope: "coupons:read",
  query: couponQuerySchema,
  responses: { 200: { description: "A page of coupons", schema: pageSchema(couponViewSchema) } },
  handler: ({ query }) => listCoupons(query),
});

export const POST = endpoint({
  summary: "Creates a coupon for one order",
  role: "manager",
  scope: "coupons:write",
  headers: idempotencyHeaders,
  body: newCouponSchema,
  responses: createdOnce("The coupon", couponViewSchema),
  problems: [409],
  handler: async ({ user, headers, body }) =>
    repliedOnce(await createCoupon(body, { by: user.id, key: headers["Idempotency-Key"] })),
});
export const { PUT, PATCH, DELETE, OPTIONS } = methodNotAllowed({ GET, POST });
