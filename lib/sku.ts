import { z } from "zod";
import type { Tx } from "./db";
import { isPlainText } from "./text";

/**
 * Returns a code, such as an SKU or a number, without what nobody sees: zero-width characters, directions of writing, several
 * spaces, and the difference between full-width and usual characters (NFKC). Control characters stay.
 */
export const cleanCode = (text: string): string =>
  text
    .normalize("NFKC")
    .replace(/\p{Cf}/gu, "")
    .replace(/[^\S\t\r\n]+/g, " ")
    .trim();

/** What a spreadsheet leaves of a long number (`4.00641E+12`), of `1-3` (`1-Mar`) and of a formula (`#REF!`). */
const DAMAGED =
  /^(?:[-+]?\d+[.,]\d+E[-+]?\d+|[-+]?\d+E[-+]\d+|\d{1,2}-(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)|#+|#\S+[!?]|#N\/?[AV])$/i;

/** An SKU, cleaned. */
export const skuSchema = z
  .string()
  .transform(cleanCode)
  .pipe(
    z
      .string()
      .min(1, "is empty")
      .max(100, "is longer than 100 characters")
      .refine((sku) => isPlainText(sku) && !sku.includes("\uFFFD"), "holds control or damaged characters")
      .refine((sku) => !DAMAGED.test(sku), "was damaged by a spreadsheet; format the column as text"),
  );

/**
 * Returns, by line, the SKU from which a new one would differ only in letter case, or in leading zeros if both are numbers: that
 * of a product or of an earlier row. An SKU that a product has already is not new.
 */
export async function findTwins(tx: Tx, rows: { sku: string; line: number }[]): Promise<Map<number, string>> {
  if (rows.length === 0) return new Map();
  const input = JSON.stringify(rows.map(({ sku, line }) => ({ sku, line })));
  // LIMIT makes PostgreSQL look each SKU up in the index: a join would read all products for every batch of an import.
  const given = await tx.$queryRaw<{ line: number; sku: string; key: string; known: boolean; twin: string | null }[]>`
    SELECT line, sku, sku_key(sku) AS key, EXISTS (SELECT 1 FROM products p WHERE p.sku = g.sku) AS known,
      (SELECT p.sku FROM products p WHERE sku_key(p.sku) = sku_key(g.sku) AND p.sku <> g.sku LIMIT 1) AS twin
    FROM jsonb_to_recordset(${input}::jsonb) AS g(sku text, line int) ORDER BY line`;
  const twins = new Map<number, string>();
  const first = new Map<string, string>();
  for (const { line, sku, key, known, twin } of given) {
    const earlier = twin ?? first.get(key) ?? sku;
    if (!known && earlier !== sku) twins.set(line, earlier);
    else first.set(key, sku);
  }
  return twins;
}
