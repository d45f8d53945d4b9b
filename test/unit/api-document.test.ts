import { readdirSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { loadEndpoints, openApiDocument } from "@/app/api/openapi.json/document";
import { fieldErrors, plainWords } from "@/app/field-errors";
import { DECLINE_CODES } from "@/lib/order-state/declines";
import { TIMELINE_TYPES } from "@/lib/order-state/order-changes";
import { END_REASONS } from "@/lib/order-state/status";
import { OrderStatus } from "@/prisma/generated/enums";

/** Inngest's SDK serves one of them; the other answers 404 for every unknown path. */
const UNDOCUMENTED = ["/api/[...path]", "/api/inngest"];

const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"] as const;

/** The path of each route file below `app/api`, such as `/api/orders/[id]`. */
const onDisk = readdirSync("app/api", { recursive: true, encoding: "utf8" })
  .filter((file) => path.basename(file) === "route.ts")
  .map((file) => path.posix.join("/api", path.dirname(file).replaceAll(path.sep, "/")))
  .sort();

const documented = onDisk.filter((route) => !UNDOCUMENTED.includes(route));
const toPath = (route: string) => route.replaceAll(/\[(?:\.\.\.)?(\w+)\]/g, "{$1}");

const enumSchema = (values: Iterable<string>) => ({ enum: expect.arrayContaining([...values]) });

describe("the OpenAPI document", () => {
  test("has every route of app/api, but for the two exceptions", async () => {
    expect(onDisk).toEqual(expect.arrayContaining(UNDOCUMENTED));
    expect(Object.keys((await openApiDocument()).paths).sort()).toEqual(documented.map(toPath).sort());
  });

  test.each(documented)("%s: has every method that does not answer 405, with its path parameters", async (route) => {
    const module: Record<string, unknown> = await import(path.resolve(`app${route}/route.ts`));
    const taken = [];
    for (const method of METHODS) {
      const handler = module[method];
      if (typeof handler !== "function") expect.fail(`${route} does not export ${method}`);
      if (!("operation" in handler)) expect(handler()).toMatchObject({ status: 405 });
      else taken.push(method.toLowerCase());
    }
    const operations = (await openApiDocument()).paths[toPath(route)] ?? {};
    expect(Object.keys(operations).sort()).toEqual(taken.sort());
    const names = [...route.matchAll(/\[(\w+)\]/g)].map(([, name]) => name);
    for (const handler of METHODS.map((method) => module[method]))
      if (handler instanceof Function && "operation" in handler)
        expect(handler.operation, route).toMatchObject(
          names.length > 0 ? { params: { shape: Object.fromEntries(names.map((name) => [name, {}])) } } : {},
        );
  });

  test("names the role that an operation needs, and the problems that its parts imply", async () => {
    const { paths } = await openApiDocument();
    const refund = paths["/api/admin/orders/{id}/refund"]?.post;
    expect(refund?.security).toEqual([{ session: ["manager"] }, { apiKey: ["orders:write"] }]);
    expect(Object.keys(refund?.responses ?? {})).toEqual([
      "200",
      "201",
      "400",
      "401",
      "403",
      "404",
      "409",
      "413",
      "415",
      "422",
      "429",
      "500",
    ]);
    expect(paths["/api/products"]?.get?.security).toEqual([{}, { apiKey: ["catalogue:read"] }]);
    expect(Object.keys(paths["/api/products"]?.get?.responses ?? {})).toEqual([
      "200",
      "401",
      "403",
      "422",
      "429",
      "500",
    ]);
    expect(paths["/api/health"]?.get?.security).toBeUndefined();
  });

  test("publishes closed sets of codes as enums", async () => {
    const { paths } = await openApiDocument();
    const order = paths["/api/orders/{id}"]?.get?.responses[200];
    const { properties } = (order as { content: { "application/json": { schema: { properties: object } } } }).content[
      "application/json"
    ].schema;
    expect(properties).toMatchObject({
      status: enumSchema(Object.values(OrderStatus)),
      timeline: { items: { properties: { type: enumSchema(TIMELINE_TYPES) } } },
      failureReason: enumSchema(END_REASONS),
      declineCode: enumSchema(DECLINE_CODES),
    });
    expect(paths["/api/checkout"]?.post?.responses[201]).toMatchObject({
      content: {
        "application/json": { schema: { properties: { order: { properties: { status: { const: "pending" } } } } } },
      },
    });
  });

  test("shows a form and bodies that are not JSON with their media types", async () => {
    const { paths } = await openApiDocument();
    expect(Object.keys(paths["/api/unsubscribe"]?.post?.requestBody?.content ?? {})).toEqual([
      "application/x-www-form-urlencoded",
    ]);
    expect(paths["/api/admin/exports/orders.csv"]?.get?.responses[200]).toMatchObject({ content: { "text/csv": {} } });
  });
});

/** What a form or a program may send in place of each field. */
const WRONG = [
  undefined,
  null,
  "",
  " ",
  "x".repeat(20_000),
  -1,
  1.5,
  1e12,
  "2026-02-31",
  true,
  [],
  [{}],
  {},
  { amount: -1 },
];

/** The words of zod and of programmers. */
const FORBIDDEN =
  /expected|received|invalid input|too (small|big)|unrecognized|string|NaN|undefined|null|regex|minor units/i;

const fieldsOf = (schema: z.ZodType): string[] => {
  if (schema instanceof z.ZodObject) return Object.keys(schema.shape);
  if (schema instanceof z.ZodDiscriminatedUnion || schema instanceof z.ZodUnion)
    return schema.options.flatMap((option) => fieldsOf(option as z.ZodType));
  return [];
};

test("no schema of a request answers in the words of zod or of a programmer", async () => {
  const messages = new Map<string, string>();
  const collect = (schema: z.ZodType | undefined, where: string) => {
    if (!schema) return;
    const bodies = [undefined, 1, ...fieldsOf(schema).flatMap((name) => WRONG.map((value) => ({ [name]: value })))];
    for (const kind of [{}, { kind: "percent" }, { kind: "fixed" }])
      for (const body of bodies) {
        const value = typeof body === "object" ? { ...kind, ...body } : body;
        const { error } = schema.safeParse(value, { error: plainWords });
        for (const { path, message } of error ? fieldErrors(error) : []) messages.set(message, `${where} ${path}`);
      }
  };
  for (const [path, methods] of Object.entries(await loadEndpoints()))
    for (const [method, { operation }] of Object.entries(methods))
      for (const part of ["body", "query", "params", "headers"] as const) collect(operation[part], `${method} ${path}`);
  expect(messages.size).toBeGreaterThan(30);
  expect([...messages].filter(([message]) => FORBIDDEN.test(message))).toEqual([]);
});
