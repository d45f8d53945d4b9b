import { badParameter } from "./errors";

/** Least charge per currency in minor units (docs: "Minimum and maximum charge amounts"). */
const LEAST: Record<string, number> = {
  aed: 200,
  aud: 50,
  bgn: 100,
  brl: 50,
  cad: 50,
  chf: 50,
  czk: 1500,
  dkk: 250,
  eur: 50,
  gbp: 30,
  hkd: 400,
  huf: 17500,
  inr: 50,
  jpy: 50,
  mxn: 1000,
  myr: 200,
  nok: 300,
  nzd: 50,
  pln: 200,
  ron: 200,
  sek: 300,
  sgd: 50,
  thb: 1000,
  usd: 50,
};

/** Currencies without minor units (docs: "Zero-decimal currencies"), of those above. */
const ZERO_DECIMAL = new Set(["jpy"]);

/** Eight digits. */
const MOST = 99_999_999;

/** "$10.00", as Stripe writes amounts in its errors. */
export function formatAmount(amount: number, currency: string): string {
  const value = ZERO_DECIMAL.has(currency) ? amount : amount / 100;
  return new Intl.NumberFormat("en-US", { style: "currency", currency }).format(value);
}

/** Refuses what Stripe would refuse to charge; returns the currency in lower case. */
export function checkAmount(amount: number, currencyParam: string): string {
  const currency = checkCurrency(currencyParam);
  const least = LEAST[currency] ?? 0;
  if (amount < least) {
    throw badParameter(
      `Amount must be at least ${formatAmount(least, currency)} ${currency}`,
      "amount",
      "amount_too_small",
    );
  }
  if (amount > MOST) {
    throw badParameter(`Amount must be no more than ${formatAmount(MOST, currency)}`, "amount", "amount_too_large");
  }
  return currency;
}

/** Refuses a currency that Stripe does not have; returns it in lower case. */
export function checkCurrency(given: string): string {
  const currency = given.toLowerCase();
  if (LEAST[currency] !== undefined) return currency;
  const known = Object.keys(LEAST).join(", ");
  throw badParameter(`Invalid currency: ${currency}. Stripe currently supports these currencies: ${known}`, "currency");
}
