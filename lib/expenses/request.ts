import { z } from "zod";
import { ExpenseStatus } from "@/prisma/generated/enums";
import { maximumCharge } from "../money";
import { positiveAmountSchema } from "../money-schema";
import { pageQuery } from "../pagination";
import { isPlainText } from "../text";

/** The currencies that the shop can transfer at Stripe. */
export const EXPENSE_CURRENCIES = ["CHF", "DKK", "EUR", "GBP", "JPY", "NOK", "PLN", "SEK", "USD"] as const;

/** All of these currencies have the same maximum. */
const MAX_EXPENSE = maximumCharge("EUR");

/** Multi-line text, trimmed. */
const text = (max: number) =>
  z
    .string()
    .trim()
    .min(1, "must not be empty")
    .max(max, `must have at most ${max} characters`)
    .refine((value) => isPlainText(value.replace(/[\r\n\t]/g, "")), "must not hold control characters");

/** The body of `POST /api/expenses`; `amount` in minor units. */
export const expenseSchema = z.strictObject({
  amount: positiveAmountSchema.max(MAX_EXPENSE, "is more than can be paid out"),
  currency: z.enum(EXPENSE_CURRENCIES, `must be one of ${EXPENSE_CURRENCIES.join(", ")}`),
  description: text(2_000),
});

/** The body of `POST /api/admin/expenses/{id}/decision`. */
export const decisionSchema = z.strictObject({ approve: z.boolean(), note: text(1_000).optional() });

/** The form of an approval link. A browser sends an empty string for a missing note. */
export const decisionFormSchema = z.strictObject({
  decision: z.enum(["approve", "reject"]),
  note: text(1_000)
    .or(z.literal("").transform(() => undefined))
    .optional(),
});

/** The query of `GET /api/admin/expenses` and `GET /api/expenses`. */
export const expenseQuerySchema = pageQuery(20).extend({ status: z.enum(ExpenseStatus).optional() });

export type NewExpense = z.output<typeof expenseSchema>;
export type ExpenseQuery = z.output<typeof expenseQuerySchema>;
