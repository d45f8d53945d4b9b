import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { request } from "node:http";
import pg from "pg";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import { GET as healthRoute } from "@/app/api/health/route";
import { startArguments } from "@/dev/build";
import { localEnvironment } from "@/dev/environment";
import { freePort } from "@/dev/ports";
import { waitUntil as until } from "@/dev/wait-until";
import { endAll, run } from "../child";
import { answer, cartOf, get, newProduct, shop, sql } from "./shop";

const health = healthRoute.operation.responses[200].schema;
const START = startArguments();
const MIGRATE = ["--import", "tsx", "bin/migrate.ts"];

afterEach(endAll);

/** Starts a second instance of the app with the same services; `env` changes its environment. */
async function instance(env: Record<string, string> = {}, args: string[] = [], start = START) {
  const port = await freePort();
  const app = `http://127.0.0.1:${port}`;
  const local = localEnvironment({ ...shop, app }, shop);
  const settings = { PORT: String(port), HOST: "127.0.0.1", WEB_CONCURRENCY: "1" };
  const program = run([...start, ...args], { ...local, ...settings, ...env });
  await program.says(/"msg":"listening"/);
  return { ...program, app, port };
}

test("npm start without an environment lists every missing variable and exits", async () => {
  const program = run(START, {});
  expect(await program.ended).toBe(1);
  for (const name of [
    "DATABASE_URL",
    "APP_URL",
    "INNGEST_EVENT_KEY",
    "INNGEST_SIGNING_KEY",
    "STRIPE_SECRET_KEY",
    "STRIPE_WEBHOOK_SECRET",
    "RESEND_API_KEY",
    "RESEND_WEBHOOK_SECRET",
    "MAIL_FROM",
    "MAIL_OPERATORS",
  ])
    expect(program.output()).toMatch(new RegExp(`- ${name} is (missing|required)`));
  expect(program.output()).not.toContain("listening");
});

test("a malformed environment is described without its values", async () => {
  const local = localEnvironment({ ...shop }, shop);
  const program = run(START, { ...local, STRIPE_SECRET_KEY: "pk_test_public", APP_URL: "shop.example" });
  expect(await program.ended).toBe(1);
  expect(program.output()).toMatch(/STRIPE_SECRET_KEY must be a secret key/);
  expect(program.output()).toMatch(/APP_URL /);
  expect(program.output()).not.toContain("pk_test_public");
});

describe("health", () => {
  test("is 200 if every check is ok", async () => {
    const read = async () => answer(await get("/api/health"), 200, health);
    const states = async () => new Set(Object.values((await read()).checks).map((check) => check.status));
    // A check that took too long on a busy machine is repeated after ten seconds.
    await expect.poll(states).toEqual(new Set(["ok"]));
    expect((await read()).status).toBe("ok");
  });

  test("is 200 if only email is down, because orders can be placed", async () => {
    const { app } = await instance({ RESEND_BASE_URL: `http://127.0.0.1:${await freePort()}` });
    // A process that has just started on a busy machine needs longer for its first check than a check may take.
    await until(async () => (await fetch(`${app}/api/health`)).status === 200, "the instance to be healthy");
    const { status, checks } = await answer(await fetch(`${app}/api/health`), 200, health);
    expect([status, checks.email.status]).toEqual(["ok", "failing"]);
  });

  test("is 503 and names the failing checks", async () => {
    const nowhere = `http://127.0.0.1:${await freePort()}`;
    const { app } = await instance({ STRIPE_API_URL: nowhere, DATABASE_URL: "postgresql://x:y@127.0.0.1:1/z" });
    const read = async () => answer(await fetch(`${app}/api/health`), 503, health);
    const failing = async () => Object.entries((await read()).checks).filter(([, check]) => check.status === "failing");
    const names = async () => (await failing()).map(([name]) => name).sort();
    await expect.poll(names).toEqual(["crons", "database", "events", "orders", "outbox", "stripe"]);
    expect((await read()).status).toBe("failing");
    for (const [, check] of await failing()) expect(check.detail).toBeUndefined();
  });
});

test("with Inngest's keys, /api/inngest refuses unsigned requests", async () => {
  const { app } = await instance({
    INNGEST_DEV: "",
    INNGEST_EVENT_KEY: "key",
    INNGEST_SIGNING_KEY: "signkey-test-0123456789abcdef0123456789abcdef",
  });
  const call = (method: string, headers: Record<string, string> = {}) =>
    fetch(`${app}/api/inngest?fnId=steadfast-process-order&stepId=step`, {
      method,
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify({ event: { name: "order/created", data: {} }, events: [], steps: {}, ctx: {} }),
    });
  expect((await call("POST")).status).toBe(401);
  expect((await call("POST", { "x-inngest-signature": "t=1&s=00" })).status).toBe(401);
  expect((await call("PUT")).status).toBe(401);
  const about = await (await fetch(`${app}/api/inngest`)).text();
  expect(about).not.toContain("process-order");

  /** Sends the headers of a request of 60 MB, and no byte of its body. */
  const sendHeaders = async (method: string, headers: Record<string, string> = {}) => {
    const length = { "content-length": "60000000" };
    const outgoing = request(`${app}/api/inngest`, { method, headers: { ...headers, ...length } });
    outgoing.flushHeaders();
    const [response] = await once(outgoing, "response");
    outgoing.on("error", () => {}).destroy();
    return response.statusCode;
  };
  const signature = { "x-inngest-signature": "t=1&s=00" };
  for (const method of ["POST", "PUT"])
    expect([await sendHeaders(method), await sendHeaders(method, signature)]).toEqual([401, 413]);
  const endless = new ReadableStream({ pull: (controller) => controller.enqueue(Buffer.alloc(100_000, "[],")) });
  const init: RequestInit & { duplex: "half" } = { method: "POST", headers: signature, body: endless, duplex: "half" };
  expect((await fetch(`${app}/api/inngest`, init)).status).toBe(413);
});

test.each(["1", "2"])(
  "after SIGTERM, a running request finishes, no new one is accepted, and %s processes exit",
  async (n) => {
    const { app, port, process: child, ended } = await instance({ WEB_CONCURRENCY: n });
    const product = await newProduct(1);
    const body = JSON.stringify(cartOf(product));
    const length = { "content-length": Buffer.byteLength(body) };
    const headers = { "content-type": "application/json", expect: "100-continue", ...length };
    const slow = request(`${app}/api/checkout`, { method: "POST", headers });
    slow.flushHeaders();
    // The server has read the head of the request.
    await once(slow, "continue");
    slow.write(body.slice(0, 20));
    child.kill("SIGTERM");
    // A connection that arrives while the last process stops listening gets no answer (Node.js's cluster).
    const next = () => fetch(`${app}/api/openapi.json`, { signal: AbortSignal.timeout(500) });
    await expect
      .poll(
        () =>
          next().then(
            () => "taken",
            () => "refused",
          ),
        { timeout: 10_000 },
      )
      .toBe("refused");
    slow.end(body.slice(20));
    const [response] = await once(slow, "response");
    expect(response.statusCode).toBe(201);
    response.resume();
    expect(await ended).toBe(0);
    expect(await freePort(port)).toBe(port);
  },
);

test("a process that is killed is replaced, and the others go on", async () => {
  const { app, says, output } = await instance({ WEB_CONCURRENCY: "2" });
  await expect.poll(() => listeners(output()).length, { timeout: 60_000 }).toBe(2);
  const [victim = 0] = listeners(output());
  process.kill(victim, "SIGKILL");
  await says(/a process ended; it is replaced/);
  expect((await fetch(`${app}/api/openapi.json`)).status).toBe(200);
  await expect.poll(() => listeners(output()).length, { timeout: 60_000 }).toBe(3);
  expect(new Set(listeners(output())).size).toBe(3);
});

test("the processes that serve have no TypeScript loader, even if the first one was started with it", async () => {
  const { output } = await instance({ WEB_CONCURRENCY: "2" }, [], ["--import", "tsx", "bin/start.ts"]);
  await expect.poll(() => listeners(output()).length, { timeout: 60_000 }).toBe(2);
  const { stdout } = spawnSync("ps", ["-o", "args=", "-p", listeners(output()).join(",")], { encoding: "utf8" });
  expect(stdout.match(/bin\/run\.mjs/g)).toHaveLength(2);
  expect(stdout).not.toContain("tsx");
});

/** Returns the pids of the processes that have logged that they listen. */
const listeners = (output: string): number[] =>
  [...output.matchAll(/"pid":(\d+)[^\n]*"msg":"listening"/g)].map(([, pid]) => Number(pid));

test("npm run worker answers Inngest and the health check, and no customer", async () => {
  const { app } = await instance({}, ["worker"]);
  expect((await fetch(`${app}/api/inngest`)).status).toBe(200);
  await answer(await fetch(`${app}/api/health`), 200, health);
  for (const path of ["/", "/api/openapi.json", "/api/inngestion", "/sign-in"])
    expect((await fetch(`${app}${path}`)).status, path).toBe(404);
});

describe("migrations", () => {
  const name = `migrated_${process.pid}`;
  const url = shop.database.replace(/\/[^/]+$/, `/${name}`);

  afterAll(async () => {
    await sql(`DROP DATABASE IF EXISTS ${name}`);
  });

  test("five instances at once: one applies the migrations, the others do nothing", async () => {
    await sql(`CREATE DATABASE ${name} TEMPLATE template0`);
    const programs = Array.from({ length: 5 }, () => run(MIGRATE, { DATABASE_URL: url }));
    expect(await Promise.all(programs.map(({ ended }) => ended))).toEqual(Array(5).fill(0));
    expect(programs.filter((one) => one.output().startsWith("Applied:"))).toHaveLength(1);
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    const { rows } = await client.query(
      "SELECT count(*)::int AS n, count(DISTINCT migration_name)::int AS d FROM _prisma_migrations",
    );
    await client.end();
    expect(rows[0].n).toBe(rows[0].d);
    expect(rows[0].n).toBeGreaterThan(0);
  });

  test("without a database URL or a reachable server, it prints the reason and fails", async () => {
    const bare = run(MIGRATE, {});
    expect(await bare.ended).toBe(1);
    expect(bare.output()).toContain("DATABASE_URL is missing");
    const gone = run(MIGRATE, { DATABASE_URL: "postgresql://x:y@127.0.0.1:1/z" });
    expect(await gone.ended).toBe(1);
    expect(gone.output()).not.toContain("    at ");
  });
});
