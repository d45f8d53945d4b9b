import { z } from "zod";
import { MAX_AMOUNT, refuseFraction } from "./money";

/** The schema of an amount in minor units. */
export const amountSchema = z
  .int("must be a whole number of minor units")
  .min(1, "must be at least 1")
  .max(MAX_AMOUNT, `must be at most ${MAX_AMOUNT}`);

export const currencySchema = z.string().regex(/^[A-Z]{3}$/, "must be an ISO 4217 code, such as EUR");

export const moneyInputSchema = z.strictObject({ amount: amountSchema, currency: currencySchema });

/** The schema of an amount that can be charged in its currency. */
export const priceSchema = moneyInputSchema.superRefine((money, { addIssue }) => {
  const message = refuseFraction(money);
  if (message) addIssue({ code: "custom", path: ["amount"], message });
});
