import { expect, test } from "vitest";
import { shop } from "./shop";

/** Pages of other origins: only those of `CORS_ORIGINS` can read answers, and none with cookies. */
const { app, storefront } = shop;

const from = (origin: string, method = "GET", path = "/api/products?limit=1") =>
  fetch(`${app}${path}`, { method, headers: { origin, "access-control-request-method": "POST" } });

test("the page of a configured storefront can read answers and errors", async () => {
  for (const path of ["/api/products?limit=1", "/api/products/none", "/api/orders/ord_none"]) {
    const { headers } = await from(storefront, "GET", path);
    expect(headers.get("access-control-allow-origin"), path).toBe(storefront);
    expect(headers.get("access-control-allow-credentials"), path).toBeNull();
    expect(headers.get("vary"), path).toMatch(/origin/i);
  }
});

test("a preflight request names the methods and headers of the endpoint", async () => {
  const { status, headers } = await from(storefront, "OPTIONS", "/api/checkout");
  expect(status).toBe(204);
  expect(headers.get("access-control-allow-methods")).toContain("POST");
  expect(headers.get("access-control-allow-headers")).toContain("idempotency-key");
});

test.each(["https://evil.example", "null", `${storefront}.evil.example`])("the page of %s cannot", async (origin) => {
  for (const method of ["GET", "OPTIONS"]) {
    const { headers } = await from(origin, method);
    expect(headers.get("access-control-allow-origin")).toBeNull();
  }
});
