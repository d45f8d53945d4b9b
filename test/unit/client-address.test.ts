import { afterEach, beforeEach, expect, test, vi } from "vitest";

beforeEach(() => {
  vi.resetModules();
  vi.stubEnv("APP_URL", "http://127.0.0.1:3000");
  vi.stubEnv("PEER_HEADER_IS_SET", "1");
});
afterEach(() => vi.unstubAllEnvs());

/** Reads the environment anew: it is parsed once in a process. */
async function addressWith(hops: number, headers: Record<string, string>): Promise<string> {
  vi.stubEnv("TRUSTED_PROXY_HOPS", String(hops));
  const { clientAddress } = await import("@/lib/client-address");
  return clientAddress(new Headers({ "x-steadfast-peer": "10.0.0.9", ...headers }));
}

test.each<[number, string, string]>([
  [0, "", "10.0.0.9"],
  [0, "203.0.113.7", "10.0.0.9"],
  [1, "203.0.113.7", "203.0.113.7"],
  [1, "1.1.1.1, 2.2.2.2, 203.0.113.7", "203.0.113.7"],
  [2, "1.1.1.1, 203.0.113.7, 10.0.0.1", "203.0.113.7"],
  [3, "203.0.113.7, 10.0.0.1", "203.0.113.7"],
  [1, "203.0.113.7:4711", "203.0.113.7"],
  [1, "::ffff:203.0.113.7", "203.0.113.7"],
  [1, "2001:DB8:0:7:aaaa:bbbb:cccc:dddd", "2001:db8:0:7::/64"],
  [1, "[2001:db8::1]:4711", "2001:db8:0:0::/64"],
  [1, "::1", "0:0:0:0::/64"],
  [1, "203.0.113.7'; DROP TABLE users", "unknown"],
  [1, "x".repeat(5_000), "unknown"],
])("%i proxies, X-Forwarded-For %.60s: %s", async (hops, forwarded, expected) => {
  expect(await addressWith(hops, forwarded ? { "x-forwarded-for": forwarded } : {})).toBe(expected);
});

test("without our own server, the header with the peer is not believed", async () => {
  vi.stubEnv("PEER_HEADER_IS_SET", "");
  expect(await addressWith(0, { "x-forwarded-for": "203.0.113.7" })).toBe("unknown");
});

test("on Vercel, which overwrites it, X-Forwarded-For is believed", async () => {
  vi.stubEnv("VERCEL", "1");
  expect(await addressWith(0, { "x-forwarded-for": "203.0.113.7" })).toBe("203.0.113.7");
});
