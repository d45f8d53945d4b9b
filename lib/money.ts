/** An amount in minor units (cents) of an ISO 4217 currency. */
export interface Money {
  amount: number;
  currency: string;
}

/**
 * Returns the largest amount that can be charged, in minor units: eight digits at Stripe (stripe.com/docs/currencies, "Minimum
 * and maximum charge amounts"), twelve for IDR.
 */
export const maximumCharge = (currency: string): number => (currency === "IDR" ? MAX_AMOUNT : 99_999_999);

/** The largest amount in any currency. */
export const MAX_AMOUNT = 999_999_999_999;

/** The minimum charge at Stripe, in minor units (stripe.com/docs/currencies, "Minimum and maximum charge amounts"). */
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

/** Returns the minimum charge: 50 minor units for most currencies, such as EUR, USD, CHF and JPY. */
export const minimumCharge = (currency: string): number => MINIMUM_CHARGE[currency] ?? 50;

/** stripe.com/docs/currencies, "Zero-decimal currencies" and "Three-decimal currencies". */
const ZERO_DECIMAL = new Set("BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF".split(" "));
const THREE_DECIMAL = new Set("BHD JOD KWD OMR TND".split(" "));

/**
 * Returns the number of decimal places of a currency at Stripe. Amounts are in Stripe's minor units. Intl does not fit: it has no
 * minor units for HUF and ISK, while Stripe expects two decimal places for both ("Special cases").
 */
export function minorDigits(currency: string): number {
  if (ZERO_DECIMAL.has(currency)) return 0;
  return THREE_DECIMAL.has(currency) ? 3 : 2;
}

/** Currencies with two decimal places at Stripe that must both be zero (same page, "Special cases"). */
const ZERO_FRACTION = new Set(["ISK", "UGX"]);

/**
 * Returns the step of amounts in minor units. Stripe refuses an amount that is not a multiple of it
 * (`invalid_charge_amount_no_decimal_compatible`). The last digit of a three-decimal amount must be 0 ("Three-decimal currencies").
 */
export function amountStep(currency: string): number {
  if (ZERO_FRACTION.has(currency)) return 100;
  return THREE_DECIMAL.has(currency) ? 10 : 1;
}

/** Returns the error of an amount that is not a multiple of its currency's step, or undefined. */
export function refuseFraction({ amount, currency }: Money): string | undefined {
  const step = amountStep(currency);
  return amount % step === 0 ? undefined : `must be a multiple of ${formatMoney({ amount: step, currency })}`;
}

/** Returns the currencies with each number of decimal places; all others have two. */
export const CURRENCIES_BY_DIGITS: { digits: number; currencies: string[] }[] = [
  { digits: 0, currencies: [...ZERO_DECIMAL] },
  { digits: 3, currencies: [...THREE_DECIMAL] },
];

const formats = new Map<string, Intl.NumberFormat>();

function moneyFormat(currency: string): Intl.NumberFormat {
  const digits = { minimumFractionDigits: minorDigits(currency), maximumFractionDigits: minorDigits(currency) };
  const format = formats.get(currency) ?? new Intl.NumberFormat("en", { style: "currency", currency, ...digits });
  formats.set(currency, format);
  return format;
}

/** Formats an amount for readers: `€12.50`, `¥500`. */
export function formatMoney({ amount, currency }: Money): string {
  return moneyFormat(currency).format(amount / 10 ** minorDigits(currency));
}

/** Formats an amount for an input field, without its currency: `12.50`. */
export function typedAmount({ amount, currency }: Money): string {
  const digits = minorDigits(currency);
  return (amount / 10 ** digits).toFixed(digits);
}

/** Parses a typed amount, `12.50` or `12,50`, into minor units. NaN if it is no number or has too many decimal places. */
export function minorUnits(typed: string, currency: string): number {
  if (!/^\d+([.,]\d+)?$/.test(typed) || !/^[A-Z]{3}$/.test(currency)) return Number.NaN;
  const digits = minorDigits(currency);
  const [whole = "0", part = ""] = typed.split(/[.,]/);
  return part.length > digits ? Number.NaN : Number(whole + part.padEnd(digits, "0"));
}
