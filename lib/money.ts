/** An amount in minor units (cents) of an ISO 4217 currency. */
export interface Money {
  amount: number;
  currency: string;
}

/** Stripe takes at most eight digits (stripe.com/docs/currencies, "Minimum and maximum charge amounts"). */
export const MAX_AMOUNT = 99_999_999;

/** For people: `€12.50`, `¥500`. */
export function formatMoney({ amount, currency }: Money): string {
  const format = new Intl.NumberFormat("en", { style: "currency", currency });
  const digits = format.resolvedOptions().maximumFractionDigits ?? 2;
  return format.format(amount / 10 ** digits);
}
