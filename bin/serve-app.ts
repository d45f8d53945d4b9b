import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import path from "node:path";
import { refusedRequest } from "@/app/refused-request";
import { SECURITY_HEADERS } from "@/app/security-headers";
import { PEER_HEADER } from "@/lib/client-address";
import { closeDb } from "@/lib/db";
import { log } from "@/lib/log";
import { apiRoutes } from "./api-routes";

interface Serving {
  hostname: string;
  port: number;
  /** `worker`: only the functions and the health check. */
  role: "app" | "worker";
}

/** Paths that a worker answers. */
const WORKER_PATHS = /^\/api\/(?:inngest|health)(?:\?|$)/;

/** Serves the built app in this process. On a signal it drains requests and exits. */
export async function serveApp({ hostname, port, role }: Serving): Promise<void> {
  process.env.PEER_HEADER_IS_SET = "1";
  const pages = role === "app" ? await preparePages(hostname, port) : undefined;
  const answerApi = apiRoutes(path.resolve(".next"));
  let stopping = 0;
  const server = createServer((request, response) => {
    // A keep-alive connection would send further requests, so the server would never close.
    if (stopping) response.setHeader("connection", "close");
    setPeer(request);
    if (role === "worker" && !WORKER_PATHS.test(request.url ?? "")) return void response.writeHead(404).end();
    const refused = refusedRequest(request.method, request.url);
    if (refused) return void send(response, refused);
    if (!answerApi(request, response)) void pages?.handle(request, response);
  });
  // Node.js would close the connection without a response.
  server.on("connect", (_request, socket) =>
    socket.end("HTTP/1.1 405 Method Not Allowed\r\nConnection: close\r\n\r\n"),
  );
  // Longer than the idle timeout of a load balancer (usually 60 s). So the server never closes a connection that is in use.
  server.keepAliveTimeout = 65_000;
  server.listen(port, hostname, () => log.info({ pid: process.pid, hostname, port }, "listening"));

  for (const signal of ["SIGTERM", "SIGINT"] as const)
    process.on(signal, () => {
      // One Ctrl-C sends two signals, from the terminal and from npm. A signal more than a second later exits at once.
      if (stopping) return performance.now() - stopping > 1_000 ? process.exit(1) : undefined;
      stopping = performance.now();
      log.info({ signal }, "draining requests");
      // The server accepts no new connections and closes idle ones. The callback runs after the last response.
      const idle = setInterval(() => server.closeIdleConnections(), 100);
      server.close(async () => {
        clearInterval(idle);
        await pages?.close();
        await closeDb();
        process.exit(0);
      });
    });
}

/** Starts Next.js, which a worker does not load. */
async function preparePages(hostname: string, port: number) {
  const { default: next } = await import("next");
  const app = next({ dev: false, hostname, port });
  await app.prepare();
  return { handle: app.getRequestHandler(), close: () => app.close() };
}

/** Next.js reads `headers`; the handlers of the API read both. */
function setPeer({ headers, rawHeaders, socket }: IncomingMessage): void {
  const address = socket.remoteAddress ?? "";
  for (let i = rawHeaders.length - 2; i >= 0; i -= 2)
    if (rawHeaders[i]?.toLowerCase() === PEER_HEADER) rawHeaders.splice(i, 2);
  rawHeaders.push(PEER_HEADER, address);
  headers[PEER_HEADER] = address;
}

async function send(response: ServerResponse, { status, headers, body }: Response): Promise<void> {
  response
    .writeHead(status, { ...SECURITY_HEADERS, ...Object.fromEntries(headers) })
    .end(await new Response(body).text());
}
