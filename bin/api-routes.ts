import { readFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createRequire } from "node:module";
import path from "node:path";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { getRequestListener } from "@hono/node-server";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import { z } from "zod";
import { problemResponse } from "@/app/http";
import { INNGEST_HEADERS, SECURITY_HEADERS } from "@/app/security-headers";

type Params = Record<string, string | string[]>;
type RouteHandler = (request: Request, context: { params: Promise<Params> }) => Promise<Response>;
type Methods = Partial<Record<string, RouteHandler>>;

interface ApiRoute {
  pattern: RegExp;
  /** The parameters in the order of the pattern's groups. */
  params: { name: string; isRest: boolean }[];
  load(): Promise<Methods>;
}

/** The parts of the build's manifests that are read here. */
const manifest = z.object({
  staticRoutes: z.array(z.object({ page: z.string(), regex: z.string() })),
  dynamicRoutes: z.array(z.object({ page: z.string(), regex: z.string() })),
});

/** A compiled `route.ts`. Next.js loads its exports at first use (next/dist/server/route-modules/app-route/module.d.ts). */
interface CompiledRoute {
  routeModule: { ensureUserland(): Promise<void>; readonly userland: Methods };
}

/** Next.js decodes, redirects or refuses every other address, so it gets them. */
const PLAIN_ADDRESS = /^\/api(?:\/[\w~-][\w.~-]*)+(?=\?|$)/;
/** As in Next.js: a shorter body is not worth the work. */
const MIN_COMPRESSED_BYTES = 1_024;

/**
 * Returns a function that answers a request for `/api/` with the handler that `next build` compiled, and returns false for every
 * other request. Six of the seven requests of an order come from machines, and Next.js costs more than their handlers. The
 * modules are those that the pages use, so each is in memory once.
 */
export function apiRoutes(buildDir: string): (request: IncomingMessage, response: ServerResponse) => boolean {
  const routes = readRoutes(buildDir);
  return (incoming, outgoing) => {
    const address = PLAIN_ADDRESS.exec(incoming.url ?? "")?.[0];
    const found = address === undefined ? undefined : findRoute(routes, address);
    if (!found) return false;
    // As next.config.ts has them.
    const headers = { ...SECURITY_HEADERS, ...(address === "/api/inngest" && INNGEST_HEADERS) };
    for (const [name, value] of Object.entries(headers)) outgoing.setHeader(name, value);
    const listener = getRequestListener(
      async (request) => {
        const { [request.method === "HEAD" ? "GET" : request.method]: handler } = await found.route.load();
        if (!handler) return new Response(null, { status: 405 });
        const response = await handler(request, { params: Promise.resolve(found.params) });
        if (response.headers.get("content-type") !== "application/json") return response;
        await sendJson(response, incoming, outgoing);
        return RESPONSE_ALREADY_SENT;
      },
      { overrideGlobalObjects: false, errorHandler: (error) => problemResponse(error) },
    );
    void listener(incoming, outgoing);
    return true;
  };
}

const compress = promisify(gzip);

/** Sends the body in one write. The listener would read it as a stream, which takes a millisecond. */
async function sendJson(response: Response, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  for (const [name, value] of response.headers) if (name !== "set-cookie") outgoing.setHeader(name, value);
  const cookies = response.headers.getSetCookie();
  if (cookies.length > 0) outgoing.setHeader("set-cookie", cookies);
  const body = Buffer.from(await response.arrayBuffer());
  const isCompressed =
    body.length >= MIN_COMPRESSED_BYTES &&
    /\bgzip\b/.test(String(incoming.headers["accept-encoding"] ?? "")) &&
    !String(outgoing.getHeader("cache-control")).includes("no-transform");
  if (isCompressed) outgoing.setHeader("content-encoding", "gzip").appendHeader("vary", "accept-encoding");
  const sent = isCompressed ? await compress(body) : body;
  outgoing.writeHead(response.status, { "content-length": sent.length }).end(sent);
}

/** @throws Error without a build */
function readRoutes(buildDir: string): ApiRoute[] {
  const load = createRequire(import.meta.url);
  const { staticRoutes, dynamicRoutes } = manifest.parse(
    JSON.parse(readFileSync(path.join(buildDir, "routes-manifest.json"), "utf8")),
  );
  return [...staticRoutes, ...dynamicRoutes]
    .filter(({ page }) => page.startsWith("/api/"))
    .map(({ page, regex }) => {
      const names = [...page.matchAll(/\[(\.\.\.)?(\w+)\]/g)];
      const file = path.join(buildDir, "server/app", page, "route.js");
      return {
        pattern: new RegExp(regex),
        params: names.map(([, dots, name = ""]) => ({ name, isRest: dots !== undefined })),
        async load() {
          const { routeModule }: CompiledRoute = load(file);
          await routeModule.ensureUserland();
          return routeModule.userland;
        },
      };
    });
}

/** Returns the first route that matches: the manifest lists names before parameters, and these before a rest. */
function findRoute(routes: ApiRoute[], address: string): { route: ApiRoute; params: Params } | undefined {
  for (const route of routes) {
    const match = route.pattern.exec(address);
    if (!match) continue;
    const params = route.params.map(({ name, isRest }, index) => {
      const value = match[index + 1] ?? "";
      return [name, isRest ? value.split("/") : value];
    });
    return { route, params: Object.fromEntries(params) };
  }
  return undefined;
}
