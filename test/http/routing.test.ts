import { expect, test } from "vitest";
import { z } from "zod";
import { OPERATIONS } from "@/app/contract/operations";
import { answer, get, problemOf } from "./shop";

test("an address that the API does not have is a problem, whatever the method", async () => {
  for (const address of ["/api/nothing", "/api/orders", "/api/orders/x/y/z", "/api/products/a/b", "/api/%00"])
    expect(await problemOf(await get(address), 404), address).toMatchObject({ code: "not_found" });
  for (const method of ["POST", "PUT", "PATCH", "DELETE"]) await problemOf(await get("/api/nothing", { method }), 404);
});

const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"];

test("a method that an address does not take is a problem that names those it takes", async () => {
  for (const path of new Set(OPERATIONS.map((operation) => operation.path))) {
    const taken = OPERATIONS.filter((operation) => operation.path === path).map(({ method }) => method.toUpperCase());
    const allowed = [...taken, "OPTIONS", ...(taken.includes("GET") ? ["HEAD"] : [])].sort();
    const address = path.replaceAll(/\{\w+\}/g, "none");
    for (const method of METHODS.filter((one) => !taken.includes(one))) {
      const response = await get(address, { method });
      expect(response.headers.get("allow")?.split(", ").sort(), `${method} ${address}`).toEqual(allowed);
      const { code, detail } = await problemOf(response, 405);
      expect(code).toBe("method_not_allowed");
      for (const one of taken) expect(detail).toContain(one);
    }
    const options = await get(address, { method: "OPTIONS" });
    expect([options.status, options.headers.get("allow")?.split(", ").sort()]).toEqual([204, allowed]);
  }
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
