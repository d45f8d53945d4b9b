import { z } from "zod";
import { CouponKind } from "@/prisma/generated/enums";
import { now } from "../clock";
import { db, type Prisma, type Tx, transaction } from "../db";
import { emailSchema } from "../email-address";
import { conflict, invalid, notFound } from "../errors";
import { answerOnce } from "../idempotency";
import type { Coupon } from "../models";
import type { Money } from "../money";
import { moneyInputSchema } from "../money-schema";
import { countRows, type Page, pageOf, pageQuery, readCursor } from "../pagination";
import { isPlainText } from "../text";
import { timeInputSchema } from "../time-schema";
import { moneySchema, timeSchema } from "../view-schemas";
import { newCouponCode } from "./redeem-coupon";

const terms = {
  code: z
    .string()
    .trim()
    .transform((code) => code.toUpperCase())
    .pipe(z.string().regex(/^[A-Z0-9][A-Z0-9-]{3,39}$/, "must be 4 to 40 letters, digits and hyphens"))
    .optional()
    .describe("A random code if it is missing."),
  minimum: moneyInputSchema.optional().describe("The minimum subtotal."),
  email: emailSchema.optional().describe("The only address that may use it. Any customer may use it if it is missing."),
  expiresAt: timeInputSchema.optional(),
};

/** The body of `POST /api/admin/coupons`. */
export const newCouponSchema = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("percent"),
    percent: z.int("must be a whole number").min(1, "must be at least 1").max(100, "must be at most 100"),
    ...terms,
  }),
  z.strictObject({ kind: z.literal("fixed"), amount: moneyInputSchema, ...terms }),
]);

export type NewCoupon = z.output<typeof newCouponSchema>;

/**
 * Creates a coupon for one order. The same key and terms are the same coupon (`replayed`).
 * @throws AppError `coupon_exists`, `idempotency_key_reused` (409), `validation_failed` (422)
 */
export async function createCoupon(
  coupon: NewCoupon,
  { by, key }: { by: string; key?: string },
): Promise<{ answer: CouponView; replayed: boolean }> {
  const idempotent = key === undefined ? undefined : { scope: "coupon", caller: by, key, body: coupon };
  return transaction((tx) => answerOnce(tx, idempotent, () => insertCoupon(tx, coupon, by)));
}

async function insertCoupon(tx: Tx, coupon: NewCoupon, createdBy: string): Promise<CouponView> {
  const at = now();
  const { kind, minimum, email } = coupon;
  const [percent, amount] = kind === "percent" ? [coupon.percent, undefined] : [undefined, coupon.amount];
  const expiresAt = coupon.expiresAt === undefined ? undefined : new Date(coupon.expiresAt);
  if (expiresAt && expiresAt <= at) throw wrong("expiresAt", "must lie in the future");
  if (amount && minimum && amount.currency !== minimum.currency)
    throw wrong("minimum.currency", `must be ${amount.currency}, as the amount's`);
  const [created] = await tx.coupon.createManyAndReturn({
    data: {
      ...{ code: coupon.code ?? newCouponCode("SAVE"), kind, percent, email, expiresAt },
      ...{ amount: amount?.amount, minimumAmount: minimum?.amount, currency: amount?.currency ?? minimum?.currency },
      ...{ createdBy, createdAt: at },
    },
    skipDuplicates: true,
  });
  if (!created)
    throw conflict("coupon_exists", "There is a coupon with this code.", [{ path: "code", message: "exists already" }]);
  return viewCoupon(created);
}

const wrong = (path: string, message: string) => invalid("The request is not valid.", [{ path, message }]);

/** The query of `GET /api/admin/coupons`. */
export const couponQuerySchema = pageQuery(20).extend({
  status: z.enum(["usable", "used", "deactivated", "expired"]).optional(),
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
  deactivatedAt: timeSchema.optional(),
  createdAt: timeSchema,
});

export type CouponView = z.output<typeof couponViewSchema>;

const cursorSchema = z.tuple([timeInputSchema, z.string().refine(isPlainText)]);

/** Returns a page of coupons, newest first. @throws AppError `validation_failed` (422) for a cursor of another list */
export async function listCoupons({
  limit,
  cursor,
  status,
}: z.output<typeof couponQuerySchema>): Promise<Page<CouponView>> {
  const [createdAt, code] = cursor === undefined ? [] : readCursor(cursor, cursorSchema);
  const coupons = await db().coupon.findMany({
    where: {
      ...(createdAt && code && { createdAt: { lte: createdAt }, NOT: { createdAt, code: { gte: code } } }),
      ...(status && { AND: whereStatus(status) }),
    },
    orderBy: [{ createdAt: "desc" }, { code: "desc" }],
    take: limit + 1,
  });
  return pageOf(coupons, limit, viewCoupon, (coupon) => [coupon.createdAt.toISOString(), coupon.code]);
}

/** Returns the number of coupons, of one status or of all. */
export const countCoupons = ({ status }: Pick<z.output<typeof couponQuerySchema>, "status">) =>
  countRows((limit) => db().coupon.count({ where: status && whereStatus(status), ...limit }));

function whereStatus(status: "usable" | "used" | "deactivated" | "expired"): Prisma.CouponWhereInput {
  if (status === "used") return { orderId: { not: null } };
  if (status === "deactivated") return { orderId: null, deactivatedAt: { not: null } };
  const unused = { orderId: null, deactivatedAt: null };
  if (status === "expired") return { ...unused, expiresAt: { lte: now() } };
  return { ...unused, OR: [{ expiresAt: null }, { expiresAt: { gt: now() } }] };
}

/**
 * Deactivates a coupon: no further order can use it. An order that uses it keeps its discount. Safe to repeat.
 * @throws AppError `not_found` (404)
 */
export async function deactivateCoupon(code: string, managerId: string): Promise<CouponView> {
  await db().coupon.updateMany({
    where: { code, deactivatedAt: null },
    data: { deactivatedAt: now(), deactivatedBy: managerId },
  });
  const coupon = await db().coupon.findUnique({ where: { code } });
  if (!coupon) throw notFound("coupon");
  return viewCoupon(coupon);
}

function viewCoupon(coupon: Coupon): CouponView {
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
    ...(coupon.deactivatedAt !== null && { deactivatedAt: coupon.deactivatedAt.toISOString() }),
    createdAt: coupon.createdAt.toISOString(),
  };
}
