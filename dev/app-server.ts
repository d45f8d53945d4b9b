import { readdirSync } from "node:fs";
import { createServer, type IncomingMessage } from "node:http";
import path from "node:path";
import { Readable } from "node:stream";
import { pathToFileURL } from "node:url";
import type { Clock } from "./engine/clock";

type Handler = (request: Request, context: { params: Promise<Record<string, string>> }) => Promise<Response> | Response;

interface Route {
  pattern: RegExp;
  names: string[];
  handlers: Partial<Record<string, Handler>>;
}

/**
 * Serves the route handlers of `app` over HTTP without Next.js: the same modules in the same process as the caller, so
 * that a test on a virtual clock starts in no time. What Next itself does is tested over the running stack.
 */
export async function serveRoutes(clock: Clock, port: number): Promise<{ close(): Promise<void> }> {
  const routes = await loadRoutes();
  const server = createServer((incoming, outgoing) => {
    const url = `http://${incoming.headers.host}${incoming.url}`;
    const work = answer(routes, incoming, url).then(async (response) => {
      outgoing.writeHead(response.status, Object.fromEntries(response.headers));
      outgoing.end(Buffer.from(await response.arrayBuffer()));
    });
    clock.busy(work).catch((error) => {
      outgoing.writeHead(500).end(String(error));
    });
  });
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(routes: Route[], incoming: IncomingMessage, url: string): Promise<Response> {
  const { pathname } = new URL(url);
  for (const { pattern, names, handlers } of routes) {
    const match = pattern.exec(pathname);
    if (!match) continue;
    const handler = handlers[incoming.method ?? "GET"];
    if (!handler) return new Response(null, { status: 405 });
    const params = Object.fromEntries(names.map((name, index) => [name, decodeURIComponent(match[index + 1] ?? "")]));
    return handler(toRequest(incoming, url), { params: Promise.resolve(params) });
  }
  return new Response("Not found", { status: 404 });
}

function toRequest(incoming: IncomingMessage, url: string): Request {
  const method = incoming.method ?? "GET";
  const headers = Object.entries(incoming.headers).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, Array.isArray(value) ? value.join(", ") : value] as [string, string]],
  );
  const body = method === "GET" || method === "HEAD" ? null : (Readable.toWeb(incoming) as ReadableStream<Uint8Array>);
  const init: RequestInit & { duplex: "half" } = { method, headers, body, duplex: "half" };
  return new Request(url, init);
}

/** Reads the folders as Next.js does: `app/api/orders/[id]/route.ts` answers `/api/orders/…`. */
async function loadRoutes(): Promise<Route[]> {
  const root = path.resolve("app");
  // As in Next.js, a name comes before a parameter and both before what takes everything.
  const rank = (file: string) => file.replaceAll("[...", "\uffff").replaceAll("[", "\ufffe");
  const files = readdirSync(root, { recursive: true, encoding: "utf8" })
    .filter((file) => path.basename(file) === "route.ts")
    .sort((a, b) => (rank(a) < rank(b) ? -1 : 1));
  // What takes all paths is tried last.
  files.sort((a, b) => Number(a.includes("[...")) - Number(b.includes("[...")) || b.length - a.length);
  return Promise.all(
    files.map(async (file) => {
      const parts = path
        .dirname(file)
        .split(path.sep)
        .filter((part) => !/^\(.+\)$/.test(part));
      const names = parts.flatMap((part) => /^\[(?:\.\.\.)?(\w+)\]$/.exec(part)?.[1] ?? []);
      const source = parts.map((part) =>
        part.startsWith("[...") ? "(.+)" : part.startsWith("[") ? "([^/]+)" : part.replaceAll(".", "\\."),
      );
      const handlers: Route["handlers"] = await import(pathToFileURL(path.join(root, file)).href);
      return { pattern: new RegExp(`^/${source.join("/")}$`), names, handlers };
    }),
  );
}
