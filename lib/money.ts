/** An amount in minor units (cents) of an ISO 4217 currency. */
export interface Money {
  amount: number;
  currency: string;
}

/** Stripe takes at most eight digits (stripe.com/docs/currencies, "Minimum and maximum charge amounts"). */
export const MAX_AMOUNT = 99_999_999;

/** The least that Stripe charges, in minor units (stripe.com/docs/currencies, "Minimum and maximum charge amounts"). */
const MINIMUM_CHARGE: Record<string, number> = {
  AED: 200,
  CZK: 1_500,
  DKK: 250,
  GBP: 30,
  HKD: 400,
  HUF: 17_500,
  MXN: 1_000,
  MYR: 200,
  NOK: 300,
  PLN: 200,
  RON: 200,
  SEK: 300,
  THB: 1_000,
};

/** 50 for most currencies: the euro, the dollar, the franc, and the yen too. */
export const minimumCharge = (currency: string): number => MINIMUM_CHARGE[currency] ?? 50;

/** For people: `€12.50`, `¥500`. */
export function formatMoney({ amount, currency }: Money): string {
  const format = new Intl.NumberFormat("en", { style: "currency", currency });
  const digits = format.resolvedOptions().maximumFractionDigits ?? 2;
  return format.format(amount / 10 ** digits);
}

/** What somebody typed, `12.50` or `12,50`, in minor units; not a number where it is none, or finer than the currency. */
export function minorUnits(typed: string, currency: string): number {
  if (!/^\d+([.,]\d+)?$/.test(typed) || !/^[A-Z]{3}$/.test(currency)) return Number.NaN;
  const digits =
    new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions().maximumFractionDigits ?? 2;
  const [whole = "0", part = ""] = typed.split(/[.,]/);
  return part.length > digits ? Number.NaN : Number(whole + part.padEnd(digits, "0"));
}
