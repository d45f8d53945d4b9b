import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type ServerResponse,
  STATUS_CODES,
} from "node:http";
import type { Duplex } from "node:stream";
import type { Clock } from "./clock";
import type { FindSubjects } from "./subject";

/** A request whose body was read whole, unless it is a stream. */
export interface Request {
  method: string;
  /** Path and query as they were sent. */
  url: string;
  path: string;
  query: URLSearchParams;
  headers: IncomingHttpHeaders;
  body: string;
  /** The body that was not read. */
  stream: AsyncIterable<Buffer>;
  /** Calls `then` when the client has closed the connection, at once if it already has. */
  onClientGone(then: () => void): void;
}

export interface Reply {
  status: number;
  headers?: OutgoingHttpHeaders;
  body: string | Uint8Array;
}

/** `hang`: the request is never answered. `reset`: the connection is torn down without an answer. */
export type Answer = Reply | "hang" | "reset";

/** Answers a request; undefined leaves it to the next handler. */
export type Handler = (request: Request) => Answer | undefined | Promise<Answer | undefined>;

/** Opens a WebSocket on the socket of a request, or returns why not. */
export type Upgrade = (incoming: IncomingMessage, socket: Duplex, head: Buffer) => Reply | undefined;

/** The options that the engine and the fake servers have in common. */
export interface ServerOptions {
  /** Default: a free port. */
  port?: number;
  /** Default: 127.0.0.1. */
  host?: string;
  /** Default: the wall clock. */
  clock?: Clock;
  /** A file that stores all data across restarts and kill -9. Default: memory. */
  store?: string;
  log?: (line: string) => void;
  /** Names what events, payments and emails are about, for the pages. Default: nothing is named. */
  subjects?: FindSubjects;
}

interface ListenOptions extends Pick<ServerOptions, "port" | "host"> {
  /** A larger body is answered 413. */
  maxBodyBytes: number;
  /** The content type of the bodies that handlers read themselves, as they arrive. */
  streamType?: string;
  /** Tried in order. */
  handlers: Handler[];
  /** The answer if no handler has one. */
  notFound(request: Request): Reply;
  /** The answer when a handler throws. */
  onError(error: unknown): Answer;
  /** Takes over the socket of a request for a WebSocket. Without it such a request is answered 404. */
  upgrade?: Upgrade;
  /** Called with each request's work, so that a virtual clock can wait for it. */
  busy?(work: Promise<void>): void;
}

export interface HttpServer {
  url: string;
  port: number;
  /** Drops every open connection, the hanging ones too. */
  close(): Promise<void>;
}

export const json = (status: number, value: unknown, headers: Record<string, string> = {}): Reply => ({
  status,
  headers: { "content-type": "application/json", ...headers },
  body: JSON.stringify(value),
});

/** 303, so that the browser follows a POST with a GET. */
export const redirect = (location: string): Reply => ({ status: 303, headers: { location }, body: "" });

/** An error in the form of RFC 9457. */
export const problem = (status: number, title: string, detail?: string): Reply => ({
  status,
  headers: { "content-type": "application/problem+json" },
  body: JSON.stringify({ type: "about:blank", title, status, detail }),
});

/** The header's value; of a repeated header the first one. */
export function header(request: Request, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

type RouteHandler = (request: Request, ...params: string[]) => ReturnType<Handler>;

/** Handlers by method and path, such as `GET /runs/:id`. */
export type Routes = Record<string, RouteHandler>;

/** The handler of a table of routes. `:name` in a path matches one segment, which the handler gets decoded. */
export function router(routes: Routes): Handler {
  const compiled = Object.entries(routes).map(([route, handle]) => {
    const [method, path = ""] = route.split(" ");
    return { method, pattern: pathPattern(path), handle };
  });
  return (request) => {
    for (const { method, pattern, handle } of compiled) {
      const params = method === request.method ? matchPath(pattern, request.path) : undefined;
      if (params) return handle(request, ...params);
    }
    return undefined;
  };
}

export const pathPattern = (path: string): RegExp => new RegExp(`^${path.replace(/:\w+/g, "([^/]*)")}$`);

/** The decoded parameters of a path; undefined when it does not match or is not decodable. */
export function matchPath(pattern: RegExp, path: string): string[] | undefined {
  try {
    return pattern.exec(path)?.slice(1).map(decodeURIComponent);
  } catch {
    return undefined;
  }
}

const LOOPBACK = new Set(["localhost", "127.0.0.1", "[::1]"]);
const SAFE_METHODS = new Set(["GET", "HEAD", "OPTIONS"]);

/**
 * Refuses what only a web page of another site sends: a Host that is not this machine (DNS rebinding), and a change with
 * an Origin of its own. A local service has no passwords, so every page in the developer's browser could drive it.
 */
export const refuseOtherSites: Handler = (request) => {
  const host = header(request, "host") ?? "";
  if (!LOOPBACK.has(hostname(`http://${host}`)))
    return problem(403, "Foreign host", `The Host must be localhost or 127.0.0.1, not "${host}".`);
  if (SAFE_METHODS.has(request.method)) return undefined;
  const { origin = `http://${host}`, "sec-fetch-site": site = "none" } = request.headers;
  if (origin === `http://${host}` && ["none", "same-origin"].includes(String(site))) return undefined;
  return problem(403, "Foreign origin", `A page of another site (${origin}, ${site}) may not change anything here.`);
};

const hostname = (url: string): string => (URL.canParse(url) ? new URL(url).hostname : "");

/** Serves until `close`. */
export async function listen(options: ListenOptions): Promise<HttpServer> {
  const server = createServer((incoming, outgoing) => {
    const work = answer(options, incoming, outgoing).then((reply) => {
      if (reply === "hang" || outgoing.destroyed) return;
      if (reply === "reset") return void incoming.socket.resetAndDestroy();
      outgoing.writeHead(reply.status, { ...reply.headers, "content-length": Buffer.byteLength(reply.body) });
      outgoing.end(incoming.method === "HEAD" ? undefined : reply.body);
    });
    options.busy?.(work);
  });
  server.on("upgrade", (incoming, socket, head) => {
    socket.on("error", () => socket.destroy());
    const refusal = options.upgrade ? options.upgrade(incoming, socket, head) : problem(404, "Not found");
    if (!refusal) return;
    const lines = [`HTTP/1.1 ${refusal.status} ${STATUS_CODES[refusal.status]}`, "connection: close"];
    for (const [name, value] of Object.entries(refusal.headers ?? {})) lines.push(`${name}: ${value}`);
    socket.end(`${lines.join("\r\n")}\r\ncontent-length: ${Buffer.byteLength(refusal.body)}\r\n\r\n${refusal.body}`);
  });
  // Longer than any client keeps an idle connection, so that none is closed while a request is on its way.
  server.keepAliveTimeout = 65_000;
  const host = options.host ?? "127.0.0.1";
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port ?? 0, host, resolve);
  });
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  return {
    url: `http://${host.includes(":") ? `[${host}]` : host}:${port}`,
    port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(options: ListenOptions, incoming: IncomingMessage, outgoing: ServerResponse): Promise<Answer> {
  try {
    const isStream = options.streamType !== undefined && incoming.headers["content-type"] === options.streamType;
    const body = isStream ? "" : await readBody(incoming, options.maxBodyBytes);
    if (body === undefined) return problem(413, "Body too large", `At most ${options.maxBodyBytes} bytes.`);
    const { method = "GET", url = "/" } = incoming;
    const { pathname, searchParams } = new URL(url, "http://localhost");
    const request: Request = {
      method,
      url,
      path: pathname,
      query: searchParams,
      headers: incoming.headers,
      body,
      stream: incoming,
      onClientGone(then) {
        if (outgoing.closed) then();
        else outgoing.once("close", then);
      },
    };
    for (const handle of options.handlers) {
      const reply = await handle(request);
      if (reply) return reply;
    }
    return options.notFound(request);
  } catch (error) {
    return options.onError(error);
  }
}

/** The body as text; undefined when it is too large. */
async function readBody(incoming: IncomingMessage, maxBytes: number): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming) {
    size += chunk.length;
    if (size > maxBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}
