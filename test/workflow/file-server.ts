import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll } from "vitest";

type Behaviour = (request: IncomingMessage, response: ServerResponse) => void;

/** A foreign file server with configurable behaviour. */
export interface FileServer {
  /** Returns a new URL that answers with `behaviour`. */
  at(behaviour: Behaviour): string;
  /** Returns a new URL that answers 204, with the bodies that were sent to it. */
  hook(): { url: string; bodies: string[] };
  /** Returns a new URL of a file, served with ranges and an ETag. */
  file(content: string | Buffer, options?: FileOptions): string;
}

export interface FileOptions {
  ranges?: boolean;
  /** Cuts the connection after so many bytes of an answer, this many times. */
  cut?: { after: number; times: number };
  /** Counts requests and sent bytes, for the test. */
  seen?: { requests: number; bytes: number };
}

export function openFileServer(): FileServer {
  const behaviours = new Map<string, Behaviour>();
  let count = 0;
  let origin = "";
  const server = createServer((request, response) => {
    const behaviour = behaviours.get(request.url ?? "");
    if (behaviour) behaviour(request, response);
    else response.writeHead(404).end();
  });
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  const at = (behaviour: Behaviour) => {
    const path = `/${++count}.csv`;
    behaviours.set(path, behaviour);
    return `${origin}${path}`;
  };
  const hook = () => {
    const bodies: string[] = [];
    const url = at(async (request, response) => {
      let body = "";
      for await (const chunk of request) body += chunk;
      bodies.push(body);
      response.writeHead(204).end();
    });
    return { url, bodies };
  };
  return { at, hook, file: (content, options) => at(serve(Buffer.from(content), options)) };
}

function serve(content: Buffer, { ranges = true, cut, seen }: FileOptions = {}): Behaviour {
  const etag = `"${createHash("sha256").update(content).digest("hex").slice(0, 16)}"`;
  let cuts = 0;
  return (request, response) => {
    const from = ranges ? Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? "")?.[1] ?? 0) : 0;
    if (from >= content.length && from > 0)
      return void response.writeHead(416, { "content-range": `bytes */${content.length}` }).end();
    const body = content.subarray(from);
    if (ranges) response.setHeader("etag", etag);
    response.setHeader("content-length", body.length);
    if (from > 0) response.setHeader("content-range", `bytes ${from}-${content.length - 1}/${content.length}`);
    response.writeHead(from > 0 ? 206 : 200, { "content-type": "text/csv" });
    const cutNow = cut !== undefined && cuts++ < cut.times;
    const sent = cutNow ? body.subarray(0, cut.after) : body;
    if (seen) {
      seen.requests += 1;
      seen.bytes += sent.length;
    }
    // The written bytes still arrive, and then the connection ends.
    if (cutNow) response.write(sent, () => response.socket?.end());
    else response.end(sent);
  };
}
