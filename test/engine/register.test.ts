import { afterEach, describe, expect, it } from "vitest";
import { type World, world } from "./harness";

let w: World | undefined;
afterEach(async () => {
  await w?.close();
  w = undefined;
});

const refused = async (config: object) => {
  w = await world((client) => [client.createFunction({ id: "collected", triggers: { event: "go" } }, () => 1)]);
  const bad = w.client.createFunction({ id: "f", triggers: { event: "go" }, ...config }, () => 1);
  return w.sync([bad]).then(
    () => undefined,
    (error: Error) => error.message,
  );
};

describe("registration refuses, by name,", () => {
  it.each([
    ["a priority that is no expression", { priority: { run: "event.data." } }, /"run" is not a valid expression/],
    ["an unknown singleton mode", { singleton: { mode: "replace" } }, /invalid singleton mode: replace/],
    [
      "batches that are singletons",
      { batchEvents: { maxSize: 2, timeout: "5s" }, singleton: { mode: "skip" } },
      /Batching and singletons/,
    ],
    [
      "batches with a priority",
      { batchEvents: { maxSize: 2, timeout: "5s" }, priority: { run: "1" } },
      /Priority.Run and Batch/,
    ],
    ["no runs at once", { concurrency: { fn: [{ limit: 0 }] } }, /must be > 0/],
    ["two limits of runs", { concurrency: { fn: [{ limit: 1 }, { limit: 2 }] } }, /Only one function concurrency/],
    ["an option that it does not know", { concurrency: { run: [{ limit: 1 }] } }, /"run" is not supported/],
    [
      "batches that can be cancelled",
      { batchEvents: { maxSize: 2, timeout: "5s" }, cancelOn: [{ event: "x" }] },
      /Batching and cancellation/,
    ],
    [
      "batches that are debounced",
      { batchEvents: { maxSize: 2, timeout: "5s" }, debounce: { period: "5s" } },
      /Batching and debouncing/,
    ],
    ["batches of one", { batchEvents: { maxSize: 1, timeout: "5s" } }, /smaller than 2/],
    ["three concurrency limits", { concurrency: [{ limit: 1 }, { limit: 2 }, { limit: 3 }] }, /allowed max of: 2/],
    [
      "a shared scope without a key",
      { concurrency: { limit: 1, scope: "account" } },
      /key must be specified for account/,
    ],
    [
      "more than ten triggers",
      { triggers: Array.from({ length: 11 }, (_, n) => ({ event: `e${n}` })) },
      /max number of triggers: 10/,
    ],
    ["a trigger twice", { triggers: [{ event: "a" }, { event: "a" }] }, /duplicate trigger a/],
    [
      "more than five cancellations",
      { cancelOn: Array.from({ length: 6 }, (_, n) => ({ event: `e${n}` })) },
      /max number of cancellation events: 5/,
    ],
    ["a schedule that is none", { triggers: { cron: "often" } }, /'often' isn't a valid cron schedule/],
    ["a name that is none", { triggers: { event: "a", if: "data.x == 1" } }, /undeclared reference to 'data'/],
    ["a key that is none", { debounce: { period: "5s", key: "userId" } }, /undeclared reference to 'userId'/],
    ["an empty condition", { triggers: { event: "a", if: "" } }, /"expression" is not a valid expression/],
    ["an empty idempotency key", { idempotency: "" }, /"idempotency" is not a valid expression/],
    ["an empty rate limit key", { rateLimit: { limit: 1, period: "1m", key: "" } }, /"key" is not a valid expression/],
    ["an empty concurrency key", { concurrency: { limit: 1, key: "" } }, /"key" is not a valid expression/],
    ["a batch timeout in days", { batchEvents: { maxSize: 2, timeout: "1d" } }, /in hours or smaller units/],
    ["a negative burst", { throttle: { limit: 1, period: "1m", burst: -1 } }, /must not be negative/],
    ["a negative throttle", { throttle: { limit: -1, period: "1m" } }, /must not be negative/],
    ["a throttle below a second", { throttle: { limit: 1, period: "500ms" } }, /at least 1s/],
    [
      "a method that is called as a function",
      { triggers: { event: "a", if: "startsWith(event.data.x, 'a')" } },
      /undeclared reference to 'startsWith'/,
    ],
    [
      "a cancellation that does more than compare",
      { cancelOn: [{ event: "x", if: "async.data.x.startsWith('a')" }] },
      /function calls are disallowed \(uses 'startsWith'\)/,
    ],
    ["a cancellation with a macro", { cancelOn: [{ event: "x", if: "has(async.data.x)" }] }, /macros are disallowed/],
    ["an expression that does not parse", { triggers: { event: "a", if: "event.data ==" } }, /not a valid expression/],
    ["a rate limit above a day", { rateLimit: { limit: 1, period: "25h" } }, /less than 24h/],
    ["a debounce above a week", { debounce: { period: "8d" } }, /greater than the max/],
    ["a period that is none", { throttle: { limit: 1, period: "soon" } }, /not a duration: soon/],
  ])("%s", async (_, config, reason) => {
    expect(await refused(config)).toMatch(reason);
    expect(await refused(config)).toContain("app-f"); // says which function
  });
});

it.each([
  [
    "cancelOn",
    { cancelOn: [{ event: "x", if: "event.data.x == async.data.x && async.data.y in ['a', 1] || !event.data.z" }] },
  ],
  ["a trigger", { triggers: { event: "a", if: "event.data.list.exists(x, x.n == 2) && has(event.data.x)" } }],
  ["types and maps", { triggers: { event: "a", if: "type(event.data.x) == string && {'a': event.ts}.a > 0" } }],
  ["a concurrency key, of which it only checks the grammar", { concurrency: { limit: 1, key: "userId" } }],
  ["a throttle key that does not parse", { throttle: { limit: 1, period: "1m", key: "event.data ==" } }],
  ["a singleton key that does not parse", { singleton: { mode: "skip", key: "event.data ==" } }],
  ["empty keys", { throttle: { limit: 1, period: "1m", key: "" }, singleton: { mode: "skip", key: "" } }],
  [
    "an empty debounce key, and a timeout that is no duration",
    { debounce: { period: "1m", key: "", timeout: "soon" } },
  ],
  ["time limits that are no durations", { timeouts: { start: "soon", finish: "" } }],
])("registration takes what the server takes: %s", async (_, config) => {
  expect(await refused(config)).toBeUndefined();
});

it("a refused registration changes nothing", async () => {
  expect(await refused({ concurrency: { run: 1 } })).toBeDefined();
  const [event] = (await w?.send({ name: "go" })) ?? [];
  expect(await w?.runs(event)).toMatchObject([{ status: "COMPLETED", function: { id: "collected" } }]);
});

it("a run that waits goes on after its function was registered again", async () => {
  w = await world((client) => [waiter(client, 1)]);
  const [event] = await w.send({ name: "go" });
  await w.sync([waiter(w.client, 5), w.client.createFunction({ id: "new" }, () => 1)]);
  await w.send({ name: "answer" });
  expect(await w.runs(event)).toMatchObject([{ status: "COMPLETED", output: { data: "answer" } }]);
});

it("a run keeps the number of attempts that it began with", async () => {
  const seen: unknown[] = [];
  const sleeper = (retries: 1 | 5) => (client: World["client"]) =>
    client.createFunction({ id: "old", triggers: { event: "go" }, retries }, async ({ step, maxAttempts }) => {
      seen.push(maxAttempts);
      await step.sleep("nap", "1h");
    });
  w = await world((client) => [sleeper(1)(client)]);
  await w.send({ name: "go" });
  await w.sync([sleeper(5)(w.client)]);
  await w.clock.advance(3_600_000);
  expect(seen).toEqual([2, 2]);
});

it("a registration says whether it changed anything", async () => {
  w = await world((client) => [waiter(client, 1)]);
  const { post } = w;
  const register = async (functions: object[]) =>
    (await (await post("/fn/register", { appName: "raw", functions })).json()).modified;
  const step = { id: "step", runtime: { type: "http", url: "http://127.0.0.1:1/" } };
  const fn = { id: "raw-f", name: "f", triggers: [{ event: "go" }], steps: { step } };
  expect(await register([fn])).toBe(true);
  expect(await register([fn])).toBe(false);
  expect(await register([{ ...fn, name: "g" }])).toBe(true);
  expect(await register([])).toBe(true);
});

it("a function left out of a registration gets no new runs", async () => {
  w = await world((client) => [waiter(client, 1)]);
  await w.sync([w.client.createFunction({ id: "new", triggers: { event: "go" } }, () => 1)]);
  const [event] = await w.send({ name: "go" });
  expect((await w.runs(event)).map((run) => run.function.id)).toEqual(["new"]);
});

const waiter = (client: World["client"], concurrency: number) =>
  client.createFunction({ id: "old", triggers: { event: "go" }, concurrency }, async ({ step }) => {
    const answer = await step.waitForEvent("w", { event: "answer", timeout: "1d" });
    return answer?.name;
  });
