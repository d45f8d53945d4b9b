import { type LookupAddress, type LookupOptions, lookup } from "node:dns";
import { BlockList, isIP, isIPv4, isIPv6, type LookupFunction } from "node:net";
import { networkEnv } from "../env";
import { AppError } from "../errors";

/**
 * Prevents requests to user-supplied URLs (a webhook endpoint, a browser's push service, a file to import) from reaching our own
 * network (SSRF). The guard checks the same addresses that the connection uses. So DNS rebinding (a name that resolves to another
 * address a moment later) does not bypass it. ALLOW_PRIVATE_TARGETS disables the guard for local development.
 */

const refused = (host: string, path = "url") =>
  new AppError("address_not_public", 422, `${host} is not an address on the public internet.`, {
    errors: [{ path, message: "must lead to a public address" }],
  });

/**
 * Checks a URL before any request: its scheme, and its host if that is an IP address. `path` is the field of the request.
 * @throws AppError `address_not_public` (422), `address_refused` (422)
 */
export function checkTarget(url: URL, protocols = ["https:"], path = "url"): void {
  const open = networkEnv().ALLOW_PRIVATE_TARGETS;
  const refuse = (message: string) => {
    throw new AppError("address_refused", 422, `The address ${message}.`, { errors: [{ path, message }] });
  };
  if (!protocols.includes(url.protocol) && !(open && url.protocol === "http:"))
    refuse(`must begin with ${protocols.map((protocol) => `${protocol}//`).join(" or ")}`);
  if (url.username !== "" || url.password !== "") refuse("must hold no user name or password");
  if (open) return;
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const local = host === "localhost" || host.endsWith(".localhost") || (isIP(host) !== 0 && !isPublicAddress(host));
  if (local) throw refused(url.hostname, path);
}

/** The `lookup` option of `http.request`: resolves a name, and fails unless all of its addresses are public. */
export const guardedLookup: LookupFunction = (hostname, options: LookupOptions, callback) => {
  lookup(hostname, { ...options, all: true }, (error, addresses: LookupAddress[]) => {
    if (error) return callback(error, "", 0);
    const open = networkEnv().ALLOW_PRIVATE_TARGETS;
    if (!open && !addresses.every(({ address }) => isPublicAddress(address))) return callback(refused(hostname), "", 0);
    const [first] = addresses;
    if (!first) return callback(new Error(`${hostname} has no address.`), "", 0);
    if (options.all) return callback(null, addresses);
    callback(null, first.address, first.family);
  });
};

/** IPv4 blocks without public addresses: IANA's special-purpose registry, multicast and reserved blocks. */
const SPECIAL_V4 =
  "0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24 " +
  "192.88.99.0/24 192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/3";

/** Global unicast (RFC 4291) is the one IPv6 block in use. Parts of it are special, or embed an IPv4 address. */
const GLOBAL_V6 = "2000::/3";
const SPECIAL_V6 = "2001::/23 2001:db8::/32 2002::/16 3fff::/20";

const special = blockList([SPECIAL_V4, "ipv4"], [SPECIAL_V6, "ipv6"]);
const globalV6 = blockList([GLOBAL_V6, "ipv6"]);

function blockList(...blocks: [cidrs: string, family: "ipv4" | "ipv6"][]): BlockList {
  const list = new BlockList();
  for (const [cidrs, family] of blocks)
    for (const cidr of cidrs.split(" ")) {
      const [net = "", prefix] = cidr.split("/");
      list.addSubnet(net, Number(prefix), family);
    }
  return list;
}

/**
 * Returns whether an IP address belongs to the public internet: not loopback, private, link-local (where clouds serve their
 * metadata), multicast or otherwise special (iana.org/assignments/iana-ipv4-special-registry and its IPv6 counterpart).
 */
export function isPublicAddress(ip: string): boolean {
  if (isIPv4(ip)) return !special.check(ip, "ipv4");
  return isIPv6(ip) && globalV6.check(ip, "ipv6") && !special.check(ip, "ipv6");
}
