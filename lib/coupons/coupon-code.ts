import { randomBytes } from "node:crypto";
import { z } from "zod";
import { plainText } from "../text";

const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"; // Crockford's base 32: nothing in it looks like something else

/** A code that nobody guesses (60 bits) and anybody can type: `GIFT-7K2M-9QXR-4TBH`. */
export function newCouponCode(prefix: string): string {
  const text = Array.from(randomBytes(12), (byte) => ALPHABET.charAt(byte % 32)).join("");
  return [prefix, ...(text.match(/.{4}/g) ?? [])].join("-");
}

/** A code as somebody typed it. */
export const typedCode = plainText(50).transform((code) => code.toUpperCase());

/** A code that a manager chooses. */
export const chosenCode = z
  .string()
  .trim()
  .transform((code) => code.toUpperCase())
  .pipe(z.string().regex(/^[A-Z0-9][A-Z0-9-]{3,39}$/, "must be 4 to 40 letters, digits and hyphens"));
