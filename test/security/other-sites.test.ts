import { beforeAll, expect, test } from "vitest";
import { count, customer, get, post, problemOf, shop, someone } from "../http/shop";

/** What another site can make a signed-in customer's browser do, and what it can learn. */
let cookie: string;
const password = "a long enough secret 7";

beforeAll(async () => {
  const email = someone();
  expect((await post("/api/auth/sign-up/email", { email, name: "A customer", password })).status).toBe(200);
  const { text } = await customer.receivedEmail(email, /Confirm your email address/);
  await fetch(text.match(/https?:\S+verify-email\S+/)?.[0] ?? "", { redirect: "manual" });
  const response = await post("/api/auth/sign-in/email", { email, password });
  expect(response.status).toBe(200);
  cookie = response.headers
    .getSetCookie()
    .map((line) => line.split(";")[0])
    .join("; ");
});

const expense = JSON.stringify({ amount: 1_000, currency: "EUR", description: "Taxi" });
const expenses = async () =>
  ((await (await get("/api/expenses", { headers: { cookie } })).json()) as { items: unknown[] }).items.length;

test.each<[string, Record<string, string>]>([
  ["a foreign Origin", { origin: "https://evil.example" }],
  ["the Origin of a sandboxed frame", { origin: "null" }],
  ["another port of this host", { origin: "http://127.0.0.1:1" }],
  ["a cross-site request, as the browser says", { "sec-fetch-site": "cross-site" }],
  ["a request of a subdomain, as the browser says", { "sec-fetch-site": "same-site" }],
])("with a cookie, %s is refused", async (_, headers) => {
  const refused = await post("/api/expenses", expense, { cookie, ...headers });
  expect(await problemOf(refused, 403)).toMatchObject({ code: "foreign_origin" });
  const signOut = await post("/api/auth/sign-out", {}, { cookie, ...headers });
  expect(signOut.status).toBe(403);
  expect(await expenses()).toBe(0);
});

test.each([
  "text/plain",
  "application/x-www-form-urlencoded",
  "multipart/form-data; boundary=x",
  "text/plain;application/json",
])("with a cookie, %s is refused", async (type) => {
  await problemOf(await post("/api/expenses", expense, { cookie, "content-type": type }), 415);
  expect((await post("/api/auth/sign-out", "{}", { cookie, "content-type": type })).status).toBe(415);
  expect(await expenses()).toBe(0);
});

test("the shop's own pages and programs are accepted", async () => {
  const own: Record<string, string>[] = [
    {},
    { origin: shop.app },
    { origin: shop.app, "sec-fetch-site": "same-origin" },
  ];
  for (const headers of own) expect((await post("/api/expenses", expense, { cookie, ...headers })).status).toBe(201);
});

test.each(["/.//evil.example/x", "//evil.example", "/\\evil.example", "https://evil.example", "/a/..//evil.example"])(
  "no endpoint returns a person to %s",
  async (target) => {
    const reset = { email: someone(), redirectTo: target };
    expect((await post("/api/auth/request-password-reset", reset)).status).toBe(422);
    for (const path of ["reset-password/token", "verify-email?token=x"]) {
      const sign = path.includes("?") ? "&" : "?";
      const url = `/api/auth/${path}${sign}callbackURL=${encodeURIComponent(target)}`;
      const { status } = await get(url, { redirect: "manual" });
      expect([path, status]).toEqual([path, 422]);
    }
  },
);

test("every response has the security headers, and links in emails keep their stricter policy", async () => {
  for (const path of ["/", "/api/products", "/api/nothing", "/approvals/nothing", "/products/%ff"]) {
    const { headers } = await get(path, { headers: { accept: "text/html" } });
    expect([path, headers.get("x-content-type-options")]).toEqual([path, "nosniff"]);
    expect([path, headers.get("strict-transport-security")]).toEqual([path, "max-age=63072000; includeSubDomains"]);
  }
  const { headers } = await get("/approvals/nothing", { headers: { accept: "text/html" } });
  expect(headers.get("content-security-policy")).toContain("default-src 'none'");
  expect(headers.get("referrer-policy")).toBe("same-origin");
});

test("a sign-in with text that cannot be stored is 422, and with a huge header is no failure of ours", async () => {
  for (const email of ["a\u0000@b.example", "\ud800@b.example"]) {
    const response = await post("/api/auth/sign-in/email", { email, password });
    expect(response.status).toBe(422);
  }
  const huge = { "x-forwarded-for": "x".repeat(5_000), "user-agent": "y".repeat(5_000) };
  expect((await post("/api/auth/sign-in/email", { email: someone(), password }, huge)).status).toBe(401);
});

test("a client cannot choose the address that its attempts are counted by", async () => {
  const buckets = () => count("rate_limits WHERE key LIKE 'auth:%'");
  const email = someone();
  const attempt = (n: number) => {
    const headers = { "x-forwarded-for": `203.0.113.${n}`, "x-steadfast-peer": `198.51.100.${n}` };
    return post("/api/auth/sign-in/email", { email, password }, headers);
  };
  await attempt(0);
  const before = await buckets();
  for (const n of [1, 2, 3]) await attempt(n);
  expect(await buckets()).toBe(before);
});
