import { NextRequest } from "next/server";
import { afterEach, expect, test, vi } from "vitest";
import { proxy } from "@/proxy";

afterEach(() => vi.unstubAllEnvs());

const headersOf = (appUrl: string) => {
  vi.stubEnv("APP_URL", appUrl);
  return proxy(new NextRequest(`${appUrl}/`)).headers;
};

test("over HTTPS, responses have strict-transport-security; over HTTP, they do not", () => {
  expect(headersOf("https://shop.example").get("strict-transport-security")).toBe(
    "max-age=63072000; includeSubDomains",
  );
  expect(headersOf("http://127.0.0.1:3000").get("strict-transport-security")).toBeNull();
});

test("every page has a new nonce, and inline scripts without it are blocked", () => {
  const policies = [1, 2].map(() => headersOf("https://shop.example").get("content-security-policy") ?? "");
  const scripts = policies.map((policy) => policy.match(/script-src [^;]*/)?.[0]);
  expect(scripts[0]).not.toBe(scripts[1]);
  for (const script of scripts) expect(script).not.toContain("unsafe-inline");
});
