import type { ITXClientDenyList } from "@prisma/client/runtime/client";
import { Prisma, PrismaClient } from "@/prisma/generated/client";

/** Returns the number that a BIGINT is. @throws RangeError beyond 2^53, where a number is no longer exact */
export function exactNumber(value: bigint | string): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number)) throw new RangeError(`${value} is too large.`);
  return number;
}

const amount = { needs: { amount: true }, compute: (row: { amount: bigint }) => exactNumber(row.amount) } as const;
const captured = {
  needs: { captured: true },
  compute: (row: { captured: bigint }) => exactNumber(row.captured),
} as const;
const refunded = {
  needs: { refunded: true },
  compute: (row: { refunded: bigint }) => exactNumber(row.refunded),
} as const;

const revenue = {
  needs: { revenue: true },
  compute: (row: { revenue: bigint }) => exactNumber(row.revenue),
} as const;

/**
 * BIGINT columns are numbers in the program: amounts, because Stripe takes twelve digits in IDR, and sizes of files. Prisma's models
 * would return bigints. The sum of an aggregate stays a bigint.
 */
const bigintsAsNumbers = Prisma.defineExtension({
  name: "bigints",
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
    payment: { amount, captured, refunded },
    refund: { amount },
    dispute: { amount },
    coupon: {
      amount: { needs: { amount: true }, compute: ({ amount }) => (amount === null ? null : exactNumber(amount)) },
      minimumAmount: {
        needs: { minimumAmount: true },
        compute: ({ minimumAmount: least }) => (least === null ? null : exactNumber(least)),
      },
    },
    expense: { amount },
    payout: {
      amount,
      sent: { needs: { sent: true }, compute: (row) => exactNumber(row.sent) },
      reversed: { needs: { reversed: true }, compute: (row) => exactNumber(row.reversed) },
    },
    plan: { amount },
    subscription: { amount },
    subscriptionCharge: { amount, captured, refunded },
    subscriptionRefund: { amount },
    subscriptionDispute: { amount },
    import: {
      length: { needs: { length: true }, compute: ({ length }) => (length === null ? null : exactNumber(length)) },
      fetched: { needs: { fetched: true }, compute: (row) => exactNumber(row.fetched) },
      byteCursor: { needs: { byteCursor: true }, compute: (row) => exactNumber(row.byteCursor) },
    },
    importPart: {
      at: { needs: { at: true }, compute: (row) => exactNumber(row.at) },
    },
    customerMonth: { revenue },
    salesDay: {
      revenue,
      refunds: { needs: { refunds: true }, compute: (row) => exactNumber(row.refunds) },
    },
    salesProductDay: { revenue },
    orderEvent: {
      id: { needs: { id: true }, compute: (row) => exactNumber(row.id) },
    },
    cronHeartbeat: {
      intervalMs: { needs: { intervalMs: true }, compute: (row) => exactNumber(row.intervalMs) },
    },
  },
});

/** Returns a client with the models of the schema. */
export const createModels = (options: Prisma.PrismaClientOptions) =>
  new PrismaClient(options).$extends(bigintsAsNumbers);

export type ModelClient = ReturnType<typeof createModels>;
export type ModelTransaction = Omit<ModelClient, ITXClientDenyList>;

/** A row as the client returns it, such as `Row<"order", { include: typeof PARTS }>`. */
export type Row<Model extends Uncapitalize<Prisma.ModelName>, Args = object> = Prisma.Result<
  ModelClient[Model],
  Args,
  "findFirstOrThrow"
>;

/** Rows with numbers in place of bigints. */
export type Coupon = Row<"coupon">;
export type Expense = Row<"expense">;
export type Order = Row<"order">;
export type Payment = Row<"payment">;
export type Refund = Row<"refund">;
export type Subscription = Row<"subscription">;
export type SubscriptionCharge = Row<"subscriptionCharge">;
