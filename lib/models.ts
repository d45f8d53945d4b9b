import type { ITXClientDenyList } from "@prisma/client/runtime/client";
import { Prisma, PrismaClient } from "@/prisma/generated/client";

/** Returns the number that a BIGINT is. @throws RangeError beyond 2^53, where a number is no longer exact */
export function exactNumber(value: bigint | string): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number)) throw new RangeError(`${value} is too large.`);
  return number;
}

/**
 * Amounts are BIGINT in the database, because Stripe takes twelve digits in IDR, and numbers in the program. Prisma's models return
 * them as numbers; a sum of an aggregate stays a bigint.
 */
const amountsAsNumbers = Prisma.defineExtension({
  name: "amounts",
  result: {
    product: {
      priceAmount: { needs: { priceAmount: true }, compute: (row) => exactNumber(row.priceAmount) },
    },
    order: {
      totalAmount: { needs: { totalAmount: true }, compute: (row) => exactNumber(row.totalAmount) },
      discountAmount: { needs: { discountAmount: true }, compute: (row) => exactNumber(row.discountAmount) },
    },
    orderLine: {
      unitAmount: { needs: { unitAmount: true }, compute: (row) => exactNumber(row.unitAmount) },
    },
    payment: {
      amount: { needs: { amount: true }, compute: (row) => exactNumber(row.amount) },
      captured: { needs: { captured: true }, compute: (row) => exactNumber(row.captured) },
      refunded: { needs: { refunded: true }, compute: (row) => exactNumber(row.refunded) },
    },
    refund: {
      amount: { needs: { amount: true }, compute: (row) => exactNumber(row.amount) },
    },
    dispute: {
      amount: { needs: { amount: true }, compute: (row) => exactNumber(row.amount) },
    },
    coupon: {
      amount: { needs: { amount: true }, compute: ({ amount }) => (amount === null ? null : exactNumber(amount)) },
      minimumAmount: {
        needs: { minimumAmount: true },
        compute: ({ minimumAmount: least }) => (least === null ? null : exactNumber(least)),
      },
    },
    expense: {
      amount: { needs: { amount: true }, compute: (row) => exactNumber(row.amount) },
    },
    payout: {
      amount: { needs: { amount: true }, compute: (row) => exactNumber(row.amount) },
      sent: { needs: { sent: true }, compute: (row) => exactNumber(row.sent) },
      reversed: { needs: { reversed: true }, compute: (row) => exactNumber(row.reversed) },
    },
    plan: {
      amount: { needs: { amount: true }, compute: (row) => exactNumber(row.amount) },
    },
    subscription: {
      amount: { needs: { amount: true }, compute: (row) => exactNumber(row.amount) },
    },
    subscriptionCharge: {
      amount: { needs: { amount: true }, compute: (row) => exactNumber(row.amount) },
      captured: { needs: { captured: true }, compute: (row) => exactNumber(row.captured) },
      refunded: { needs: { refunded: true }, compute: (row) => exactNumber(row.refunded) },
    },
    subscriptionRefund: {
      amount: { needs: { amount: true }, compute: (row) => exactNumber(row.amount) },
    },
  },
});

/** Returns a client with the models of the schema. */
export const createModels = (options: Prisma.PrismaClientOptions) =>
  new PrismaClient(options).$extends(amountsAsNumbers);

export type ModelClient = ReturnType<typeof createModels>;
export type ModelTransaction = Omit<ModelClient, ITXClientDenyList>;

/** A row of a model as `Models` return it, such as `Row<"order", { include: typeof PARTS }>`. */
export type Row<Model extends Uncapitalize<Prisma.ModelName>, Args = object> = Prisma.Result<
  ModelClient[Model],
  Args,
  "findFirstOrThrow"
>;

/** The rows with amounts. */
export type Coupon = Row<"coupon">;
export type Expense = Row<"expense">;
export type Order = Row<"order">;
export type Payment = Row<"payment">;
export type Refund = Row<"refund">;
export type Subscription = Row<"subscription">;
export type SubscriptionCharge = Row<"subscriptionCharge">;
