import { z } from "zod";

/** Neither NUL nor half a surrogate pair fits into PostgreSQL; the other control characters have no place in a line. */
const UNSTORABLE = /[\p{Cc}\p{Cs}]/u;

/** Whether PostgreSQL can hold the text and a form would have sent it. */
export const isPlainText = (text: string): boolean => !UNSTORABLE.test(text);

/** One line of text with something in it, trimmed. */
export const plainText = (max: number) =>
  z.string().trim().min(1).max(max).refine(isPlainText, "must not hold control characters");

/** `value` as JSON that PostgreSQL can hold: what it cannot (NUL, half a surrogate pair) becomes U+FFFD. */
export function storableJson(value: unknown): string {
  // JSON.stringify writes both as escapes, and nothing else that starts with \ud.
  return JSON.stringify(value).replace(/(?<!\\)((?:\\\\)*)\\u(?:0000|d[89a-f][0-9a-f]{2})/g, "$1\\ufffd");
}

/** The name of a person. */
export const personName = plainText(200);
