import { createHmac, randomBytes } from "node:crypto";
import { readdirSync } from "node:fs";
import { connect } from "node:net";
import path from "node:path";
import fc from "fast-check";
import Stripe from "stripe";
import { afterAll, beforeAll, expect, test } from "vitest";
import { OPERATORS } from "@/prisma/seed";
import { audit, count, get, post, problemOf, shop } from "../http/shop";

/** Requests that no client of ours sends. None is answered with 5xx, and none changes anything. */
let cookie: string;

beforeAll(async () => {
  const admin = OPERATORS.find(({ role }) => role === "admin");
  const response = await post("/api/auth/sign-in/email", { email: admin?.email, password: shop.password });
  expect(response.status).toBe(200);
  cookie = response.headers
    .getSetCookie()
    .map((line) => line.split(";")[0])
    .join("; ");
});

afterAll(() => audit());

/** The paths of the files called `name` below `app`; a parameter becomes `nothing`. */
const pathsOf = (name: string): string[] =>
  readdirSync("app", { recursive: true, encoding: "utf8" })
    .filter((file) => path.basename(file) === name)
    .map((file) => `/${path.dirname(file)}`.replace(/\/\([^)]*\)|\/\.$/g, "").replace(/\[[^\]]+\]/g, "nothing") || "/");

const cursor = (key: unknown) => Buffer.from(JSON.stringify(key)).toString("base64url");
const CURSORS = [
  "x",
  cursor(null),
  cursor([]),
  cursor({}),
  cursor(["0000-01-01T00:00:00Z", "x"]),
  cursor(["+275760-09-13T00:00:00.000Z", "x"]),
  cursor(["2026-01-01T00:00:00Z", "\u0000"]),
  cursor([2 ** 53, "x"]),
  cursor([2 ** 40, "1", "x", "x"]),
  cursor([-(2 ** 31) - 1, "9".repeat(200), "x", "x"]),
  cursor([1e308, "x", "x"]),
  cursor(["0001-01-01T00:00:00Z", "email", "x", "x"]),
];
const QUERIES = [
  // Some lists have a cursor only in a search.
  ...CURSORS.map((text, index) => `${index % 2 ? "q=a&" : ""}cursor=${text}`),
  "q=%00",
  "q=a%00b&status=x",
  "q=a&q=b",
  "cursor=a&cursor=b",
  "status=nothing",
  "status=toString",
  "limit=0",
  "limit=1e9",
  "limit=NaN",
  `q=${"x".repeat(4_000)}`,
  "q=%ff%fe",
  "q=%25%27%22%5c%3b",
  "to=%00&date=0000-01-01",
  "date=0000-01-01",
  "date=2026-02-30",
  "from=0000-01-01T00:00:00Z",
  "from=9999-12-31T23:59:59-14:00&to=0001-01-01T00:00:00%2b14:00",
  "next=//evil.example",
  "token=%00",
  "token=a&token=b",
  "notice=%3Cscript%3E",
];

const status = async (path: string) => (await get(path, { headers: { cookie }, redirect: "manual" })).status;

/** The queries, all at once, that are answered with 5xx. */
async function failing(path: string): Promise<string[]> {
  const statuses = await Promise.all(QUERIES.map((query) => status(`${path}?${query}`)));
  return QUERIES.filter((_, index) => (statuses[index] ?? 0) >= 500);
}

test.each(pathsOf("page.tsx"))("the page %s: no query makes it fail", async (page) => {
  expect(await failing(page)).toEqual([]);
});

test.each(pathsOf("route.ts").filter((route) => !route.startsWith("/api/inngest")))(
  "GET %s: no query makes it fail",
  async (route) => {
    expect(await failing(route)).toEqual([]);
  },
);

test("any cursor of any list", async () => {
  const lists = [
    "/api/products",
    "/api/admin/orders",
    "/api/admin/emails",
    "/api/admin/customers?q=a",
    "/api/admin/coupons",
    "/api/admin/plans",
  ];
  const part = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.integer(),
    fc.double(),
    fc.date().map(String),
    fc.constant("0000-01-01T00:00:00Z"),
  );
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...lists), fc.array(part, { maxLength: 5 }), async (list, key) => {
      const sign = list.includes("?") ? "&" : "?";
      expect(await status(`${list}${sign}cursor=${cursor(key).slice(0, 500)}`)).toBeLessThan(500);
    }),
    { numRuns: 200 },
  );
});

/** The status of a request that `fetch` refuses to send. */
function raw(requestLine: string, headers = ""): Promise<number> {
  const { hostname, port, host } = new URL(shop.app);
  return new Promise((resolve, reject) => {
    let text = "";
    const socket = connect(Number(port), hostname);
    socket.on("data", (chunk) => {
      text += chunk;
    });
    socket.on("end", () => resolve(Number(text.split(" ")[1])));
    socket.on("error", reject);
    socket.write(`${requestLine} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n${headers}\r\n`);
  });
}

test.each([
  ...[
    "GET /%",
    "GET /%ff",
    "GET /a%2",
    "GET /products/%ff",
    "GET /console/%e0%a4%a",
    "GET /api/%ff",
    "GET /api/orders/%",
  ],
  ...["GET /products/%00", "GET /orders/a%00b", "GET /api/orders/%00", "GET /%00"],
  ...["TRACE /", "TRACE /api/health", "PROPFIND /", "BREW /", "CONNECT /"],
  ...["POST /", "PUT /cart", "DELETE /console", "PATCH /api/health", "OPTIONS /"],
])("%s is not a failure of ours", async (line) => {
  expect(await raw(line)).toBeLessThan(500);
});

test("a path that is not UTF-8 is a problem in the API and a page elsewhere", async () => {
  expect(await problemOf(await get("/api/orders/%ff"), 400)).toMatchObject({ code: "malformed_path" });
  const page = await get("/products/%ff");
  expect([page.status, await page.text()]).toEqual([400, expect.stringContaining("percent sign")]);
});

test.each(["%", '[{"productId":1}]', "%00", "{", '[{"productId":"\\u0000","quantity":1}]', "x".repeat(3_000)])(
  "the cart cookie %.40s",
  async (value) => {
    const headers = { cookie: `steadfast_cart=${value}` };
    for (const page of ["/cart", "/checkout"]) expect((await get(page, { headers })).status).toBeLessThan(500);
  },
);

const id = () => `evt_${randomBytes(8).toString("hex")}`;
const MALFORMED = [
  ...["null", "[]", '"x"', "1", "{}", '{"id":1,"type":"payment_intent.succeeded"}'],
  '{"id":"evt_1","type":"payment_intent.succeeded"}',
  '{"id":"evt_1","type":"payment_intent.succeeded","data":null}',
  '{"id":"evt_1","type":{"a":1},"data":{"object":{}}}',
];

const stripeSignature = (payload: string) => ({
  "stripe-signature": new Stripe("sk_test_x").webhooks.generateTestHeaderString({
    payload,
    secret: shop.stripeWebhook,
  }),
});

function svixSignature(payload: string): Record<string, string> {
  const [messageId, timestamp] = [id(), Math.floor(Date.now() / 1_000)];
  const key = Buffer.from(shop.resendWebhook.replace("whsec_", ""), "base64");
  const signature = createHmac("sha256", key).update(`${messageId}.${timestamp}.${payload}`).digest("base64");
  return { "svix-id": messageId, "svix-timestamp": String(timestamp), "svix-signature": `v1,${signature}` };
}

test.each(MALFORMED)("a signed event that is none, %s, is 400 and is not stored", async (payload) => {
  const responses = [
    await post("/api/webhooks/stripe", payload, stripeSignature(payload)),
    await post("/api/webhooks/resend", payload, svixSignature(payload)),
  ];
  for (const response of responses) await problemOf(response, 400);
  expect(await count("webhook_inbox WHERE payload = $1::jsonb", [payload])).toBe(0);
});

test.each([
  '{"id":"evt_1","type":"payment_intent.succeeded","data":{"object":null}}',
  '{"id":"evt_\\u0000","type":"payment_intent.succeeded","data":{"object":{"object":"payment_intent","id":"pi_1"}}}',
])("an event that Stripe never sends, %s, is 400", async (payload) => {
  await problemOf(await post("/api/webhooks/stripe", payload, stripeSignature(payload)), 400);
});

test.each<[string, unknown]>([
  ["an id that is a number", { object: "payment_intent", id: 1 }],
  ["no id", { object: "payment_intent" }],
  ["an id with NUL", { object: "payment_intent", id: "pi_\u0000" }],
  ["a charge of a number", { object: "charge", payment_intent: 5 }],
  ["a refund of an object without id", { object: "refund", payment_intent: {} }],
])("a signed event about %s is recorded without an object", async (_, object) => {
  const payload = JSON.stringify({ id: id(), object: "event", type: "payment_intent.succeeded", data: { object } });
  expect((await post("/api/webhooks/stripe", payload, stripeSignature(payload))).status).toBe(200);
});
