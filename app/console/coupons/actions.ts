"use server";

import { checked, number, saved, text, typedMoney, withOperator } from "@/app/form-action";
import { createCoupon, deactivateCoupon, newCouponSchema } from "@/lib/coupons/manage-coupons";
import { storeEnv } from "@/lib/env";
import { dayIn } from "@/lib/reports/store-day";
import { dateInputSchema } from "@/lib/time-schema";

export const create = withOperator(async (form, { id: managerId }) => {
  const kind = form.get("kind");
  const lastDay = text(form, "expiresAt");
  const { answer } = await createCoupon(
    checked(newCouponSchema, {
      kind,
      ...(kind === "percent" ? { percent: number(form, "percent") } : { amount: typedMoney(form, "amount") }),
      ...{ code: text(form, "code"), email: text(form, "email"), minimum: typedMoney(form, "minimum") },
      ...(lastDay && { expiresAt: endOf(lastDay) }),
    }),
    { by: managerId },
  );
  return saved("/console/coupons", `Coupon ${answer.code} created.`);
});

/** Returns the end of a day of the store. Other text stays as it is, and the schema refuses it. */
const endOf = (day: string): string =>
  dateInputSchema.safeParse(day).success ? dayIn(storeEnv().STORE_TIME_ZONE, day).until.toISOString() : day;

export const deactivate = withOperator(async (form, { id: managerId }) => {
  const { code } = await deactivateCoupon(text(form, "code") ?? "", managerId);
  return saved("/console/coupons", `Coupon ${code} is deactivated.`);
});
