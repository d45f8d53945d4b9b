import { dictionary } from "@zxcvbn-ts/language-common";

/** Words that are common in passwords for this shop. */
const SHOP_WORDS = ["steadfast", "steadfastshop"];

/** A longer password is not common only because it contains a common one. */
const MAX_DERIVED_LENGTH = 15;

/** Characters that are typed in place of letters. */
const SUBSTITUTES: Record<string, string> = {
  "@": "a",
  "4": "a",
  "3": "e",
  "1": "i",
  "!": "i",
  "0": "o",
  $: "s",
  "5": "s",
  "7": "t",
};

let common: ReadonlySet<string> | undefined;

/** Returns the list of the zxcvbn project, of passwords that occur often in leaks. It takes some milliseconds to unpack, once. */
function commonPasswords(): ReadonlySet<string> {
  common ??= new Set([...dictionary["passwords-common"], ...SHOP_WORDS].map(String));
  return common;
}

/**
 * Returns whether a password is among the first that are guessed: one of the common ones, in any letter case, with substituted
 * characters or with digits and signs around it; a repeated text; or what is known about its user, such as their name.
 *
 * OWASP's Authentication Cheat Sheet: "Block common and previously breached passwords". The check needs no other service.
 */
export function isCommonPassword(password: string, known: (string | undefined)[] = []): boolean {
  const plain = password.normalize("NFKC").toLowerCase();
  const repeated = repeatedPart(plain);
  if (repeated.length <= 2) return true;
  const candidates = [plain, repeated];
  const core = plain.replace(/^[^\p{L}]+|[^\p{L}]+$/gu, "");
  if (core.length >= 4 && plain.length <= MAX_DERIVED_LENGTH) candidates.push(core);
  const personal = new Set(known.flatMap((text) => personalWords(text ?? "")));
  const spellings = candidates.flatMap((text) => [text, withoutSubstitutes(text)]);
  return spellings.some((text) => commonPasswords().has(text) || personal.has(text));
}

/** Returns `abc` for `abcabcabc`, and other texts as they are. */
const repeatedPart = (text: string) => /^(.+?)\1+$/su.exec(text)?.[1] ?? text;

const withoutSubstitutes = (text: string) => text.replace(/[@431!0$57]/g, (sign) => SUBSTITUTES[sign] ?? sign);

/** Returns an address or a name as it could be typed as a password: whole, its parts, and without separators. */
function personalWords(text: string): string[] {
  const plain = text.normalize("NFKC").toLowerCase().trim();
  const words = [plain, ...plain.split("@"), plain.replace(/[^\p{L}\p{N}]/gu, "")];
  return words.filter((word) => word.length > 2);
}
