import { z } from "zod";
import { endpoint, methodNotAllowed } from "@/app/endpoint";
import { couponViewSchema, deactivateCoupon } from "@/lib/coupons/manage-coupons";

export const POST = endpoint({
  summary: "Deactivates a coupon; an order that uses it keeps its discount",
  role: "manager",
  scope: "coupons:write",
  destructive: true,
  params: z.object({ code: z.string() }),
  responses: { 200: { description: "The coupon", schema: couponViewSchema } },
  problems: [404],
  handler: ({ user, params }) => deactivateCoupon(params.code.toUpperCase(), user.id),
});
export const { GET, PUT, PATCH, DELETE, OPTIONS } = methodNotAllowed({ POST });
