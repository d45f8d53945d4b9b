import { badParameter } from "./errors";

/** Minimum charge per currency in minor units (docs: "Minimum and maximum charge amounts"). */
const MIN_AMOUNTS: Record<string, number> = {
  ...{ aed: 200, aud: 50, bgn: 100, brl: 50, cad: 50, chf: 50, czk: 1500, dkk: 250 },
  ...{ eur: 50, gbp: 30, hkd: 400, huf: 17500, idr: 50, inr: 50, isk: 50, jpy: 50, mxn: 1000, myr: 200 },
  ...{ nok: 300, nzd: 50, pln: 200, ron: 200, sek: 300, sgd: 50, thb: 1000, usd: 50 },
};

/** Currencies without minor units (docs: "Zero-decimal currencies"), of those above. */
const ZERO_DECIMAL = new Set(["jpy"]);

/** Currencies with two decimal places that must both be zero (docs: "Special cases"), of those above. */
const ZERO_FRACTION = new Set(["isk"]);

/** Stripe takes at most eight digits, and twelve of IDR (same page). */
const maxAmount = (currency: string) => (currency === "idr" ? 999_999_999_999 : 99_999_999);

/** "$10.00", as Stripe writes amounts in its errors. */
export function formatAmount(amount: number, currency: string): string {
  const value = ZERO_DECIMAL.has(currency) ? amount : amount / 100;
  return new Intl.NumberFormat("en-US", { style: "currency", currency }).format(value);
}

/** The amount of a text such as "12.50" in the currency's smallest unit. Throws for a text that is no amount. */
export function minorUnits(text: string, currency: string): number {
  if (!/^\d+(?:[.,]\d{1,2})?$/.test(text.trim())) throw badParameter(`Invalid amount: ${text}`, "amount");
  return Math.round(Number(text.replace(",", ".")) * (ZERO_DECIMAL.has(currency) ? 1 : 100));
}

/** Throws for an amount with decimal places in a currency that has none, in a charge or a refund. */
export function checkFraction(amount: number, currency: string): void {
  if (!ZERO_FRACTION.has(currency) || amount % 100 === 0) return;
  const message = `Invalid amount: ${amount}. An amount in ${currency} must be divisible by 100.`;
  throw badParameter(message, "amount", "invalid_charge_amount_no_decimal_compatible");
}

/** The currency in lower case. Throws for an amount or a currency that Stripe refuses. */
export function checkAmount(amount: number, currencyParam: string): string {
  const currency = checkCurrency(currencyParam);
  const min = MIN_AMOUNTS[currency] ?? 0;
  if (amount < min)
    throw badParameter(
      `Amount must be at least ${formatAmount(min, currency)} ${currency}`,
      "amount",
      "amount_too_small",
    );
  const max = maxAmount(currency);
  if (amount > max)
    throw badParameter(`Amount must be no more than ${formatAmount(max, currency)}`, "amount", "amount_too_large");
  checkFraction(amount, currency);
  return currency;
}

/** The currency in lower case. Throws for a currency that Stripe does not have. */
export function checkCurrency(given: string): string {
  const currency = given.toLowerCase();
  if (MIN_AMOUNTS[currency] !== undefined) return currency;
  const known = Object.keys(MIN_AMOUNTS).join(", ");
  throw badParameter(`Invalid currency: ${currency}. Stripe currently supports these currencies: ${known}`, "currency");
}
