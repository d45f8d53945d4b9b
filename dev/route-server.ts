import { readdirSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import type { Clock } from "./shared/clock";
import { type Request as HttpRequest, type HttpServer, listen, type Reply } from "./shared/http";

type RouteHandler = (
  request: Request,
  context: { params: Promise<Record<string, string>> },
) => Promise<Response> | Response;

interface Route {
  pattern: RegExp;
  names: string[];
  handlers: Partial<Record<string, RouteHandler>>;
}

/** Far above any body that the app takes, whose own limits are under test. */
const MAX_BODY_BYTES = 1 << 30;

/** Of a module's address: its copy belongs to the second process (test/simulation/module-copies.mjs). */
export const SECOND_PROCESS = "?process=2";

interface RouteServer extends HttpServer {
  /** Imports the handlers, when the environment is complete: it contains the address of this server. */
  load(): Promise<void>;
  /** Imports them again for a second process, which answers the requests for which `answers` returns true. */
  loadSecond(answers: () => boolean): Promise<void>;
}

/** Serves the route handlers of `app` in this process, without Next.js, so a test on a virtual clock starts fast. */
export async function serveRoutes(clock: Clock, port = 0): Promise<RouteServer> {
  let first: Route[] = [];
  let second: Route[] = [];
  let isForSecond = () => false;
  const server = await listen({
    port,
    maxBodyBytes: MAX_BODY_BYTES,
    handlers: [(request) => answer(isForSecond() ? second : first, request)],
    notFound: () => ({ status: 404, body: "Not found" }),
    onError: (error) => ({ status: 500, body: String(error) }),
    busy: (work) => void clock.busy(work),
  });
  return {
    ...server,
    async load() {
      first = await loadRoutes();
    },
    async loadSecond(answers) {
      second = await loadRoutes(SECOND_PROCESS);
      isForSecond = answers;
    },
  };
}

async function answer(routes: Route[], request: HttpRequest): Promise<Reply | undefined> {
  for (const { pattern, names, handlers } of routes) {
    const match = pattern.exec(request.path);
    if (!match) continue;
    const handler = handlers[request.method];
    if (!handler) return { status: 405, body: "" };
    const params = Object.fromEntries(names.map((name, index) => [name, decodeURIComponent(match[index + 1] ?? "")]));
    const response = await handler(toWebRequest(request), { params: Promise.resolve(params) });
    return {
      status: response.status,
      // A response can set several cookies, each in its own header.
      headers: { ...Object.fromEntries(response.headers), "set-cookie": response.headers.getSetCookie() },
      body: Buffer.from(await response.arrayBuffer()),
    };
  }
  return undefined;
}

function toWebRequest({ method, url, headers, body }: HttpRequest): Request {
  const entries = Object.entries(headers).flatMap(([name, value]): [string, string][] =>
    value === undefined ? [] : [[name, Array.isArray(value) ? value.join(", ") : value]],
  );
  const hasBody = method !== "GET" && method !== "HEAD";
  return new Request(`http://${headers.host}${url}`, { method, headers: entries, body: hasBody ? body : null });
}

/** Reads the folders as Next.js does: `app/api/orders/[id]/route.ts` handles `/api/orders/…`. */
async function loadRoutes(copy = ""): Promise<Route[]> {
  const root = path.resolve("app");
  // As in Next.js, a name comes before a parameter, and both before a catch-all.
  const rank = (file: string) => file.replaceAll("[...", "\uffff").replaceAll("[", "\ufffe");
  const files = readdirSync(root, { recursive: true, encoding: "utf8" })
    .filter((file) => path.basename(file) === "route.ts")
    .sort((a, b) => (rank(a) < rank(b) ? -1 : 1));
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
      const handlers: Route["handlers"] = await import(pathToFileURL(path.join(root, file)).href + copy);
      return { pattern: new RegExp(`^/${source.join("/")}$`), names, handlers };
    }),
  );
}
