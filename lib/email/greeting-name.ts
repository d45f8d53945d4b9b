const MAX_NAME_LENGTH = 60;

/**
 * Returns the name for an email's greeting, or "there". Anyone can register with somebody else's address and any text as the
 * name. So a name that is long or looks like an address is not repeated: no email of ours contains a stranger's advertising.
 */
export function greetingName(name: string): string {
  const plain = name.replace(/[\s\p{C}]+/gu, " ").trim();
  const suspicious = plain.length > MAX_NAME_LENGTH || /[/:@<>]|\w\.\w|www\./i.test(plain);
  return plain === "" || suspicious ? "there" : plain;
}
