import type { Tool } from "@modelcontextprotocol/server";
import { z } from "zod";
import { actWith } from "@/app/caller";
import type { Endpoint, Operation } from "@/app/endpoint";
import { parse, problemResponse } from "@/app/http";
import type { ApiKey } from "@/lib/auth/api-keys";
import { appEnv } from "@/lib/env";
import { invalid } from "@/lib/errors";
import { loadEndpoints, operationName } from "../openapi.json/document";

/** A tool: an endpoint of the API, with its description for the protocol. */
interface EndpointTool {
  description: Tool;
  path: string;
  method: string;
  endpoint: Endpoint;
}

const IDEMPOTENCY_KEY = "Idempotency-Key";

/** Returns the tools that a key may use, by name: the operations of the API that one of its scopes opens. */
export async function toolsOf({ scopes }: Pick<ApiKey, "scopes">): Promise<Map<string, EndpointTool>> {
  const granted: unknown[] = scopes;
  const tools = (await allTools()).filter(({ endpoint }) => granted.includes(endpoint.operation.scope));
  return new Map(tools.map((tool) => [tool.description.name, tool]));
}

let cached: Promise<EndpointTool[]> | undefined;

function allTools(): Promise<EndpointTool[]> {
  cached ??= loadEndpoints().then((paths) =>
    Object.entries(paths).flatMap(([path, endpoints]) =>
      Object.entries(endpoints)
        // A tool sends JSON, so it cannot upload a file.
        .filter(([, { operation }]) => !operation.unparsed?.upload)
        .map(([method, endpoint]) => ({
          ...{ path, method, endpoint, description: describe(method, path, endpoint.operation) },
        })),
    ),
  );
  return cached;
}

function describe(method: string, path: string, operation: Operation): Tool {
  const { summary, destructive = false } = operation;
  const inputSchema: Tool["inputSchema"] = JSON.parse(
    JSON.stringify(z.toJSONSchema(inputOf(operation), { io: "input" })),
  );
  return {
    name: operationName(method, path),
    description: destructive ? `${summary}. It cannot be undone, so it asks for confirm: true.` : summary,
    inputSchema,
    annotations: { readOnlyHint: method === "GET", destructiveHint: destructive, openWorldHint: false },
  };
}

/** Returns the schema of a tool's arguments: the parameters of the path, `query`, `body`, and the key of a repeatable request. */
function inputOf({ params, query, headers, body, unparsed, destructive }: Operation): z.ZodObject {
  const key = headers?.shape[IDEMPOTENCY_KEY];
  const content = body ?? unparsed?.body;
  return z.strictObject({
    ...params?.shape,
    ...(query && { query: query.safeParse({}).success ? query.optional() : query }),
    ...(content && { body: content }),
    ...(key instanceof z.ZodType && { idempotencyKey: key }),
    ...(destructive && { confirm: z.boolean().optional().describe("Must be true: the call cannot be undone.") }),
  });
}

/** The arguments before the endpoint parses its parts. */
const argumentsSchema = z.looseObject({
  query: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
  body: z.unknown().optional(),
  idempotencyKey: z.string().optional(),
  confirm: z.boolean().optional(),
});

export interface ToolResult {
  text: string;
  /** The answer, if it is a JSON object. */
  json?: Record<string, unknown>;
  failed: boolean;
}

/**
 * Calls the endpoint of a tool with the rights of the key, as over HTTP: it parses the arguments, and its problems are results that
 * failed. A destructive call without `confirm: true` does nothing.
 */
export async function callTool(
  { endpoint, ...tool }: EndpointTool,
  given: unknown,
  apiKey: ApiKey,
): Promise<ToolResult> {
  const { summary, destructive, params } = endpoint.operation;
  try {
    const { query, body, idempotencyKey, confirm, ...rest } = parse(argumentsSchema, given ?? {});
    const pathParams = parse(params ? z.strictObject(params.shape) : z.strictObject({}), rest);
    if (destructive && confirm !== true)
      throw invalid(`This cannot be undone: ${summary}. Nothing was done. Call it again with confirm: true.`, [
        { path: "confirm", message: "must be true" },
      ]);
    const request = toRequest(tool, { pathParams, query, body, idempotencyKey });
    return readResult(await endpoint(actWith(apiKey, request), { params: Promise.resolve(pathParams) }));
  } catch (error) {
    return readResult(problemResponse(error));
  }
}

interface Parts {
  pathParams: Record<string, unknown>;
  query?: Record<string, unknown>;
  body?: unknown;
  idempotencyKey?: string;
}

function toRequest({ path, method }: Pick<EndpointTool, "path" | "method">, parts: Parts): Request {
  const { pathParams, query = {}, body, idempotencyKey } = parts;
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(pathParams[name])));
  const url = new URL(filled, appEnv().APP_URL);
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, String(value));
  return new Request(url, {
    method,
    headers: {
      ...(body !== undefined && { "content-type": "application/json" }),
      ...(idempotencyKey !== undefined && { [IDEMPOTENCY_KEY]: idempotencyKey }),
    },
    body: body === undefined ? null : JSON.stringify(body),
  });
}

async function readResult(response: Response): Promise<ToolResult> {
  const text = await response.text();
  const json = z.record(z.string(), z.unknown()).safeParse(isJson(response) ? JSON.parse(text) : undefined).data;
  return { text, json, failed: !response.ok };
}

const isJson = ({ headers }: Response): boolean => /^application\/(\w+\+)?json/.test(headers.get("content-type") ?? "");
