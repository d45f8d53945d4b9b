import "./env-file";
import cluster from "node:cluster";
import { availableParallelism } from "node:os";
import { checkEnvironment, databaseEnv } from "@/lib/env";

/** Of one process: a transaction, and statements beside it. */
const MIN_CONNECTIONS = 3;

/**
 * `npm start` serves the built app with one process for each core (`WEB_CONCURRENCY`); `npm run worker` serves only Inngest's
 * functions, so that runs and customers can have machines of their own. Both print all errors of the environment before they listen.
 */
const role = process.argv[2] === "worker" ? "worker" : "app";
const { PORT = "", HOST, WEB_CONCURRENCY = "" } = process.env;
const problems = checkEnvironment();
if (!/^\d{0,5}$/.test(PORT)) problems.push("PORT must be a number");
if (!/^(?:[1-9]\d{0,2})?$/.test(WEB_CONCURRENCY)) problems.push("WEB_CONCURRENCY must be a number from 1 to 999");
if (problems.length > 0) {
  console.error(
    `Steadfast cannot start; the environment is not complete (see .env.example):\n${problems.map((line) => `  - ${line}`).join("\n")}`,
  );
  process.exit(1);
}

const processes = Number(WEB_CONCURRENCY || availableParallelism());
if (processes > 1 && cluster.isPrimary) {
  const { runProcesses } = await import("./processes");
  // The processes share the connections of the instance.
  const pool = Math.max(MIN_CONNECTIONS, Math.ceil(databaseEnv().DATABASE_POOL / processes));
  runProcesses(processes, { DATABASE_POOL: String(pool) });
} else {
  const { serveApp } = await import("./serve-app");
  await serveApp({ hostname: HOST || "0.0.0.0", port: Number(PORT || 3000), role });
}
