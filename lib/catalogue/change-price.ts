import { z } from "zod";
import { now } from "../clock";
import { transaction } from "../db";
import { invalid, notFound } from "../errors";
import { answerOnce } from "../idempotency";
import { amountStep, formatMoney, type Money, minorUnits } from "../money";
import { priceSchema } from "../money-schema";

const PATTERN = /^([+-]?) ?(\d{1,10}(?:[.,]\d{1,3})?) ?(%?)$/;

/** A change of prices as it is typed: `2.50` or `-1` in the currency of each product, or `10%`. */
export const priceChangeSchema = z
  .string()
  .trim()
  .regex(PATTERN, "must be an amount such as 2.50 or -1, or a percentage such as -10%");

/**
 * Returns a price after a change, rounded to an amount that can be charged. Pure.
 * @throws AppError `validation_failed` (422) for a result that is no price, or an amount with too many decimal places
 */
export function changedPrice({ amount, currency }: Money, change: string): Money {
  const [, sign, typed = "", percent] = PATTERN.exec(change) ?? [];
  const factor = sign === "-" ? -1 : 1;
  const by = percent ? (amount * Number(typed.replace(",", "."))) / 100 : minorUnits(typed, currency);
  if (Number.isNaN(by)) throw invalid(`${typed} is not an amount in ${currency}.`);
  const exact = amount + factor * by;
  if (exact < 0) throw invalid(`The price is ${formatMoney({ amount, currency })}, so it would fall below zero.`);
  const step = percent ? amountStep(currency) : 1;
  const price = { amount: Math.round(exact / step) * step, currency };
  const { error } = priceSchema.safeParse(price);
  if (error) throw invalid(`${formatMoney(price)} is not a price: it ${error.issues[0]?.message}.`);
  return price;
}

/**
 * Changes the price of a product by an amount or a percentage of its present one. The same key is the same change.
 * @throws AppError `not_found` (404), `idempotency_key_reused` (409), `validation_failed` (422) as `changedPrice`
 */
export async function changePrice(
  productId: string,
  change: string,
  { by, key }: { by: string; key: string },
): Promise<Money> {
  const idempotent = { scope: `price:${productId}`, caller: by, key, body: { change } };
  return transaction(async (tx) => {
    const [before] = await tx.$queryRaw<Money[]>`
      SELECT price_amount AS amount, currency FROM products WHERE id = ${productId} FOR UPDATE`;
    if (!before) throw notFound("product");
    const { answer } = await answerOnce(tx, idempotent, async () => {
      const price = changedPrice(before, change);
      await tx.product.update({
        where: { id: productId },
        data: { priceAmount: price.amount, updatedAt: now() },
        select: { id: true },
      });
      return price;
    });
    return answer;
  });
}
