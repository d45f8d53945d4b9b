import { isIPv4, isIPv6 } from "node:net";
import { appEnv } from "./env";

/** The header in which our own server (bin/serve-app.ts) passes the address of the connection. It overwrites the client's. */
export const PEER_HEADER = "x-steadfast-peer";

/**
 * Returns the address that a rate limit counts a client by: an IPv4 address, or the /64 network of an IPv6 address, which one
 * customer usually has for himself. `unknown` if there is none that can be trusted.
 *
 * Each proxy appends the address that it sees to `x-forwarded-for`, and everything before the entries of our own proxies is
 * the client's invention. So `TRUSTED_PROXY_HOPS` entries are counted from the right; with 0 it is the connection itself.
 * Vercel overwrites the header (vercel.com/docs/headers/request-headers).
 */
export function clientAddress(headers: Headers): string {
  const forwarded = (headers.get("x-forwarded-for") ?? "").split(",").map((entry) => entry.trim());
  if (process.env.VERCEL === "1") return networkOf(forwarded[0]);
  const peer = process.env.PEER_HEADER_IS_SET === "1" ? headers.get(PEER_HEADER) : undefined;
  const chain = [...forwarded.filter((entry) => entry !== ""), peer ?? ""];
  return networkOf(chain.at(Math.max(0, chain.length - 1 - appEnv().TRUSTED_PROXY_HOPS)));
}

function networkOf(text = ""): string {
  // A proxy may add a port, and a socket that accepts both families maps IPv4 addresses.
  const [, bracketed] = /^\[([^\]]*)\](?::\d+)?$/.exec(text) ?? [];
  const address = (bracketed ?? text.replace(/^([\d.]+):\d+$/, "$1")).replace(/^::ffff:(?=[\d.]+$)/i, "");
  if (isIPv4(address)) return address;
  if (!isIPv6(address)) return "unknown";
  const [head = "", tail] = (address.split("%")[0] ?? "").toLowerCase().split("::");
  const groups = head === "" ? [] : head.split(":");
  const rest = tail === undefined || tail === "" ? 0 : tail.split(":").length;
  while (tail !== undefined && groups.length < 8 - rest) groups.push("0");
  if (tail) groups.push(...tail.split(":"));
  return `${groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(":")}::/64`;
}
