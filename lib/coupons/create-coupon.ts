import { z } from "zod";
import { now } from "../clock";
import { db } from "../db";
import { emailSchema } from "../email-address";
import { conflict, invalid } from "../errors";
import { MAX_AMOUNT } from "../money";
import { type CouponView, viewCoupon } from "./list-coupons";
import { newCouponCode } from "./policy";

const money = z.strictObject({
  amount: z.int("must be a whole number of minor units").min(1, "must be at least 1").max(MAX_AMOUNT),
  currency: z.string().regex(/^[A-Z]{3}$/, "must be an ISO 4217 code, such as EUR"),
});

const terms = {
  code: z
    .string()
    .trim()
    .transform((code) => code.toUpperCase())
    .pipe(z.string().regex(/^[A-Z0-9][A-Z0-9-]{3,39}$/, "must be 4 to 40 letters, digits and hyphens"))
    .optional()
    .describe("A random code if it is missing."),
  minimum: money.optional().describe("The minimum subtotal."),
  email: emailSchema.optional().describe("The only address that may use it. Any customer may use it if it is missing."),
  expiresAt: z.iso.datetime({ offset: true, error: "must be a time in ISO 8601" }).optional(),
};

/** The body of `POST /api/admin/coupons`. */
export const newCouponSchema = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("percent"),
    percent: z.int("must be a whole number").min(1, "must be at least 1").max(100, "must be at most 100"),
    ...terms,
  }),
  z.strictObject({ kind: z.literal("fixed"), amount: money, ...terms }),
]);

export type NewCoupon = z.output<typeof newCouponSchema>;

/**
 * Creates a coupon for one order.
 * @throws AppError `coupon_exists` (409), `validation_failed` (422)
 */
export async function createCoupon(coupon: NewCoupon, managerId: string): Promise<CouponView> {
  const at = now();
  const { kind, minimum, email } = coupon;
  const [percent, amount] = kind === "percent" ? [coupon.percent, undefined] : [undefined, coupon.amount];
  const expiresAt = coupon.expiresAt === undefined ? undefined : new Date(coupon.expiresAt);
  if (expiresAt && expiresAt <= at) throw wrong("expiresAt", "must lie in the future");
  if (amount && minimum && amount.currency !== minimum.currency)
    throw wrong("minimum.currency", `must be ${amount.currency}, as the amount's`);
  const [created] = await db().coupon.createManyAndReturn({
    data: {
      ...{ code: coupon.code ?? newCouponCode("SAVE"), kind, percent, email, expiresAt },
      ...{ amount: amount?.amount, minimumAmount: minimum?.amount, currency: amount?.currency ?? minimum?.currency },
      ...{ createdBy: managerId, createdAt: at },
    },
    skipDuplicates: true,
  });
  if (!created)
    throw conflict("coupon_exists", "There is a coupon with this code.", [{ path: "code", message: "exists already" }]);
  return viewCoupon(created);
}

const wrong = (path: string, message: string) => invalid("The request is not valid.", [{ path, message }]);
