const MAX_NAME_LENGTH = 60;

/**
 * Returns the name for an email's greeting, or "there". A spammer can register with the address of another person and
 * an advertisement as the name. So a name that is long or looks like a URL is not used.
 */
export function greetingName(name: string): string {
  const plain = name.replace(/[\s\p{C}]+/gu, " ").trim();
  const suspicious = plain.length > MAX_NAME_LENGTH || /[/:@<>]|\w\.\w|www\./i.test(plain);
  return plain === "" || suspicious ? "there" : plain;
}
