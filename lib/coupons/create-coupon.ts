import { z } from "zod";
import { now } from "../clock";
import { db, Prisma } from "../db";
import { conflict, invalid } from "../errors";
import { MAX_AMOUNT } from "../money";
import { chosenCode, newCouponCode } from "./coupon-code";
import { type CouponRow, type CouponView, viewCoupon } from "./coupon-view";

const money = z.strictObject({
  amount: z.int("must be a whole number of minor units").min(1, "must be at least 1").max(MAX_AMOUNT),
  currency: z.string().regex(/^[A-Z]{3}$/, "must be an ISO 4217 code, such as EUR"),
});

const terms = {
  code: chosenCode.optional().describe("One is made up when it is missing."),
  minimum: money.optional().describe("What the goods must come to."),
  email: z
    .email("must be an e-mail address")
    .max(254)
    .transform((email) => email.toLowerCase())
    .optional()
    .describe("Whom it is for; anybody when it is missing."),
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
 * Makes a coupon for one order.
 * @throws AppError `coupon_exists` (409), `validation_failed` (422)
 */
export async function createCoupon(coupon: NewCoupon, managerId: string): Promise<CouponView> {
  const at = now();
  const { minimum } = coupon;
  const [percent, amount] = coupon.kind === "percent" ? [coupon.percent, undefined] : [undefined, coupon.amount];
  const expiresAt = coupon.expiresAt === undefined ? undefined : new Date(coupon.expiresAt);
  if (expiresAt && expiresAt <= at) throw wrong("expiresAt", "must lie in the future");
  if (amount && minimum && amount.currency !== minimum.currency)
    throw wrong("minimum.currency", `must be ${amount.currency}, as the amount's`);
  const code = coupon.code ?? newCouponCode("SAVE");
  const [row] = await db().$queryRaw<CouponRow[]>`
    INSERT INTO coupons (code, kind, percent, amount, minimum_amount, currency, email, expires_at, created_by, created_at)
    VALUES (${code}, ${coupon.kind}::coupon_kind, ${percent ?? null}, ${amount?.amount ?? null}, ${minimum?.amount ?? null},
      ${amount?.currency ?? minimum?.currency ?? null}, ${coupon.email ?? null}, ${expiresAt ?? null}, ${managerId}, ${at})
    ON CONFLICT (code) DO NOTHING RETURNING ${COUPON_COLUMNS}`;
  if (!row)
    throw conflict("coupon_exists", "There is a coupon with this code.", [{ path: "code", message: "exists already" }]);
  return viewCoupon(row);
}

const wrong = (path: string, message: string) => invalid("The request is not valid.", [{ path, message }]);

export const COUPON_COLUMNS = Prisma.sql`code, kind, percent, amount, minimum_amount AS "minimumAmount", currency, email,
  expires_at AS "expiresAt", order_id AS "orderId", created_at AS "createdAt"`;
