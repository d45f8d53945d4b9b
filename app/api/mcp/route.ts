import { createMcpHandler, ProtocolError, ProtocolErrorCode, Server } from "@modelcontextprotocol/server";
import { z } from "zod";
import { endpoint, methodNotAllowed } from "@/app/endpoint";
import type { ApiKey } from "@/lib/auth/api-keys";
import { AppError } from "@/lib/errors";
import { log } from "@/lib/log";
import { callTool, toolsOf } from "./tools";

const INSTRUCTIONS =
  "The administration of a shop. Amounts are in minor units of their currency. Lists have a cursor: pass nextCursor as query.cursor.";
const MAX_BODY_BYTES = 1_000_000;

export const POST = endpoint({
  summary: "Calls the operations of this API as tools of the Model Context Protocol (streamable HTTP, stateless)",
  scope: "any",
  unparsed: { body: z.looseObject({ jsonrpc: z.literal("2.0"), method: z.string() }) },
  responses: { 200: { description: "The answer in JSON-RPC", mediaType: "application/json" } },
  problems: [401],
  handler: ({ request, apiKey }) => {
    if (!apiKey) throw new AppError("unauthenticated", 401, "This needs an API key: Authorization: Bearer sk_…");
    // Each request has its own server, because there are no sessions. There is nothing to subscribe to.
    const handler = createMcpHandler(() => createServer(apiKey), {
      ...{ maxSubscriptions: 0, maxRequestBodySize: MAX_BODY_BYTES },
      onerror: ({ message }) => log.warn({ error: message }, "an MCP request was refused"),
    });
    return handler.fetch(request);
  },
});
export const { GET, PUT, PATCH, DELETE, OPTIONS } = methodNotAllowed({ POST });

/** Returns a server that offers the tools of a key. */
function createServer(apiKey: ApiKey): Server {
  const server = new Server(
    { name: "steadfast", title: "Steadfast", version: "1" },
    { capabilities: { tools: {} }, instructions: INSTRUCTIONS },
  );
  server.setRequestHandler("tools/list", async () => ({
    tools: [...(await toolsOf(apiKey)).values()].map(({ description }) => description),
  }));
  server.setRequestHandler("tools/call", async ({ params }) => {
    const tool = (await toolsOf(apiKey)).get(params.name);
    if (!tool)
      throw new ProtocolError(
        ProtocolErrorCode.InvalidParams,
        `This API key has no tool with the name ${params.name}.`,
      );
    const { text, json, failed } = await callTool(tool, params.arguments, apiKey);
    return { content: [{ type: "text", text }], ...(json && { structuredContent: json }), isError: failed };
  });
  return server;
}
