import { allowOnly, json, readJson, readQuery, route } from "@/app/http";
import { requireRole } from "@/lib/auth/viewer";
import { createCoupon, newCouponSchema } from "@/lib/coupons/create-coupon";
import { couponQuerySchema, listCoupons } from "@/lib/coupons/list-coupons";

export const GET = route(async (request) => {
  await requireRole(request.headers, "manager");
  return json(await listCoupons(readQuery(request, couponQuerySchema)));
});

export const POST = route(async (request) => {
  const manager = await requireRole(request.headers, "manager");
  return json({ coupon: await createCoupon(await readJson(request, newCouponSchema), manager.id) }, 201);
});

export const { PUT, PATCH, DELETE, OPTIONS } = allowOnly("GET", "POST");
