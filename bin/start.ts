import "./env-file";
import { createServer } from "node:http";
import next from "next";
import { closeDb } from "@/lib/db";
import { checkEnvironment } from "@/lib/env";
import { log } from "@/lib/log";

// Each look at Node's own `process.env` asks the operating system, and Inngest's SDK looks at all of it with every call.
process.env = { ...process.env };

/** `npm start`: the built app. Says all that is wrong with the environment before it listens, and lets running requests finish. */
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
  // A kept connection would go on bringing requests, and the end would never come.
  if (stopping) response.setHeader("connection", "close");
  void handle(request, response);
});
// Longer than a load balancer keeps idle connections (60 s is usual), so that it is never us who closes one in use.
server.keepAliveTimeout = 65_000;
server.listen(port, hostname, () => log.info({ hostname, port }, "listening"));

for (const signal of ["SIGTERM", "SIGINT"] as const)
  process.on(signal, () => {
    // One Ctrl-C arrives twice, from the terminal and from npm; another one does not wait.
    if (stopping) return performance.now() - stopping > 1_000 ? process.exit(1) : undefined;
    stopping = performance.now();
    log.info({ signal }, "finishing what is running");
    // No new connections; idle ones are closed, and the callback comes when the last request is answered.
    const idle = setInterval(() => server.closeIdleConnections(), 100);
    server.close(async () => {
      clearInterval(idle);
      await app.close();
      await closeDb();
      process.exit(0);
    });
  });
