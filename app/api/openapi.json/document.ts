import { STATUS_CODES } from "node:http";
import { z } from "zod";
import type { Endpoint, Method, Operation } from "@/app/endpoint";
import { problemSchema } from "@/app/http";
import { SESSION_COOKIE } from "@/lib/auth/session-cookie";
import { WEBHOOK_TYPES, WEBHOOKS, type WebhookType, webhookHeadersSchema } from "@/lib/webhooks-out/events";

type RouteModule = Partial<Record<Method, Endpoint | (() => Response)>>;

/**
 * Returns the endpoints of each path, such as `/api/orders/{id}`. Two routes have none: `/api/inngest`, which only Inngest
 * calls, and `/api/[...path]`, which answers 404.
 */
export async function loadEndpoints(): Promise<Record<string, Record<string, Endpoint>>> {
  const paths: Record<string, Record<string, Endpoint>> = {};
  const files = import.meta.glob<RouteModule>(["/app/api/**/route.ts", "!/app/api/inngest/route.ts"]);
  for (const [file, load] of Object.entries(files)) {
    const path = file.slice("/app".length, -"/route.ts".length).replaceAll(/\[(?:\.\.\.)?(\w+)\]/g, "{$1}");
    for (const [method, handler] of Object.entries(await load()))
      if ("operation" in handler) paths[path] = { ...paths[path], [method]: handler };
  }
  return paths;
}

/** Returns the name of an operation in this document and as a tool of `/api/mcp`, such as `post_admin_orders_id_ship`. */
export const operationName = (method: string, path: string): string =>
  `${method.toLowerCase()}_${path.slice("/api/".length).replaceAll(/\W+/g, "_").replace(/_$/, "")}`;

const DESCRIPTION = `The API of the Steadfast shop: catalogue, orders, accounts and administration.

Safe repetition: send the header \`Idempotency-Key\` with each POST request that takes it, and the same key when you repeat the request, \
for example after a lost answer. The same key and body of the same caller do the work once: a repeated request gets the first answer, \
with the status 200 where the first one had 201. The same key with another body is 409 \`idempotency_key_reused\`. A refused request \
stores no key. A key is remembered for 30 days (\`RETAIN_IDEMPOTENCY_DAYS\`). Requests that send an email again have the same header: \
the same key is the same email.`;

let cached: ReturnType<typeof createDocument> | undefined;

/** Returns the API in OpenAPI 3.1, whose schemas are JSON Schema 2020-12. The first call loads every route. */
export function openApiDocument() {
  cached ??= createDocument();
  return cached;
}

async function createDocument() {
  const paths: Record<string, Record<string, ReturnType<typeof describeOperation>>> = {};
  for (const [path, endpoints] of Object.entries(await loadEndpoints()).sort(([a], [b]) => (a < b ? -1 : 1)))
    paths[path] = Object.fromEntries(
      Object.entries(endpoints).map(([method, { operation }]) => [
        method.toLowerCase(),
        describeOperation(method, path, operation),
      ]),
    );
  return {
    openapi: "3.1.0",
    info: {
      title: "Steadfast",
      version: "1",
      description: DESCRIPTION,
    },
    paths,
    webhooks: Object.fromEntries(WEBHOOK_TYPES.map((type) => [type, { post: describeWebhook(type) }])),
    components: {
      schemas: { Problem: jsonSchema(problemSchema, "output") },
      // OpenAPI 3.1 allows role names as the values of a security requirement.
      securitySchemes: { session: SESSION, apiKey: API_KEY },
    },
  };
}

function describeOperation(method: string, path: string, operation: Operation) {
  const { summary, role, scope, query, headers, body, unparsed = {}, responses } = operation;
  const pathParameters = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    ...{ name, in: "path", required: true, schema: { type: "string" } },
  }));
  const requestBody =
    describeBody("application/json", body ?? unparsed.body) ??
    describeBody(FORM, unparsed.form) ??
    describeBody("multipart/form-data", unparsed.upload);
  return {
    operationId: operationName(method, path),
    summary,
    tags: [tagOf(path)],
    ...((role || scope) && {
      // Without a role, the endpoint is open to everyone: an empty requirement.
      security: [role ? { session: [role] } : {}, ...(scope ? [{ apiKey: [scope] }] : [])],
    }),
    parameters: [
      ...pathParameters,
      ...parameters(query ?? unparsed.query, "query"),
      ...parameters(headers ?? unparsed.headers, "header"),
    ],
    ...(requestBody && { requestBody: { required: true, content: requestBody } }),
    responses: {
      ...Object.fromEntries(
        Object.entries(responses).map(([status, { description = summary, schema, mediaType }]) => [
          status,
          {
            description,
            ...((schema || mediaType) && {
              content: {
                ...(schema && { "application/json": { schema: jsonSchema(schema, "output") } }),
                ...(mediaType && { [mediaType]: { schema: { type: "string" } } }),
              },
            }),
          },
        ]),
      ),
      ...Object.fromEntries(problemStatuses(path, operation).map((status) => [status, describeProblem(status)])),
    },
  };
}

/** Returns a request that the shop makes to the endpoints of `/api/account/webhooks`. */
function describeWebhook(type: WebhookType) {
  const { description, body } = WEBHOOKS[type];
  return {
    operationId: `webhook_${type.replace(".", "_")}`,
    summary: description,
    tags: ["account/webhooks"],
    parameters: parameters(webhookHeadersSchema, "header"),
    requestBody: { required: true, content: { "application/json": { schema: jsonSchema(body, "input") } } },
    responses: {
      "2XX": { description: "The delivery has arrived." },
      410: { description: "The endpoint is gone: it is disabled." },
      default: { description: "Any other answer, a redirect, or none within ten seconds: the delivery is retried." },
    },
  };
}

/** Returns the resource of a path, such as `orders` and `admin/orders`; Swagger UI groups the operations by it. */
const tagOf = (path: string) => path.replace(/^\/api\/((?:admin|account)\/)?([^/]+).*/, "$1$2");

const SESSION = {
  type: "apiKey",
  in: "cookie",
  name: SESSION_COOKIE,
  description: "Sign in with `POST /api/auth/sign-in/email`, or in the shop; a browser then sends the cookie.",
};

const API_KEY = {
  type: "http",
  scheme: "bearer",
  description:
    "A key of a program, `Authorization: Bearer sk_…`. Administrators create it in the console, with scopes and a limit of requests. Endpoints without a scope are closed to keys.",
};

const FORM = "application/x-www-form-urlencoded";

const describeBody = (mediaType: string, schema: z.ZodType | undefined) =>
  schema && { [mediaType]: { schema: jsonSchema(schema, "input") } };

/** Returns the statuses that the parts of an endpoint imply, those that its handler adds, and 500. */
function problemStatuses(path: string, { role, scope, query, headers, body, problems = [] }: Operation): number[] {
  return [
    ...(role || scope ? [401] : []),
    ...((role && role !== "customer") || scope ? [403] : []),
    ...(scope ? [429] : []),
    ...(path.includes("{") ? [404] : []),
    ...(query || headers ? [422] : []),
    ...(body ? [400, 413, 415, 422] : []),
    ...problems,
    500,
  ];
}

const describeProblem = (status: number) => ({
  description: STATUS_CODES[status],
  content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
});

function jsonSchema(schema: z.ZodType, io: "input" | "output") {
  const { $schema: _, ...withoutDialect } = z.toJSONSchema(schema, { io });
  return withoutDialect;
}

function parameters(schema: z.ZodObject | undefined, place: "query" | "header") {
  if (!schema) return [];
  const { properties = {}, required = [] } = jsonSchema(schema, "input");
  return Object.entries(properties).map(([name, field]) => ({
    name,
    in: place,
    required: required.includes(name),
    schema: field,
  }));
}
