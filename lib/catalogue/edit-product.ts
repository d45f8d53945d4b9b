import { isDeepStrictEqual } from "node:util";
import type { z } from "zod";
import { type Tx, transaction } from "../db";
import { conflict } from "../errors";
import { formatMoney } from "../money";
import { getManagedProduct, type ManagedProduct, type productChangeSchema, writeProduct } from "./manage-products";

type ProductChange = z.output<typeof productChangeSchema>;
type Field = keyof ProductChange;

/** A form sends a line break as CR and LF. */
const comparable = (value: ProductChange[Field]) =>
  typeof value === "string" ? value.replace(/\r\n?/g, "\n").trim() : value;

const isSame = (one: ProductChange, other: ProductChange, field: Field): boolean =>
  isDeepStrictEqual(comparable(one[field]), comparable(other[field]));

/** The path of each field in an error, and how the error names its value. */
const FIELDS: Record<Field, { path: string; valueOf: (product: ManagedProduct) => string }> = {
  name: { path: "name", valueOf: ({ name }) => name },
  description: { path: "description", valueOf: () => "another text" },
  price: { path: "price.amount", valueOf: ({ price }) => formatMoney(price) },
  active: { path: "active", valueOf: ({ active }) => (active ? "on" : "off") },
  lowStock: { path: "lowStock", valueOf: ({ lowStock }) => String(lowStock ?? "empty") },
};

/**
 * Changes the fields of a form that differ from what its page has shown, and does `also` in the same transaction. The other fields are
 * not written, because they may have changed since then. A repetition changes nothing.
 * @throws AppError `not_found` (404), `product_changed` (409) without a change, if the stored value of an edited field is another one;
 *   as `also`, without a change
 */
export async function editProduct(
  id: string,
  typed: ProductChange,
  shown: ProductChange,
  also?: (tx: Tx) => Promise<unknown>,
): Promise<ManagedProduct> {
  const edited = (Object.keys(FIELDS) as Field[]).filter((field) => field in typed && !isSame(typed, shown, field));
  await transaction(async (tx) => {
    if (edited.length > 0) await writeEdited(tx, id, edited, { typed, shown });
    await also?.(tx);
  });
  return getManagedProduct(id);
}

async function writeEdited(
  tx: Tx,
  id: string,
  edited: Field[],
  { typed, shown }: { typed: ProductChange; shown: ProductChange },
): Promise<void> {
  // Every change of these fields writes the row of the product first, so this waits for another one, and another one for this.
  await writeProduct(tx, id, {});
  const stored = await getManagedProduct(id, tx);
  const changed = edited.filter((field) => !isSame(stored, shown, field) && !isSame(stored, typed, field));
  if (changed.length > 0)
    throw conflict(
      "product_changed",
      "The product has changed meanwhile. Nothing was saved. Open the page again to see its present values.",
      changed.map((field) => ({ path: FIELDS[field].path, message: `is ${FIELDS[field].valueOf(stored)} now` })),
    );
  await writeProduct(tx, id, Object.fromEntries(edited.map((field) => [field, typed[field]])));
}
