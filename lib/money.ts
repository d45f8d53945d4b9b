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

/** stripe.com/docs/currencies, "Zero-decimal currencies" and "Three-decimal currencies". */
const ZERO_DECIMAL = new Set("BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF".split(" "));
const THREE_DECIMAL = new Set("BHD JOD KWD OMR TND".split(" "));

/**
 * How many decimal places the minor unit is at Stripe, which is what money is counted in. Not Intl's: that goes by the coins
 * in use, and knows no fillér of a forint and no aurar of a króna, of which Stripe wants a hundred for each ("Special cases").
 */
export function minorDigits(currency: string): number {
  if (ZERO_DECIMAL.has(currency)) return 0;
  return THREE_DECIMAL.has(currency) ? 3 : 2;
}

/** What has no coin any more (same page, "Special cases"), and what is finer than cards can pay ("Three-decimal currencies"). */
const WHOLE = new Set(["ISK", "UGX"]);

/** Stripe refuses an amount that is not a multiple of this (`invalid_charge_amount_no_decimal_compatible`), in minor units. */
export function amountStep(currency: string): number {
  if (WHOLE.has(currency)) return 100;
  return THREE_DECIMAL.has(currency) ? 10 : 1;
}

/** What is wrong with an amount that can be charged in no coins; nothing where that is not so. */
export function refuseFraction({ amount, currency }: Money): string | undefined {
  const step = amountStep(currency);
  return amount % step === 0 ? undefined : `must be a multiple of ${step} minor units in ${currency}`;
}

/** For people: `€12.50`, `¥500`. */
export function formatMoney({ amount, currency }: Money): string {
  const digits = minorDigits(currency);
  const shown = { minimumFractionDigits: digits, maximumFractionDigits: digits };
  return new Intl.NumberFormat("en", { style: "currency", currency, ...shown }).format(amount / 10 ** digits);
}

/** An amount as somebody would type it, without its currency: `12.50`. */
export function typedAmount({ amount, currency }: Money): string {
  const digits = minorDigits(currency);
  return (amount / 10 ** digits).toFixed(digits);
}

/** What somebody typed, `12.50` or `12,50`, in minor units; not a number where it is none, or finer than the currency. */
export function minorUnits(typed: string, currency: string): number {
  if (!/^\d+([.,]\d+)?$/.test(typed) || !/^[A-Z]{3}$/.test(currency)) return Number.NaN;
  const digits = minorDigits(currency);
  const [whole = "0", part = ""] = typed.split(/[.,]/);
  return part.length > digits ? Number.NaN : Number(whole + part.padEnd(digits, "0"));
}
