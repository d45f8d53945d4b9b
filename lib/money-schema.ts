import { z } from "zod";
import { isChargeable } from "./currencies";
import { formatMoney, MAX_AMOUNT, type Money, maximumCharge, minimumCharge, refuseFraction } from "./money";

const wholeSchema = z.int("must be a whole number of the currency's smallest unit");
export const positiveAmountSchema = wholeSchema.min(1, "must be more than 0");

/** The schema of an amount in minor units of a currency that is known from elsewhere. */
export const amountSchema = positiveAmountSchema.max(MAX_AMOUNT, "is too high");

/** The schema of a currency that Stripe can charge. */
export const currencySchema = z
  .string()
  .regex(/^[A-Z]{3}$/, { error: "must be an ISO 4217 code, such as EUR", abort: true })
  .refine(isChargeable, "is not a currency that can be charged");

/** Returns the error of an amount above the most that can be charged in its currency, or undefined. */
const refuseExcess = ({ amount, currency }: Money): string | undefined =>
  amount > maximumCharge(currency)
    ? `must be at most ${formatMoney({ amount: maximumCharge(currency), currency })}`
    : undefined;

/** Returns the error of an amount below the least that can be charged in its currency, or undefined. */
const refuseSmall = ({ amount, currency }: Money): string | undefined =>
  amount < minimumCharge(currency)
    ? `must be at least ${formatMoney({ amount: minimumCharge(currency), currency })}`
    : undefined;

const money = (amount: typeof wholeSchema, ...rules: ((money: Money) => string | undefined)[]) =>
  z.strictObject({ amount, currency: currencySchema }).superRefine((value, { addIssue }) => {
    for (const rule of rules) {
      const message = rule(value);
      if (message) addIssue({ code: "custom", path: ["amount"], message });
    }
  });

export const moneyInputSchema = money(positiveAmountSchema, refuseExcess);

/** The schema of a price, which is an amount that can be charged in its currency, or 0. */
export const priceSchema = money(wholeSchema.min(0, "must be at least 0"), refuseExcess, refuseFraction);

/** The schema of an amount that is charged as it is. */
export const chargeAmountSchema = money(wholeSchema, refuseSmall, refuseExcess, refuseFraction);
