import "./env-file";
import { createServer, type ServerResponse } from "node:http";
import next from "next";
import { refusedRequest } from "@/app/refused-request";
import { SECURITY_HEADERS } from "@/app/security-headers";
import { PEER_HEADER } from "@/lib/client-address";
import { closeDb } from "@/lib/db";
import { checkEnvironment } from "@/lib/env";
import { log } from "@/lib/log";

// A copy, because each read of Node's `process.env` is a system call, and Inngest's SDK reads all variables on every call.
process.env = { ...process.env, PEER_HEADER_IS_SET: "1" };

/** `npm start`: serves the built app. It prints all errors of the environment before it listens. On a signal it drains requests. */
const problems = checkEnvironment();
if (!/^\d{0,5}$/.test(process.env.PORT ?? "")) problems.push("PORT must be a number");
if (problems.length > 0) {
  console.error(
    `Steadfast cannot start; the environment is not complete (see .env.example):\n${problems.map((line) => `  - ${line}`).join("\n")}`,
  );
  process.exit(1);
}

const hostname = process.env.HOST || "0.0.0.0";
const port = Number(process.env.PORT || 3000);
const app = next({ dev: false, hostname, port });
await app.prepare();
const handle = app.getRequestHandler();
let stopping = 0;
const server = createServer((request, response) => {
  // A keep-alive connection would send further requests, so the server would never close.
  if (stopping) response.setHeader("connection", "close");
  request.headers[PEER_HEADER] = request.socket.remoteAddress;
  const refused = refusedRequest(request.method, request.url);
  void (refused ? send(response, refused) : handle(request, response));
});

async function send(response: ServerResponse, { status, headers, body }: Response): Promise<void> {
  response
    .writeHead(status, { ...SECURITY_HEADERS, ...Object.fromEntries(headers) })
    .end(await new Response(body).text());
}

// Node.js would close the connection without a response.
server.on("connect", (_request, socket) => socket.end("HTTP/1.1 405 Method Not Allowed\r\nConnection: close\r\n\r\n"));
// Longer than the idle timeout of a load balancer (usually 60 s). So the server never closes a connection that is in use.
server.keepAliveTimeout = 65_000;
server.listen(port, hostname, () => log.info({ hostname, port }, "listening"));

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
      await app.close();
      await closeDb();
      process.exit(0);
    });
  });
