/** Longer texts, or more words, are rather a sentence than a name. */
const MAX_NAME_LENGTH = 40;
const MAX_NAME_WORDS = 5;

/** Letters, the signs of names (D'Arcy, Jean-Luc), and a dot after an initial or a title (J. R., Dr.). */
const NAME = /^\p{L}[\p{L}\p{M}'’-]*\.?( [\p{L}\p{M}'’-]+\.?)*$/u;

/**
 * Returns a person's name for a sentence of ours, or `other` if the text may be something else than a name: an advertisement, a
 * link, a phone number. A spammer can register or order with the address of another person and such a text as the name.
 */
export function nameOr(name: string | null, other: string): string {
  const plain = (name ?? "").replace(/[\s\p{C}]+/gu, " ").trim();
  const isName = plain.length <= MAX_NAME_LENGTH && plain.split(" ").length <= MAX_NAME_WORDS && NAME.test(plain);
  return isName ? plain : other;
}

interface AddressOwner {
  email: string;
  name: string;
  emailVerified: boolean;
}

/**
 * Returns the name for an email to the address of an order: that of its account, if the account has this address. Anybody can
 * order with the address of another person, so the name that was typed with it is not used.
 */
export const ownerName = (address: string, owner: AddressOwner | null): string | null =>
  owner?.emailVerified && owner.email === address ? owner.name : null;

/** Returns the name for an email's greeting. */
export const greetingName = (name: string): string => nameOr(name, "there");

/**
 * Returns the text of a customer for an email to somebody else, such that no email program makes a link of a part of it:
 * `https[:]//evil[.]example`. Programs also recognize a domain or an address without `https://`.
 */
export const defang = (text: string): string =>
  text
    .replace(/\p{Cf}/gu, "")
    .replace(/(?<=\p{L})[:：](?=\s*[/／\\])/gu, "[:]")
    .replace(/\b(mailto|tel|sms|callto|javascript|data)[:：]/giu, "$1[:]")
    .replace(/(?<=[\p{L}\p{M}\p{N}_-])[.．。｡](?=[\p{L}\p{M}]{2})/gu, "[.]")
    .replace(/(?<=\d)\.(?=\d{1,3}\.)/gu, "[.]");
