import type { IncomingMessage, ServerResponse } from "node:http";
import { type Json, parseJson } from "./json";

/** What a door needs of a request. */
export interface Request {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: IncomingMessage["headers"];
  body: string;
}

export interface Reply {
  status: number;
  headers?: Record<string, string>;
  body: string;
}

/** Answers a request, or leaves it to another door. */
export type Door = (request: Request) => Reply | undefined | Promise<Reply | undefined>;

/** The most that any door takes: 5,000 events, or one of 3 MiB. */
const MAX_BODY = 32 * 1024 * 1024;

export function json(status: number, value: unknown): Reply {
  return { status, headers: { "content-type": "application/json" }, body: JSON.stringify(value) };
}

/** An error in the shape of the server's first API (pkg/publicerr). */
export const publicError = (status: number, error: string): Reply => json(status, { error, status });

export const bodyOf = (request: Request): Json | undefined => parseJson(request.body);

/** The parts of a path that `pattern` names: `match("/e/:key", "/e/x")` is `["x"]`. */
export function match(pattern: string, path: string): string[] | undefined {
  const wanted = pattern.split("/");
  const given = path.split("/");
  if (wanted.length !== given.length) return undefined;
  const found: string[] = [];
  for (const [index, part] of wanted.entries()) {
    const value = given[index] ?? "";
    if (!part.startsWith(":")) {
      if (part !== value) return undefined;
      continue;
    }
    try {
      found.push(decodeURIComponent(value));
    } catch {
      return undefined;
    }
  }
  return found;
}

/** Reads the request whole; undefined when it is too large. */
export async function read(incoming: IncomingMessage): Promise<Request | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming) {
    size += chunk.length;
    if (size > MAX_BODY) return undefined;
    chunks.push(chunk);
  }
  const url = new URL(incoming.url ?? "/", "http://engine");
  return {
    method: incoming.method ?? "GET",
    path: url.pathname,
    query: url.searchParams,
    headers: incoming.headers,
    body: Buffer.concat(chunks).toString(),
  };
}

export function write(outgoing: ServerResponse, reply: Reply): void {
  outgoing.writeHead(reply.status, { ...reply.headers, "content-length": Buffer.byteLength(reply.body) });
  outgoing.end(reply.body);
}
