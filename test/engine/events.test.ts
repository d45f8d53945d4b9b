import type { FailureEventArgs } from "inngest";
import { afterEach, describe, expect, it } from "vitest";
import { evaluate, holds } from "../../dev/engine/expression";
import { triggerPatterns } from "../../dev/engine/intake";
import { type World, world } from "./harness";

const DAY = 24 * 3_600_000;

let w: World;
afterEach(() => w?.close());

const recorder = (config: object = {}) => {
  const seen: { name: string; data: unknown; id?: string }[] = [];
  const define = (client: World["client"]) => [
    client.createFunction({ id: "f", triggers: { event: "go" }, ...config }, ({ event }) => {
      seen.push({ name: event.name, data: event.data, id: event.id });
    }),
  ];
  return { seen, define };
};

describe("the event API", () => {
  it("takes one event or an array, and answers an id for each", async () => {
    const { seen, define } = recorder();
    w = await world(define);
    const one = await w.post("/e/any-key", { name: "go", data: {} });
    expect(one.status).toBe(200);
    expect(await one.json()).toEqual({ ids: [expect.stringMatching(/^[0-9A-Z]{26}$/)], status: 200 });
    const two = await w.post("/e/any-key", [{ name: "go" }, { name: "go" }]);
    expect((await two.json()).ids).toHaveLength(2);
    await w.clock.settle();
    expect(seen).toHaveLength(3);
  });

  it.each([
    ["no name", { data: {} }, /event name is empty/],
    ["a name that is no text", { name: 5 }, /"name" has the wrong type/],
    ["data that are no object", { name: "go", data: [1] }, /"data" has the wrong type/],
    ["an id that is no text", { name: "go", id: 5 }, /"id" has the wrong type/],
    ["a user that is no object", { name: "go", user: "me" }, /"user" has the wrong type/],
    ["a version that is no text", { name: "go", v: 1 }, /"v" has the wrong type/],
    ["a time that is no whole number", { name: "go", ts: 1.5e12 + 0.5 }, /"ts" has the wrong type/],
    ["a reserved name", { name: "Inngest/function.failed" }, /reserved/],
    ["a time before 1980", { name: "go", ts: 1 }, /before Jan 1, 1980/],
    ["what is no event", "text", /must contain an event object/],
    ["an event above 3 MiB", { name: "go", data: { x: "x".repeat(3 * 1024 * 1024) } }, /over the max size/],
  ])("refuses %s with 400 and starts nothing", async (_, body, reason) => {
    const { seen, define } = recorder();
    w = await world(define);
    const response = await w.post("/e/test", body);
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({ ids: [""], status: 400, error: expect.stringMatching(reason) });
    await w.clock.settle();
    expect(seen).toEqual([]);
  });

  it("has taken the events before the one that it refuses", async () => {
    const { seen, define } = recorder();
    w = await world(define);
    const response = await w.post("/e/test", [{ name: "go", data: { n: 1 } }, {}, { name: "go", data: { n: 2 } }]);
    expect(await response.json()).toMatchObject({ ids: [expect.stringMatching(/^\w{26}$/)], status: 400 });
    await w.clock.settle();
    expect(seen.map((event) => event.data)).toEqual([{ n: 1 }]);
  });

  it("takes 5,000 events of a request and refuses the rest", async () => {
    w = await world(recorder().define);
    const response = await w.post(
      "/e/test",
      Array.from({ length: 5001 }, () => ({ name: "other" })),
    );
    const answer = await response.json();
    expect(answer).toMatchObject({ status: 400, error: "Cannot have more than 5000 events in a batch" });
    expect(answer.ids).toHaveLength(5000);
  });

  it("starts a function at the event's time when that lies ahead", async () => {
    const { seen, define } = recorder();
    w = await world(define);
    await w.send({ name: "go", ts: w.clock.now() + DAY });
    await w.clock.advance(DAY - 1);
    expect(seen).toEqual([]);
    await w.clock.advance(1);
    expect(seen).toHaveLength(1);
  });

  it("refuses an unknown event key with 401", async () => {
    w = await world(recorder().define, { eventKey: "right" });
    const response = await w.post("/e/wrong", { name: "go" });
    expect(response.status).toBe(401);
    expect(await response.json()).toEqual({ error: "Event key not found", status: 401 });
  });

  it("removes what only the engine may put under data._inngest", async () => {
    const { seen, define } = recorder();
    w = await world(define);
    await w.send({ name: "go", data: { _inngest: { fn_id: "app-f" }, collected: 1 } });
    expect(seen[0]?.data).toEqual({ collected: 1 });
  });

  it("gives the events of a repeated request, known by its seed, the same ids and runs them once", async () => {
    const { seen, define } = recorder();
    w = await world(define);
    const send = async () => {
      const headers = { "x-inngest-event-id-seed": "1743130137367,eii2YKXRVTJPuA==" };
      return (await w.post("/e/test", [{ name: "go" }, { name: "go" }], headers)).json();
    };
    const first = await send();
    expect(await send()).toEqual(first);
    await w.clock.settle();
    expect(seen).toHaveLength(2);
  });

  it("starts a function once in 24 hours for an event id", async () => {
    const { seen, define } = recorder();
    w = await world(define);
    await w.send({ name: "go", id: "order-1" });
    await w.send({ name: "go", id: "order-1" });
    expect(seen).toHaveLength(1);
    await w.clock.advance(DAY);
    await w.send({ name: "go", id: "order-1" });
    expect(seen).toHaveLength(2);
  });
});

describe("triggers", () => {
  it("match a name, and prefixes that end in / or .", () => {
    expect([...triggerPatterns("app/user.created")].sort()).toEqual(["app/*", "app/user.*", "app/user.created"]);
    expect([...triggerPatterns("api/v1/users")].sort()).toEqual(["api/*", "api/v1/*", "api/v1/users"]);
  });

  it("hold back events for which their expression does not hold", async () => {
    const { seen, define } = recorder({ triggers: { event: "shop/*", if: "event.data.total > 100" } });
    w = await world(define);
    await w.send({ name: "shop/order", data: { total: 99 } }, { name: "shop/order", data: { total: 101 } });
    expect(seen.map((event) => event.data)).toEqual([{ total: 101 }]);
  });
});

describe("the end of a run", () => {
  it("sends inngest/function.finished, and inngest/function.failed to onFailure and to whoever listens", async () => {
    const seen: Record<string, unknown>[] = [];
    w = await world((client) => [
      client.createFunction(
        {
          id: "bad",
          triggers: { event: "go" },
          retries: 0,
          onFailure: ({ event, error }: FailureEventArgs) => {
            seen.push({
              handler: "onFailure",
              run: event.data.run_id,
              error: error.message,
              of: event.data.event.data,
            });
          },
        },
        () => {
          throw new Error("broken");
        },
      ),
      client.createFunction({ id: "good", triggers: { event: "go" } }, () => "fine"),
      client.createFunction({ id: "any", triggers: { event: "inngest/function.finished" } }, ({ event }) => {
        const { function_id, result, error } = event.data;
        seen.push({ handler: "finished", function_id, result, error: error?.message });
      }),
      client.createFunction({ id: "other", triggers: { event: "inngest/function.failed" } }, ({ event }) => {
        const { function_id, event: first, events } = event.data;
        seen.push({ handler: "failed", function_id, users: [first.user, events[0]?.user] });
      }),
    ]);
    const [event] = await w.send({ name: "go", data: { n: 1 } });
    const failed = (await w.runs(event)).find((run) => run.status === "FAILED");
    expect(seen).toHaveLength(4);
    expect(seen).toEqual(
      expect.arrayContaining([
        { handler: "onFailure", run: failed?.id, error: "broken", of: { n: 1 } },
        { handler: "failed", function_id: "app-bad", users: [{}, undefined] },
        // A failure is its result too.
        {
          handler: "finished",
          function_id: "app-bad",
          result: expect.objectContaining({ message: "broken" }),
          error: "broken",
        },
        { handler: "finished", function_id: "app-good", result: "fine", error: undefined },
      ]),
    );
  });
});

describe("expressions", () => {
  const event = { data: { name: "x", n: 1, obj: { a: 1 } } };
  it.each([
    ["event.data.missing == null", true],
    ["event.data.missing == 'a'", false],
    ["event.data.missing != 'a'", true],
    ["event.data.missing != null", false],
    ["event.data.missing == event.data.other", false],
    ["event.data.missing < 5", true],
    ["event.data.missing > 5", false],
    ["event.data.missing", false],
    ["event.data.missing.deeper == 'x'", false],
    ["event.data.missing || event.data.name == 'x'", true],
    ["!(event.data.missing == 'a')", true],
    ["event.data.n == 1 && event.data.name.startsWith('x')", true],
    ["event.data.name in ['x', 'y']", true],
    ["has(event.data.missing)", false],
    ["size(event.data.missing) == 0", true],
  ])("%s is %s, as on the server", (expression, expected) => {
    expect(evaluate(expression, { event })).toBe(expected);
  });

  it("join text and numbers, and take the first value of a choice", () => {
    expect(evaluate("event.data.name + '-' + event.data.n", { event })).toBe("x-1");
    expect(evaluate("event.data.missing || event.data.name", { event })).toBe("x");
    expect(holds("event.data.name", { event })).toBe(false);
  });
});
