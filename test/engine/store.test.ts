import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Inngest } from "inngest";
import { serve } from "inngest/node";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startEngine } from "../../dev/engine/index";
import { freePort } from "../../dev/ports";
import { Store } from "../../dev/shared/store";
import { virtualClock } from "../../dev/shared/virtual-clock";
import { type EngineProcess, spawnEngine } from "./child";

let directory: string;
let file: string;
let cleanup: (() => unknown)[] = [];
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "engine-"));
  file = join(directory, "engine.jsonl");
});
afterEach(async () => {
  for (const close of cleanup.reverse()) await close();
  cleanup = [];
  rmSync(directory, { recursive: true });
});

const turn = () => new Promise((resolve) => setImmediate(resolve));
const silent = { info() {}, warn() {}, error() {}, debug() {} };

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await turn();
}

/** An app whose function runs steps a, b and c, with `between` after a and inside b. */
async function app(engineUrl: string, during: { b?: () => Promise<unknown>; sleep?: string }) {
  const ran: string[] = [];
  const client = new Inngest({ id: "app", isDev: true, baseUrl: engineUrl, logger: silent });
  const fn = client.createFunction({ id: "f", triggers: { event: "go" } }, async ({ step }) => {
    await step.run("a", () => void ran.push("a"));
    if (during.sleep) await step.sleep("nap", during.sleep);
    await step.run("b", async () => {
      ran.push("b");
      await during.b?.();
    });
    await step.run("c", () => void ran.push("c"));
    return "done";
  });
  const handler = serve({ client, functions: [fn] });
  const server = createServer((request, response) => void handler(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  cleanup.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  const url = `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}/api/inngest`;
  expect((await fetch(url, { method: "PUT" })).status).toBe(200);
  return { client, ran };
}

async function statusOf(engine: EngineProcess, event: string | undefined): Promise<string | undefined> {
  const response = await fetch(`${engine.url}/api/v2/events/${event}/runs`);
  return (await response.json()).data?.[0]?.status;
}

describe("after kill -9 of the engine and a restart", () => {
  it("a sleeping run goes on, and each step was executed once", async () => {
    const first = await spawnEngine(file, await freePort());
    const { client, ran } = await app(first.url, { sleep: "5s" });
    const { ids } = await client.send({ name: "go" });
    await until(() => readFileSync(file, "utf8").includes('"SLEEPING"'));
    await first.kill();
    expect(ran).toEqual(["a"]);

    const second = await spawnEngine(file, first.port);
    cleanup.push(second.kill);
    await until(async () => (await statusOf(second, ids[0])) === "COMPLETED");
    expect(ran).toEqual(["a", "b", "c"]);
  });

  it("a call under way is made again from the steps it had stored; the lost call stores nothing more", async () => {
    let hold = true;
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const first = await spawnEngine(file, await freePort());
    const { client, ran } = await app(first.url, { b: () => (hold ? held : Promise.resolve()) });
    const { ids } = await client.send({ name: "go" });
    await until(() => ran.includes("b"));
    await first.kill();

    hold = false;
    const second = await spawnEngine(file, first.port);
    cleanup.push(second.kill);
    await until(async () => (await statusOf(second, ids[0])) === "COMPLETED");
    expect(ran).toEqual(["a", "b", "b", "c"]);
    release();
  });

  it("an event that was answered with 200 has not been lost", async () => {
    const first = await spawnEngine(file, await freePort());
    const { client } = await app(first.url, {});
    const { ids } = await client.send(Array.from({ length: 50 }, (_, n) => ({ name: "go", data: { n } })));
    await first.kill();
    const second = await spawnEngine(file, first.port);
    cleanup.push(second.kill);
    for (const id of ids) await until(async () => (await statusOf(second, id)) === "COMPLETED");
  });
});

describe("the store", () => {
  it("restores tables, without a torn last line", () => {
    const one = new Store(file);
    const before = one.table<{ n: number }>("t");
    before.put("a", { n: 1 });
    before.put("b", { n: 2 });
    one.commit();
    before.put("b", { n: 3 });
    before.delete("a");
    one.close();
    appendFileSync(file, '[["t","c",{"n":');
    const two = new Store(file);
    expect([...two.table<{ n: number }>("t").entries()]).toEqual([["b", { n: 3 }]]);
    two.close();
  });

  it("is rewritten at start without overwritten values", () => {
    const write = (count: number) => {
      const one = new Store(file);
      const table = one.table<string>("t");
      const size = statSync(file).size;
      for (let n = 0; n < count; n += 1) {
        table.put("a", "x".repeat(1000));
        one.commit();
      }
      one.close();
      return size;
    };
    write(100);
    expect(statSync(file).size).toBeGreaterThan(100_000);
    expect(write(0)).toBeLessThan(2000);
  });

  it("keeps debounces, batches, waits and idempotency over a restart", async () => {
    const clock = virtualClock();
    const start = () => startEngine({ clock, store: file });
    const http = (url: string, init?: RequestInit) => clock.busy(fetch(url, init));
    let engine = await start();
    const post = (path: string, body: unknown) =>
      http(engine.url + path, { method: "POST", body: JSON.stringify(body) });
    const fn = (id: string, config: object) => ({
      id: `app-${id}`,
      name: id,
      triggers: [{ event: "go" }],
      steps: { step: { id: "step", name: "step", runtime: { type: "http", url: "http://127.0.0.1:9/" } } },
      ...config,
    });
    const functions = [
      fn("late", { debounce: { period: "1m" } }),
      fn("many", { batchEvents: { maxSize: 5, timeout: "1m" } }),
      fn("once", { idempotency: "event.data.key" }),
    ];
    await post("/fn/register", { appName: "app", functions });
    const { ids } = await (await post("/e/test", { name: "go", data: { key: 1 } })).json();
    await engine.close();

    engine = await start();
    cleanup.push(() => engine.close());
    const again = await (await post("/e/test", { name: "go", data: { key: 1 } })).json();
    await clock.advance(60_000);
    const runs = async (event: string) => {
      const response = await http(`${engine.url}/api/v2/events/${event}/runs`);
      return (await response.json()).data.map((run: { function: { id: string } }) => run.function.id).sort();
    };
    expect(await runs(ids[0])).toEqual(["many", "once"]);
    expect(await runs(again.ids[0])).toEqual(["late", "many"]);
  });

  it("restores the signals that runs wait for, singletons, and the slots of runs after a restart", async () => {
    const clock = virtualClock();
    const start = () => startEngine({ clock, store: file });
    const results: unknown[] = [];
    let limited = 0;
    const server = createServer((request, response) => {
      const isLimited = request.url?.includes("fnId=app-g");
      if (isLimited) limited += 1;
      let text = "";
      request.on("data", (chunk) => {
        text += chunk;
      });
      request.on("end", () => {
        const { steps } = JSON.parse(text) as { steps: Record<string, unknown> };
        if ("aaa" in steps) results.push(steps.aaa);
        const opts = { signal: "s", timeout: "1d", conflict: "fail" };
        const wait = { op: "WaitForSignal", id: "aaa", displayName: "a", name: "s", opts };
        const sleep = { op: "Sleep", id: "bbb", displayName: "b", name: "1d" };
        const complete = { op: "RunComplete", id: "complete", data: 1 };
        const ops = [isLimited ? sleep : "aaa" in steps ? complete : wait];
        const headers = { "x-inngest-sdk": "inngest-js:v4.24.0", "x-inngest-req-version": "2" };
        response.writeHead(206, headers).end(JSON.stringify(ops));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    cleanup.push(
      () => server.close(),
      () => server.closeAllConnections(),
    );
    const address = server.address();
    const url = `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}/?fnId=app-f&stepId=step`;
    let engine = await start();
    const post = (path: string, body: unknown) =>
      clock.busy(fetch(engine.url + path, { method: "POST", body: JSON.stringify(body) }));
    const steps = { step: { id: "step", name: "step", runtime: { type: "http", url } } };
    const fn = { id: "app-f", name: "f", triggers: [{ event: "go" }], steps, singleton: { mode: "skip" } };
    const runtime = { type: "http", url: url.replace("app-f", "app-g") };
    const concurrency = { fn: [{ limit: 1 }] };
    const other = { ...fn, id: "app-g", triggers: [{ event: "limited" }], steps: { step: { ...steps.step, runtime } } };
    await post("/fn/register", { appName: "app", functions: [fn, { ...other, singleton: undefined, concurrency }] });
    await post("/e/test", [{ name: "go" }, { name: "limited" }]);
    await clock.settle();
    await engine.close();

    engine = await start();
    cleanup.push(() => engine.close());
    await post("/e/test", { name: "limited" });
    await clock.settle();
    expect(limited).toBe(1);
    const { ids } = (await (await post("/e/test", { name: "go" })).json()) as { ids: string[] };
    await clock.settle();
    const runs = await clock.busy(fetch(`${engine.url}/v1/events/${ids[0]}/runs`));
    expect(await runs.json()).toEqual({ data: [] });
    expect((await post("/v1/signals", { signal: "s", data: 7 })).status).toBe(200);
    await clock.settle();
    expect(results).toEqual([{ data: { signal: "s", data: 7 } }]);
  });
});
