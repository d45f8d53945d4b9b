import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { sendOutgoingRequest } from "@/lib/http/outgoing-request";
import { checkTarget, guardedLookup } from "@/lib/http/private-network-guard";
import { isPublicAddress } from "@/lib/http/public-address";
import { openSource } from "@/lib/imports/open-source";

/** The answers of the name server, one for each lookup. The last one repeats. */
let answers: string[][] = [];
let lookups = 0;
vi.mock("node:dns", () => ({
  lookup: (
    _: string,
    __: object,
    callback: (error: null, addresses: { address: string; family: number }[]) => void,
  ) => {
    const addresses = answers[Math.min(lookups, answers.length - 1)] ?? [];
    lookups += 1;
    callback(
      null,
      addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 })),
    );
  },
}));
vi.mock("@/lib/http/public-address", { spy: true });

let requests = 0;
let redirectTo: string | undefined;
/** Listens on every address of this machine. */
const server = createServer((_, response) => {
  requests += 1;
  response.writeHead(redirectTo ? 302 : 200, redirectTo ? { location: redirectTo } : {}).end("reached");
});
let port = 0;
beforeAll(async () => {
  await new Promise<void>((ready) => server.listen(0, "0.0.0.0", ready));
  ({ port } = server.address() as AddressInfo);
});
afterAll(() => server.close());
beforeEach(() => {
  [answers, lookups, requests, redirectTo] = [[], 0, 0, undefined];
});
afterEach(() => void vi.mocked(isPublicAddress).mockReset());

const resolve = (all: boolean) =>
  new Promise<{ error: Error | null; address: unknown }>((done) => {
    guardedLookup("name.example", { all }, (error, address) => done({ error, address }));
  });

const PRIVATE = [
  ...["127.0.0.1", "127.9.9.9", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1", "100.64.0.1", "169.254.169.254"],
  // One number, octal, hexadecimal, and fewer than four parts: a URL parser reads each as 127.0.0.1 or 169.254.169.254.
  ...["2130706433", "017700000001", "0x7f000001", "0x7f.1", "127.1", "127.0.1", "0177.0.0.1", "0x7f.0x0.0x0.0x1"],
  ...["2852039166", "0xa9fea9fe", "0251.0376.0251.0376", "169.254.43518", "0x7F.0.0.1", "00000177.0.0.1"],
  // A dot at the end, an escape, and the digits and dots of other scripts.
  ...["127.0.0.1.", "127.1.", "%31%32%37.0.0.1", "１２７.0.0.1", "127。0。0。1", "①②⑦.0.0.1", "１６９.254.169.254"],
  ...["localhost", "LOCALHOST", "localhost.", "a.localhost", "a.localhost.", "ⓛocalhost"],
  ...["[::1]", "[::]", "[0:0:0:0:0:0:0:1]", "[fe80::1]", "[fc00::1]", "[fd00:ec2::254]", "[ff02::1]"],
  // IPv4 within IPv6: mapped, compatible, translated (NAT64, also of a local prefix), 6to4, Teredo.
  ...["[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::ffff:169.254.169.254]", "[::127.0.0.1]", "[::ffff:0:127.0.0.1]"],
  ...["[64:ff9b::7f00:1]", "[64:ff9b::169.254.169.254]", "[64:ff9b:1::a9fe:a9fe]", "[2002:7f00:1::]"],
  ...["[2001:0:7f00:1::]", "[2001:db8::1]", "[3fff::1]"],
];

test.each(PRIVATE)("the host %s is refused before any request", async (host) => {
  const refused = expect.objectContaining({ code: "address_not_public", status: 422 });
  for (const url of [`https://${host}/`, `https://${host}:8443/latest/meta-data?x=1#y`])
    expect(() => checkTarget(new URL(url)), url).toThrow(refused);
  await expect(sendOutgoingRequest({ url: `https://${host}:${port}/`, headers: {}, timeoutMs: 1_000 })).rejects.toEqual(
    refused,
  );
  expect([requests, lookups]).toEqual([0, 0]);
});

test.each([
  ...[
    "file:///etc/passwd",
    "ftp://files.example/",
    "gopher://127.0.0.1:6379/_INFO",
    "data:text/csv,a",
    "http://a.example/",
  ],
  ...["https://user:word@files.example/", "https://1.1.1.1@127.0.0.1/", "https://user@files.example/"],
])("the address %s is refused", (url) => {
  expect(() => checkTarget(new URL(url))).toThrow(expect.objectContaining({ code: "address_refused", status: 422 }));
});

test.each([
  "https://1.1.1.1/",
  "https://[2606:4700::1111]/",
  "https://localhost.example/",
  "https://127.0.0.1.example/",
])("the address %s is accepted", (url) => expect(() => checkTarget(new URL(url))).not.toThrow());

test.each([true, false])("a name is refused if any of its addresses is private (all: %s)", async (all) => {
  for (const addresses of [["127.0.0.1"], ["1.1.1.1", "10.0.0.1"], ["2606:4700::1111", "::1"], ["::ffff:10.0.0.1"]]) {
    [answers, lookups] = [[addresses], 0];
    expect((await resolve(all)).error).toMatchObject({ code: "address_not_public", status: 422 });
  }
  [answers, lookups] = [[["1.1.1.1", "2606:4700::1111"]], 0];
  expect(await resolve(all)).toMatchObject({ error: null });
});

/** On one machine, the guard takes 127.0.0.1 for the public internet and every other address for a private one. */
const pretend = () => void vi.mocked(isPublicAddress).mockImplementation((ip) => ip === "127.0.0.1");
const openImport = () => openSource(`http://name.example:${port}/`, 0, { etag: null, lastModified: null });
const NOT_PUBLIC = expect.objectContaining({ code: "address_not_public" });

test("DNS rebinding: one lookup decides and connects, and a name that turns private is refused at the next request", async () => {
  pretend();
  answers = [["127.0.0.1"], ["127.0.0.2"]];
  (await openImport()).close();
  expect([requests, lookups]).toEqual([1, 1]);
  await expect(openImport()).rejects.toEqual(NOT_PUBLIC);
  expect([requests, lookups]).toEqual([1, 2]);
});

test("a redirect to the same name, which turns private meanwhile, is refused without a request", async () => {
  pretend();
  [answers, redirectTo] = [[["127.0.0.1"], ["127.0.0.2"]], "/again"];
  await expect(openImport()).rejects.toEqual(NOT_PUBLIC);
  expect([requests, lookups]).toEqual([1, 2]);
});

/** A header is in ASCII. The pretended public address is not refused. */
const REDIRECTED = PRIVATE.filter(
  (host) => /^[ -~]+$/.test(host) && new URL(`http://${host}`).hostname !== "127.0.0.1",
);

test.each(REDIRECTED)("a redirect to %s is refused without a request", async (host) => {
  pretend();
  [answers, redirectTo] = [[["127.0.0.1"], ["127.0.0.2"]], `http://${host}:${port}/`];
  await expect(openImport()).rejects.toEqual(NOT_PUBLIC);
  expect(requests).toBe(1);
});

test("a webhook endpoint's redirect is its answer, and is not followed", async () => {
  vi.stubEnv("ALLOW_PRIVATE_TARGETS", "1");
  vi.resetModules();
  const { sendOutgoingRequest: send } = await import("@/lib/http/outgoing-request");
  redirectTo = `http://127.0.0.1:${port}/inside`;
  const response = await send({ url: `http://127.0.0.1:${port}/`, headers: {}, timeoutMs: 2_000 });
  expect([response.status, requests]).toEqual([302, 1]);
  vi.unstubAllEnvs();
});
