import { domainToASCII, domainToUnicode } from "node:url";
import { z } from "zod";

/** The longest address in the path of a message (RFC 5321, 4.5.3.1.3). */
const MAX_LENGTH = 254;

/** HTML's characters of a local part, and those beyond ASCII (RFC 6531, 3.3) that are visible. */
const LOCAL = /^(?:[a-z0-9.!#$%&'*+/=?^_`{|}~-]|(?!\p{ASCII})[\p{L}\p{M}\p{N}\p{P}\p{S}])+$/iu;

/** HTML's domain, in which the top-level domain is not a number: that would be an IP address, also one such as `0x7f.1`. */
const DOMAIN = /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?!\d+$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/** Characters of a domain before IDNA. Without this check, the URL parser would cut `a/b.example` and decode `%61.example`. */
const TYPED_DOMAIN = /^(?:[\p{L}\p{M}\p{N}.\u3002\uff0e\uff61-]|\u200c|\u200d)+$/u;

/**
 * Returns an email address in the form in which it is stored, compared and sent, or undefined if it is none: without spaces
 * around it, in lower case, composed (NFC), and with the ASCII form of its domain (`info@bücher.example` has
 * `xn--bcher-kva.example`), as browsers send it. An address is valid by HTML's rule for `type=email` or by RFC 6531, if its
 * domain has a dot. A compatibility character in the local part, such as a full-width letter, makes it invalid (RFC 8264, 9.17).
 */
export function normalizeEmail(text: string): string | undefined {
  const trimmed = text.replace(/^[\s\p{Cf}]+|[\s\p{Cf}]+$/gu, "");
  const at = trimmed.lastIndexOf("@");
  const local = trimmed.slice(0, Math.max(0, at)).normalize("NFC").toLowerCase();
  const typedDomain = trimmed.slice(at + 1);
  if (!LOCAL.test(local) || local.normalize("NFKC") !== local || !TYPED_DOMAIN.test(typedDomain)) return undefined;
  // A number in the last place would make the URL parser read the domain as an IPv4 address.
  const domain = /^[\x21-\x7e]+$/.test(typedDomain) ? typedDomain.toLowerCase() : domainToASCII(typedDomain);
  const address = `${local}@${domain}`;
  // Node.js 24 no longer refuses a domain in ASCII whose encoded labels cannot be decoded.
  const isDecodable = domainToASCII(domain) === domain && !/(?:^|\.)xn--/.test(domainToUnicode(domain));
  const valid = DOMAIN.test(domain) && isDecodable && address.length <= MAX_LENGTH;
  return valid ? address : undefined;
}

/** An email address, normalized. */
export const emailSchema = z.string().transform((text, context) => {
  const address = normalizeEmail(text);
  if (address !== undefined) return address;
  context.addIssue({ code: "custom", message: "must be an email address" });
  return z.NEVER;
});
