import { BlockList, isIPv4, isIPv6 } from "node:net";

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
