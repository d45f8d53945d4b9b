import { NextRequest } from "next/server";
import { afterEach, expect, test, vi } from "vitest";
import { proxy } from "@/proxy";

afterEach(() => vi.unstubAllEnvs());

const headersOf = async (appUrl: string) => {
  vi.stubEnv("APP_URL", appUrl);
  vi.stubEnv("INNGEST_DEV", "1");
  vi.stubEnv("INNGEST_BASE_URL", "https://inngest.internal");
  vi.stubEnv("INNGEST_PUBLIC_URL", "https://inngest.shop.example");
  return (await proxy(new NextRequest(`${appUrl}/`))).headers;
};

test.each(["/?q=a&q=b", "/?q=%00", "/products/%00", "/products/%ff", "/?a%0Ab=1"])(
  "%s is a page that says what is wrong, with 400",
  async (path) => {
    const response = await proxy(new NextRequest(`https://shop.example${path}`));
    expect(response.status).toBe(400);
    expect(await response.text()).toContain("This address is not valid");
  },
);

test("every page has a new nonce, and inline scripts without it are blocked", async () => {
  const headers = await Promise.all([1, 2].map(() => headersOf("https://shop.example")));
  const policies = headers.map((header) => header.get("content-security-policy") ?? "");
  const scripts = policies.map((policy) => policy.match(/script-src [^;]*/)?.[0]);
  expect(scripts[0]).not.toBe(scripts[1]);
  for (const script of scripts) expect(script).not.toContain("unsafe-inline");
  expect(policies[0]).toContain(" wss://inngest.shop.example;");
});

const FORM = { "content-type": "application/x-www-form-urlencoded", host: "shop.example" };
const sentForm = (path: string, headers: Record<string, string>) => {
  vi.stubEnv("APP_URL", "https://shop.example");
  const body = new URLSearchParams({ $ACTION_KEY: "k1", message: '<b>"Good" news</b>' });
  return proxy(
    new NextRequest(`https://shop.example${path}`, { method: "POST", headers: { ...FORM, ...headers }, body }),
  );
};
const OWN = { origin: "https://shop.example" };

test("a form without a session is repeated with all its fields, escaped", async () => {
  const response = await sentForm("/console/broadcasts?cursor=1", OWN);
  expect(response.status).toBe(401);
  // Else the browser would send the form with the origin "null", which is refused.
  expect(response.headers.get("referrer-policy")).toBe("same-origin");
  const page = await response.text();
  expect(page).toContain("Your session has ended");
  expect(page).toContain('action="/console/broadcasts?cursor=1"');
  expect(page).toContain('name="$ACTION_KEY" value="k1"');
  expect(page).toContain('name="message" value="&lt;b&gt;&quot;Good&quot; news&lt;/b&gt;"');
  expect(page).not.toContain("<b>");
});

test.each([
  ["comes from another site", "/account", { origin: "https://evil.example" }],
  ["names no page that sent it", "/account", {}],
  ["has a session", "/account", { ...OWN, cookie: "__Secure-steadfast.session_token=x" }],
  ["is sent by JavaScript", "/account", { ...OWN, "next-action": "abc" }],
  ["needs no session", "/checkout", OWN],
])("a form is not repeated if it %s", async (_, path, headers) => {
  const response = await sentForm(path, headers);
  expect(response.status).toBe(200);
  expect(await response.text()).toBe("");
});
