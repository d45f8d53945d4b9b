import type { CouponKind } from "@/prisma/generated/enums";
import type { Money } from "../money";

/** A coupon as managers see it. */
export interface CouponView {
  code: string;
  kind: CouponKind;
  percent?: number;
  amount?: Money;
  minimum?: Money;
  email?: string;
  expiresAt?: string;
  /** The order that uses it now. */
  orderId?: string;
  createdAt: string;
}

export interface CouponRow {
  code: string;
  kind: CouponKind;
  percent: number | null;
  amount: number | null;
  minimumAmount: number | null;
  currency: string | null;
  email: string | null;
  expiresAt: Date | null;
  orderId: string | null;
  createdAt: Date;
}

export function viewCoupon(row: CouponRow): CouponView {
  const money = (amount: number): Money => ({ amount, currency: row.currency ?? "" });
  return {
    code: row.code,
    kind: row.kind,
    ...(row.percent !== null && { percent: row.percent }),
    ...(row.amount !== null && { amount: money(row.amount) }),
    ...(row.minimumAmount !== null && { minimum: money(row.minimumAmount) }),
    ...(row.email !== null && { email: row.email }),
    ...(row.expiresAt !== null && { expiresAt: row.expiresAt.toISOString() }),
    ...(row.orderId !== null && { orderId: row.orderId }),
    createdAt: row.createdAt.toISOString(),
  };
}
