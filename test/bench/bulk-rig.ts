import { type ChildProcess, fork } from "node:child_process";
import path from "node:path";
import pg from "pg";
import { z } from "zod";
import { startEngine } from "@/dev/engine";
import { localEnvironment, newSecrets } from "@/dev/environment";
import { startMailbox } from "@/dev/mailbox";
import { freePort } from "@/dev/ports";
import { startScratchPostgres } from "@/dev/postgres";
import { virtualClock } from "@/dev/shared/virtual-clock";
import { migrate } from "@/prisma/migrate";
import { seed } from "@/prisma/seed";
import { signUpManager } from "./sign-up";

/** The app's memory in megabytes: what is resident, and what is held after a collection; both with their peaks. */
export interface Memory {
  rss: number;
  held: number;
  peakRss: number;
  peakHeld: number;
}

export interface BulkRig {
  /** The engine's clock: throttles and pauses take no time. */
  clock: ReturnType<typeof virtualClock>;
  inngest: string;
  mailbox: string;
  sql<T extends pg.QueryResultRow>(query: string, values?: unknown[]): Promise<T[]>;
  memory(): Memory;
  /** Lets the app collect what it holds no more; peaks count from there. */
  forgetPeaks(): Promise<void>;
  /** What a manager's call answers. */
  manager<T>(method: "GET" | "POST", path: string, body?: unknown): Promise<T>;
  close(): Promise<void>;
}

const MB = 1024 * 1024;

const sampleSchema = z.object({
  rss: z.number().optional(),
  held: z.number().optional(),
  asked: z.boolean().optional(),
});

/** What takes long, at the speed of the machine: the app in its own process, the engine's time is virtual. */
export async function openBulkRig(env: Record<string, string> = {}): Promise<BulkRig> {
  const clock = virtualClock({ start: Date.now() });
  // Without it, the plans and the dead rows would be those of no real database.
  const server = await startScratchPostgres({ autovacuum: true });
  await server.createDatabase("steadfast");
  const database = server.url("steadfast");
  await migrate(database);
  await seed(database);
  const pool = new pg.Pool({ connectionString: database, max: 2 });
  const engine = await startEngine({ clock, parallel: 4 });
  const mailbox = await startMailbox({ clock, ratePerSecond: 0 });
  const port = await freePort();
  const app = `http://127.0.0.1:${port}`;
  const nobody = "http://127.0.0.1:9";
  const addresses = { app, database, inngest: engine.url, stripe: nobody, mailbox: mailbox.url };
  const memory: Memory = { rss: 0, held: 0, peakRss: 0, peakHeld: 0 };
  const child = await startApp({
    ...localEnvironment(addresses, newSecrets()),
    LOG_LEVEL: "silent",
    ...env,
    PORT: String(port),
  });
  let answered = () => {};
  child.on("message", (message) => {
    const sample = sampleSchema.safeParse(message).data ?? {};
    memory.rss = (sample.rss ?? memory.rss * MB) / MB;
    memory.held = (sample.held ?? memory.held * MB) / MB;
    memory.peakRss = Math.max(memory.peakRss, memory.rss);
    memory.peakHeld = Math.max(memory.peakHeld, memory.held);
    if (sample.asked) answered();
  });
  await engine.sync(`${app}/api/inngest`);
  const cookie = await signUpManager(app, (text) => pool.query(text));
  return {
    clock,
    inngest: engine.url,
    mailbox: mailbox.url,
    sql: async (query, values) => (await pool.query(query, values)).rows,
    memory: () => ({ ...memory }),
    async forgetPeaks() {
      await new Promise<void>((resolve) => {
        answered = resolve;
        child.send("collect");
      });
      Object.assign(memory, { peakRss: memory.rss, peakHeld: memory.held });
    },
    async manager(method, where, body) {
      const init = { method, headers: { cookie, "content-type": "application/json" } };
      const answer = await fetch(`${app}${where}`, { ...init, body: body === undefined ? null : JSON.stringify(body) });
      if (!answer.ok) throw new Error(`${where}: ${answer.status} ${await answer.text()}`);
      return answer.json();
    },
    async close() {
      child.kill("SIGKILL");
      await engine.close();
      await Promise.all([mailbox.close(), pool.end()]);
      await server.close();
    },
  };
}

async function startApp(env: Record<string, string>): Promise<ChildProcess> {
  const child = fork(path.resolve("test/bench/bulk-app.ts"), {
    env: { ...process.env, ...env },
    execArgv: ["--expose-gc", "--import", "tsx"],
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  await new Promise<void>((resolve, reject) => {
    child.once("exit", (code) => reject(new Error(`The app ended with ${code}.`)));
    child.on("message", (message) => message === "ready" && resolve());
  });
  return child;
}
