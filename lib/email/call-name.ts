const LONGEST = 60;

/**
 * How an email calls somebody. Anyone can sign up with somebody else's address and write what they like into the name, so one
 * that is long or could be an address is not repeated to its reader: no email of ours advertises for others.
 */
export function callName(name: string): string {
  const plain = name.replace(/[\s\p{C}]+/gu, " ").trim();
  const suspicious = plain.length > LONGEST || /[/:@<>]|\w\.\w|www\./i.test(plain);
  return plain === "" || suspicious ? "there" : plain;
}
