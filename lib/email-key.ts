import { domainToASCII } from "node:url";

/** Domains whose mailboxes ignore dots. Both names are of the same provider. */
const GMAIL = new Set(["gmail.com", "googlemail.com"]);

/**
 * Returns the same text for all spellings of an address that reach one mailbox: letter case, a `+tag`, and the dots that Gmail
 * ignores. The same as `email_key` in the database. For gifts and limits, which would otherwise apply to each spelling. Never for
 * sending: at other providers, two spellings can be two people.
 */
export function emailKey(address: string): string {
  const plain = address.trim().normalize("NFKC").toLowerCase();
  const at = plain.lastIndexOf("@");
  if (at < 1) return plain;
  const domain = domainToASCII(plain.slice(at + 1)) || plain.slice(at + 1);
  const local = plain.slice(0, at).replace(/(?<=.)\+.*$/, "");
  return GMAIL.has(domain) ? `${local.replaceAll(".", "")}@gmail.com` : `${local}@${domain}`;
}
