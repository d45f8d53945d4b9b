import { z } from "zod";

/** Neither NUL nor half a surrogate pair fits into PostgreSQL; the other control characters have no place in a line. */
const UNSTORABLE = /[\p{Cc}\p{Cs}]/u;

/** Whether PostgreSQL can hold the text and a form would have sent it. */
export const isPlainText = (text: string): boolean => !UNSTORABLE.test(text);

/** One line of text with something in it, trimmed. */
export const plainText = (max: number) =>
  z.string().trim().min(1).max(max).refine(isPlainText, "must not hold control characters");
