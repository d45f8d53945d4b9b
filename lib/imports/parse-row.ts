import { z } from "zod";
import { isChargeable } from "../currencies";
import { maximumCharge, minorDigits, refuseFraction } from "../money";
import { cleanCode, skuSchema } from "../sku";
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

/** Text of a person. Invisible characters that turn its direction or hide in it are removed, joiners of letters are not. */
const cleanText = (text: string) =>
  text.normalize("NFC").replace(/[\u00ad\u200b\u2060\ufeff\u202a-\u202e\u2066-\u2069]/g, "");

const isUndamaged = (text: string) => isPlainText(text) && !text.includes("\uFFFD");

/** The truth values of English spreadsheets and programs, and Excel's in other languages. */
const TRUE = " true yes y 1 wahr ja vrai oui verdadero sí vero waar prawda sant".split(" ");
const FALSE = "false no n 0 falsch nein faux non falso onwaar nee fałsz falskt".split(" ");

const productSchema = z
  .object({
    sku: skuSchema,
    name: z
      .string()
      .transform((text) =>
        cleanText(text)
          .replace(/[^\S\t\r\n]+/g, " ")
          .trim(),
      )
      .pipe(
        z
          .string()
          .min(1, "is empty")
          .max(200, "is longer than 200 characters")
          .refine(isUndamaged, "holds control or damaged characters"),
      ),
    description: z
      .string()
      .transform((text) => cleanText(text).trim())
      .pipe(
        z
          .string()
          .max(10_000, "is longer than 10000 characters")
          .refine((text) => isUndamaged(text.replace(/[\r\n\t]/g, "")), "holds control or damaged characters"),
      )
      .optional(),
    price: z.string().transform(cleanCode),
    currency: z
      .string()
      .transform((text) => cleanCode(text).toUpperCase())
      .refine(isChargeable, "is not a currency that can be charged"),
    active: z
      .string()
      .transform((text) => cleanCode(text).toLowerCase())
      .refine((word) => TRUE.includes(word) || FALSE.includes(word), "must be true or false")
      .transform((word) => TRUE.includes(word))
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
  sku: skuSchema,
  quantity: z
    .string()
    .transform(cleanCode)
    .refine((text) => /^\d{1,8}$/.test(text), "must be a whole number from 0 to 99999999")
    .transform(Number),
});

/** The counted quantity of a product, including the units reserved for open orders. */
export type StockRow = z.output<typeof stockSchema>;

export const parseProduct = (columns: string[], values: string[]) => parse(productSchema, columns, values);
export const parseStock = (columns: string[], values: string[]) => parse(stockSchema, columns, values);

function parse<S extends z.ZodType>(schema: S, columns: string[], values: string[]): Parsed<z.output<S>> {
  const isWrong = (name: string | undefined, value: string | undefined) =>
    !name && value !== undefined && value.trim() !== "";
  if (
    columns.slice(values.length).some((name) => name !== "") ||
    values.slice(columns.length).some((value) => isWrong("", value))
  )
    return { problems: [{ column: "*", message: `has ${values.length} fields instead of ${columns.length}` }] };
  if (columns.some((name, index) => isWrong(name, values[index])))
    return { problems: [{ column: "*", message: "has a value in a column without a name" }] };
  const result = schema.safeParse(Object.fromEntries(columns.map((name, index) => [name, values[index]])));
  if (result.success) return { row: result.data };
  return { problems: result.error.issues.map(({ path, message }) => ({ column: String(path[0] ?? "*"), message })) };
}

/**
 * Returns the price in minor units (`12.5` and `12,5` euros are 1250 cents) or a problem. Too many decimal places are not rounded.
 * A comma before three digits can separate thousands, so it is refused.
 */
function toMinorUnits(price: string, currency: string): number | string {
  const places = minorDigits(currency);
  const [, whole, mark, fraction = ""] = /^(\d{1,10})(?:([.,])(\d{1,4}))?$/.exec(price) ?? [];
  if (whole === undefined) return "must be a price such as 12.50, without a separator of thousands";
  if (fraction.length > places) return `has more than ${places} decimal places, ${currency}'s`;
  if (mark === "," && fraction.length === 3) return "can mean thousands; write it with a point";
  const amount = Number(whole) * 10 ** places + Number(fraction.padEnd(places, "0") || 0);
  const most = maximumCharge(currency);
  if (amount > most) return `must be at most ${most / 10 ** places}`;
  return refuseFraction({ amount, currency }) ?? amount;
}
