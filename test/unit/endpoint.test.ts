import { afterEach, describe, expect, test, vi } from "vitest";
import { z } from "zod";
import { endpoint, methodNotAllowed } from "@/app/endpoint";

afterEach(() => vi.unstubAllEnvs());

const call = (handler: ReturnType<typeof endpoint>, init: RequestInit = {}, path = "/", params = {}) =>
  handler(new Request(`http://shop.example${path}`, init), { params: Promise.resolve(params) });
const pathsOf = async (response: Response) => {
  const { errors } = (await response.json()) as { errors: { path: string }[] };
  return [response.status, errors.map(({ path }) => path)];
};

describe("an endpoint", () => {
  const number = z.strictObject({ value: z.number(), at: z.iso.datetime().optional() });
  const GET = endpoint({
    summary: "Adds",
    params: z.object({ id: z.string() }),
    query: z.strictObject({ a: z.coerce.number() }),
    headers: z.object({ "X-B": z.string().max(3).optional() }),
    responses: { 200: { schema: number } },
    handler: ({ params, query, headers }) => ({
      value: params.id.length + query.a + Number(headers["X-B"] ?? 0),
      at: new Date(0),
    }),
  });

  test("parses params, query and headers, and answers the only declared status as JSON", async () => {
    const response = await call(GET, { headers: { "x-b": "3" } }, "/?a=2", { id: "a" });
    expect([response.status, await response.json()]).toEqual([200, { value: 6, at: "1970-01-01T00:00:00.000Z" }]);
    expect(Object.fromEntries(response.headers)).toEqual({
      "content-type": "application/json",
      "cache-control": "no-store, no-transform",
    });
  });

  test("names the wrong header before the wrong query, and 404 for a parameter that no row can have", async () => {
    expect(await pathsOf(await call(GET, { headers: { "x-b": "1234" } }, "/?a=x", { id: "a" }))).toEqual([
      422,
      ["X-B"],
    ]);
    expect(await pathsOf(await call(GET, {}, "/?a=x&c=1", { id: "a" }))).toEqual([422, ["a", "c"]]);
    expect((await call(GET, {}, "/?a=1", { id: "a\u0000" })).status).toBe(404);
  });

  test("answers the status that the handler chooses among those declared", async () => {
    const POST = endpoint({
      summary: "Creates",
      body: z.strictObject({ again: z.boolean() }),
      responses: { 201: { description: "Created", schema: number }, 200: { description: "Exists", schema: number } },
      handler: async ({ body }) => ({ status: body.again ? 200 : 201, body: { value: 1 } }),
    });
    const post = (body: object) =>
      call(POST, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
    expect((await post({ again: false })).status).toBe(201);
    expect((await post({ again: true })).status).toBe(200);
    expect(await pathsOf(await post({}))).toEqual([422, ["again"]]);
  });

  test("outside production, a body that differs from its schema is an internal error", async () => {
    const wrong: { value: number } = JSON.parse('{ "value": 1, "more": 2 }');
    const GET = endpoint({ summary: "Lies", responses: { 200: { schema: number } }, handler: () => wrong });
    expect((await call(GET)).status).toBe(500);
    vi.stubEnv("NODE_ENV", "production");
    expect(await (await call(GET)).json()).toEqual({ value: 1, more: 2 });
  });

  test("compiles only with a declared status and a body of its type", () => {
    const responses = { 200: { schema: number } };
    // @ts-expect-error: the value is no number
    endpoint({ summary: "", responses, handler: () => ({ value: "1" }) });
    // @ts-expect-error: no value
    endpoint({ summary: "", responses, handler: async () => ({}) });
    // @ts-expect-error: a response with a schema is not a Response
    endpoint({ summary: "", responses, handler: () => new Response() });
    const two = { ...responses, 201: { schema: number } };
    // @ts-expect-error: 404 is not declared
    endpoint({ summary: "", responses: two, handler: () => ({ status: 404, body: { value: 1 } }) });
    // @ts-expect-error: nobody is signed in without a role
    endpoint({ summary: "", responses, handler: ({ user }) => ({ value: user.id.length }) });
    expect(Object.keys(two)).toEqual(["200", "201"]);
  });
});

test("a method that a route does not have is 405 with those that it has; OPTIONS is 204", async () => {
  const { PUT, OPTIONS } = methodNotAllowed({ GET: true, POST: true });
  const refused = PUT();
  expect([refused.status, refused.headers.get("allow")]).toEqual([405, "HEAD, GET, POST, OPTIONS"]);
  expect(await refused.json()).toMatchObject({
    code: "method_not_allowed",
    detail: "This address takes GET and POST only.",
  });
  const options = OPTIONS(new Request("http://shop.example/api/x", { method: "OPTIONS" }));
  expect([options.status, options.headers.get("allow")]).toEqual([204, "HEAD, GET, POST, OPTIONS"]);
});
