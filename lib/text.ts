import { z } from "zod";

/** PostgreSQL cannot store NUL or half a surrogate pair. Other control characters are not allowed in a line of text. */
const UNSTORABLE = /[\p{Cc}\p{Cs}]/u;

/** Returns whether the text has no control characters, so PostgreSQL can store it. */
export const isPlainText = (text: string): boolean => !UNSTORABLE.test(text);

/** Returns the schema of one line of text, trimmed and not empty. Its letters are composed (NFC), so that equal texts are the same. */
export const plainTextSchema = (max: number) =>
  z.string().normalize().trim().min(1).max(max).refine(isPlainText, "must not hold control characters");

/** Escapes the wildcards of LIKE. Prisma passes those of `contains` and `startsWith` on as they are. */
export const escapeLike = (text: string): string => text.replace(/[\\%_]/g, "\\$&");

/** Returns a LIKE pattern for text that contains `text`. */
export const containing = (text: string): string => `%${escapeLike(text)}%`;

/** A text to search for, trimmed and composed like the texts that are stored. An empty one searches for nothing. */
export const searchTextSchema = z
  .string()
  .normalize()
  .trim()
  .max(200)
  .refine(isPlainText, "must not hold control characters");

/** Returns `value` as JSON for PostgreSQL. NUL and half surrogate pairs, which it cannot store, become U+FFFD. */
export function storableJson(value: unknown): string {
  // JSON.stringify escapes both. It writes no other escape that starts with \ud.
  return JSON.stringify(value).replace(/(?<!\\)((?:\\\\)*)\\u(?:0000|d[89a-f][0-9a-f]{2})/g, "$1\\ufffd");
}

/** An address on the web. `z.url` alone takes control characters at its ends, which a URL parser drops. */
export const webAddressSchema = z
  .url("must be an address")
  .max(2_000)
  .refine(isPlainText, "must not hold control characters");

/** The name of a person. */
export const personNameSchema = plainTextSchema(200);
