import { expect, test } from "vitest";
import { z } from "zod";
import { openApiDocument } from "@/app/api/openapi.json/document";
import { answer, get, problemOf } from "./shop";

test("an unknown path is a 404 problem for every method", async () => {
  for (const address of ["/api/nothing", "/api/orders", "/api/orders/x/y/z", "/api/products/a/b", "/api/%00"])
    expect(await problemOf(await get(address), 404), address).toMatchObject({ code: "not_found" });
  for (const method of ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
    await problemOf(await get("/api/nothing", { method }), 404);
});

const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"];

test("a method that a path does not have is 405 with the allowed methods", async () => {
  for (const [path, operations] of Object.entries((await openApiDocument()).paths)) {
    const taken = Object.keys(operations).map((method) => method.toUpperCase());
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

const operationSchema = z.looseObject({
  security: z
    .array(
      z.union([
        z.strictObject({ session: z.tuple([z.enum(["customer", "manager", "admin"])]) }),
        z.strictObject({ apiKey: z.array(z.string()) }),
        // Nobody has to sign in.
        z.strictObject({}),
      ]),
    )
    .optional(),
  responses: z.record(z.string(), z.unknown()),
});
const documentSchema = z.looseObject({
  openapi: z.literal("3.1.0"),
  paths: z.record(z.string(), z.record(z.string(), operationSchema)),
});

test("every documented operation answers with a documented status", async () => {
  const { paths } = await answer(await get("/api/openapi.json"), 200, documentSchema);
  expect(paths).toEqual(JSON.parse(JSON.stringify((await openApiDocument()).paths)));
  for (const [pattern, operations] of Object.entries(paths))
    for (const [method, { responses, security }] of Object.entries(operations)) {
      const address = pattern.replaceAll(/\{\w+\}/g, "none");
      const headers = { "content-type": "application/json" };
      const response = await get(address, {
        method: method.toUpperCase(),
        ...(method !== "get" && { headers, body: "{}" }),
      });
      expect(Object.keys(responses), `${method} ${address}`).toContain(String(response.status));
      // Without a session, the response is 401 even if other parts of the request are wrong.
      if (security?.every((way) => Object.keys(way).length > 0))
        expect(response.status, `${method} ${address}`).toBe(401);
    }
});

test("a long response is compressed, a response to Inngest is not, and both have the security headers", async () => {
  const headers = { "accept-encoding": "gzip" };
  const long = await get("/api/openapi.json", { headers });
  expect(long.headers.get("content-encoding")).toBe("gzip");
  expect(long.headers.get("vary")).toContain("accept-encoding");
  expect(await long.json()).toHaveProperty("openapi");
  const inngest = await get("/api/inngest", { headers });
  expect(inngest.headers.get("cache-control")).toContain("no-transform");
  for (const response of [long, inngest, await get("/api/orders/none")])
    expect(response.headers.get("x-content-type-options")).toBe("nosniff");
});

test("no response names the server software", async () => {
  const { headers } = await get("/api/products");
  expect(headers.get("x-powered-by")).toBeNull();
  expect(headers.get("server")).toBeNull();
});

test("the API reference is served by the app, with a policy that allows no other host", async () => {
  const page = await get("/api/docs");
  expect([page.status, page.headers.get("content-type")]).toEqual([200, "text/html; charset=utf-8"]);
  const policy = page.headers.get("content-security-policy") ?? "";
  expect(policy).toContain("default-src 'none'");
  expect(policy).not.toMatch(/https?:|unsafe-eval|script-src[^;]*unsafe-inline/);
  const files = [...(await page.text()).matchAll(/(?:href|src)="([^"]+)"/g)].map(([, path = ""]) => path);
  expect(files).toHaveLength(2);
  for (const file of files) {
    const response = await get(file);
    expect([response.status, response.headers.get("x-content-type-options")]).toEqual([200, "nosniff"]);
    expect((await response.arrayBuffer()).byteLength).toBeGreaterThan(100_000);
  }
  for (const file of ["package.json", "..%2fpackage.json", "%2e%2e%2f%2e%2e%2fpackage.json"])
    expect(await problemOf(await get(`/api/docs/${file}`), 404)).toMatchObject({ code: "not_found" });
});
