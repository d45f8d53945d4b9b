import { NextRequest } from "next/server";
import { afterEach, expect, test, vi } from "vitest";
import { proxy } from "@/proxy";

afterEach(() => vi.unstubAllEnvs());

const headersOf = (appUrl: string) => {
  vi.stubEnv("APP_URL", appUrl);
  vi.stubEnv("INNGEST_DEV", "1");
  vi.stubEnv("INNGEST_BASE_URL", "https://inngest.internal");
  vi.stubEnv("INNGEST_PUBLIC_URL", "https://inngest.shop.example");
  return proxy(new NextRequest(`${appUrl}/`)).headers;
};

test.each(["/?q=a&q=b", "/?q=%00", "/products/%00", "/products/%ff", "/?a%0Ab=1"])(
  "%s is a page that says what is wrong, with 400",
  async (path) => {
    const response = proxy(new NextRequest(`https://shop.example${path}`));
    expect(response.status).toBe(400);
    expect(await response.text()).toContain("This address is not valid");
  },
);

test("every page has a new nonce, and inline scripts without it are blocked", () => {
  const policies = [1, 2].map(() => headersOf("https://shop.example").get("content-security-policy") ?? "");
  const scripts = policies.map((policy) => policy.match(/script-src [^;]*/)?.[0]);
  expect(scripts[0]).not.toBe(scripts[1]);
  for (const script of scripts) expect(script).not.toContain("unsafe-inline");
  expect(policies[0]).toContain(" wss://inngest.shop.example;");
});
