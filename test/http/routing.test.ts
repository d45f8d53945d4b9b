import { expect, test } from "vitest";
import { z } from "zod";
import { OPERATIONS } from "@/app/contract/operations";
import { answer, get, problemOf } from "./shop";

test("an address that the API does not have is a problem, whatever the method", async () => {
  for (const address of ["/api/nothing", "/api/orders", "/api/orders/x/y/z", "/api/products/a/b", "/api/%00"])
    expect(await problemOf(await get(address), 404), address).toMatchObject({ code: "not_found" });
  for (const method of ["POST", "PUT", "PATCH", "DELETE"]) await problemOf(await get("/api/nothing", { method }), 404);
});

test("a method that an address does not take is 405", async () => {
  for (const [method, address] of [
    ["GET", "/api/checkout"],
    ["DELETE", "/api/products"],
    ["PUT", "/api/orders/x/cancel"],
    ["GET", "/api/webhooks/stripe"],
  ] as const)
    expect((await get(address, { method })).status, `${method} ${address}`).toBe(405);
});

const documentSchema = z.object({
  openapi: z.literal("3.1.0"),
  paths: z.record(z.string(), z.record(z.string(), z.object({ responses: z.record(z.string(), z.unknown()) }))),
});

test("what the API document describes is there, and answers with a status that it names", async () => {
  const { paths } = await answer(await get("/api/openapi.json"), 200, documentSchema);
  const documented = Object.keys(paths).sort();
  expect(documented).toEqual([...new Set(OPERATIONS.map(({ path }) => path))].sort());
  for (const { method, path: pattern } of OPERATIONS) {
    const address = pattern.replaceAll(/\{\w+\}/g, "none");
    const headers = { "content-type": "application/json" };
    const response = await get(address, {
      method: method.toUpperCase(),
      ...(method !== "get" && { headers, body: "{}" }),
    });
    expect([...Object.keys(paths[pattern]?.[method]?.responses ?? {})]).toContain(String(response.status));
  }
});

test("no answer tells what the server is made of", async () => {
  const { headers } = await get("/api/products");
  expect(headers.get("x-powered-by")).toBeNull();
  expect(headers.get("server")).toBeNull();
});
