import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";

/** A request as the stand-ins see it: read whole, with its path and query apart. */
export interface Incoming {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: IncomingHttpHeaders;
  body: string;
  /** Aborts when the client has gone. */
  gone: AbortSignal;
}

export interface Reply {
  status: number;
  headers?: Record<string, string>;
  body: string;
}

/** What is no text. */
export interface Download extends Omit<Reply, "body"> {
  body: Uint8Array;
}

/** `hang`: the request is never answered. `reset`: the connection is torn down without an answer. */
export type Answer = Reply | Download | "hang" | "reset";

export interface Listening {
  url: string;
  port: number;
  close(): Promise<void>;
}

export interface ListenOptions {
  port?: number;
  host?: string;
  /** Bytes of body accepted; more is answered 413. */
  bodyLimit: number;
  handle(request: Incoming): Promise<Answer>;
  /** What to answer when `handle` throws: a defect of the stand-in, never a test's fault. */
  onDefect(error: unknown): Reply;
}

class TooLarge extends Error {}

export const json = (status: number, value: unknown, headers: Record<string, string> = {}): Reply => ({
  status,
  headers: { "content-type": "application/json", ...headers },
  body: JSON.stringify(value),
});

export const html = (status: number, body: string): Reply => ({
  status,
  headers: { "content-type": "text/html; charset=utf-8", "cache-control": "no-store" },
  body,
});

/** 303, so that the browser follows a POST with a GET. */
export const redirect = (location: string): Reply => ({ status: 303, headers: { location }, body: "" });

/** RFC 9457, for the doors that the original does not have. */
export const problem = (status: number, title: string, detail?: string): Reply => ({
  status,
  headers: { "content-type": "application/problem+json" },
  body: JSON.stringify({ type: "about:blank", title, status, detail }),
});

/** Runs `then` when the client has gone, at once if it already has. */
export function whenGone(request: Incoming, then: () => void): void {
  if (request.gone.aborted) then();
  else request.gone.addEventListener("abort", then);
}

/** The header's value; a repeated header counts by its first value. */
export function header(request: Incoming, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

async function readBody(request: IncomingMessage, limit: number): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > limit) throw new TooLarge();
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString("utf8");
}

async function incoming(request: IncomingMessage, response: ServerResponse, limit: number): Promise<Incoming> {
  const url = new URL(request.url ?? "/", "http://stand-in");
  const gone = new AbortController();
  response.on("close", () => gone.abort());
  return {
    method: request.method ?? "GET",
    path: url.pathname,
    query: url.searchParams,
    headers: request.headers,
    body: await readBody(request, limit),
    gone: gone.signal,
  };
}

/** Serves until `close`, which drops every open connection, the hanging ones too. Port 0 or none takes a free one. */
export async function listen(options: ListenOptions): Promise<Listening> {
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<Answer> => {
    try {
      return await options.handle(await incoming(request, response, options.bodyLimit));
    } catch (error) {
      if (error instanceof TooLarge) return problem(413, "Body too large", `At most ${options.bodyLimit} bytes.`);
      return options.onDefect(error);
    }
  };
  const server = createServer(async (request, response) => {
    const reply = await answer(request, response);
    if (reply === "hang" || response.destroyed) return;
    if (reply === "reset") return void request.socket.resetAndDestroy();
    response.writeHead(reply.status, { ...reply.headers, "content-length": Buffer.byteLength(reply.body) });
    response.end(request.method === "HEAD" ? undefined : reply.body);
  });
  const host = options.host ?? "127.0.0.1";
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port ?? 0, host, resolve);
  });
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : (options.port ?? 0);
  return {
    url: `http://${host === "0.0.0.0" || host === "::" ? "127.0.0.1" : host}:${port}`,
    port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
