import { z } from "zod";
import { isChargeable } from "../currencies";
import { maximumCharge, minorDigits, refuseFraction } from "../money";
import { isPlainText } from "../text";

/** A problem of a row, with the name of its column. */
export interface RowProblem {
  column: string;
  message: string;
}

/** The result of a batch of rows. */
export interface BatchResult {
  created: number;
  updated: number;
  unchanged: number;
  problems: ({ line: number } & RowProblem)[];
}

type Parsed<T> = { row: T } | { problems: RowProblem[] };

const line = (max: number) =>
  z
    .string()
    .trim()
    .min(1, "is empty")
    .max(max, `is longer than ${max} characters`)
    .refine(isPlainText, "holds control characters");

const productSchema = z
  .object({
    sku: line(100),
    name: line(200),
    description: z
      .string()
      .trim()
      .max(10_000, "is longer than 10000 characters")
      .refine((text) => isPlainText(text.replace(/[\r\n\t]/g, "")), "holds control characters")
      .optional(),
    price: z.string().trim(),
    currency: z.string().trim().toUpperCase().refine(isChargeable, "is not a currency that can be charged"),
    active: z
      .enum(["", "true", "false", "yes", "no", "1", "0"], "must be true or false")
      .transform((text) => ["", "true", "yes", "1"].includes(text))
      .optional(),
  })
  .transform(({ price, ...row }, context) => {
    const amount = toMinorUnits(price, row.currency);
    if (typeof amount === "number") return { ...row, price: amount };
    context.addIssue({ code: "custom", path: ["price"], message: amount });
    return z.NEVER;
  });

/** A product; `price` in minor units. */
export type ProductRow = z.output<typeof productSchema>;

const stockSchema = z.object({
  sku: line(100),
  quantity: z
    .string()
    .trim()
    .regex(/^\d{1,8}$/, "must be a whole number from 0 to 99999999")
    .transform(Number),
});

/** The counted quantity of a product, including the units reserved for open orders. */
export type StockRow = z.output<typeof stockSchema>;

export const parseProduct = (columns: string[], values: string[]) => parse(productSchema, columns, values);
export const parseStock = (columns: string[], values: string[]) => parse(stockSchema, columns, values);

function parse<S extends z.ZodType>(schema: S, columns: string[], values: string[]): Parsed<z.output<S>> {
  if (values.length !== columns.length)
    return { problems: [{ column: "*", message: `has ${values.length} fields instead of ${columns.length}` }] };
  const result = schema.safeParse(Object.fromEntries(columns.map((name, index) => [name, values[index]])));
  if (result.success) return { row: result.data };
  return { problems: result.error.issues.map(({ path, message }) => ({ column: String(path[0] ?? "*"), message })) };
}

/** Returns the price in minor units (`12.5` euros are 1250 cents) or a problem. Too many decimal places are not rounded. */
function toMinorUnits(price: string, currency: string): number | string {
  const places = minorDigits(currency);
  const [, whole, fraction = ""] = /^(\d{1,10})(?:\.(\d{1,4}))?$/.exec(price) ?? [];
  if (whole === undefined) return "must be a price such as 12.50";
  if (fraction.length > places) return `has more than ${places} decimal places, ${currency}'s`;
  const amount = Number(whole) * 10 ** places + Number(fraction.padEnd(places, "0") || 0);
  const most = maximumCharge(currency);
  if (amount > most) return `must have at most ${String(most).length} digits in all`;
  return refuseFraction({ amount, currency }) ?? amount;
}
