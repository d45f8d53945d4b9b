import type { InngestFunction } from "inngest";
import { afterEach, describe, expect, it } from "vitest";
import { evaluations } from "../../dev/engine/expression";
import { type World, world } from "./harness";
import { rawWorld, SDK } from "./raw";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

let w: World;
let closing: { close: () => Promise<unknown> } | undefined;
afterEach(async () => {
  await (closing ?? w).close();
  closing = undefined;
});

const waiter = (options: { if?: string; match?: string }) => (client: World["client"]) => [
  client.createFunction({ id: "f", triggers: { event: "go" } }, async ({ step }) => {
    const got = await step.waitForEvent("w", { event: "answer", timeout: "1d", ...options } as never);
    return (got as { data: unknown } | null)?.data ?? null;
  }),
];

describe("waitForEvent", () => {
  it("gives the event for which the expression holds, and ignores others", async () => {
    w = await world(waiter({ if: "event.data.id == async.data.id && async.data.yes == true" }));
    const [event] = await w.send({ name: "go", data: { id: 1 } });
    await w.send({ name: "answer", data: { id: 2, yes: true } }, { name: "answer", data: { id: 1, yes: false } });
    expect((await w.runs(event))[0]?.status).toBe("RUNNING");
    await w.send({ name: "answer", data: { id: 1, yes: true } });
    expect((await w.runs(event))[0]).toMatchObject({ status: "COMPLETED", output: { id: 1, yes: true } });
  });

  it("matches a field of both events with `match`", async () => {
    w = await world(waiter({ match: "data.id" }));
    const [event] = await w.send({ name: "go", data: { id: "a" } });
    await w.send({ name: "answer", data: { id: "b" } });
    await w.send({ name: "answer", data: { id: "a" } });
    expect((await w.runs(event))[0]?.output).toEqual({ id: "a" });
  });

  it("gets the very event that step.sendEvent has sent just before it, and no earlier one", async () => {
    w = await world((client) => [
      client.createFunction({ id: "f", triggers: { event: "go" } }, async ({ step, event }) => {
        await step.sendEvent("send", { name: "answer", data: { id: 1 } });
        if (event.data.work) await step.run("work", () => 1);
        const got = await step.waitForEvent("w", { event: "answer", timeout: "1h", if: "async.data.id == 1" });
        return got?.data ?? null;
      }),
    ]);
    const [caught] = await w.send({ name: "go" });
    expect((await w.runs(caught))[0]).toMatchObject({ status: "COMPLETED", output: { id: 1 } });
    const [missed] = await w.send({ name: "go", data: { work: true } });
    await w.clock.advance(HOUR);
    expect((await w.runs(missed))[0]).toMatchObject({ status: "COMPLETED", output: { data: null } });
  });

  it("takes two missing fields for equal ones, and a missing one for null", async () => {
    for (const wait of [{ match: "data.id" }, { if: "async.data.id == null" }]) {
      for (const data of [{}, { id: null }]) {
        await w?.close();
        w = await world(waiter(wait));
        const [event] = await w.send({ name: "go" });
        await w.send({ name: "answer", data: { id: "a" } });
        await w.send({ name: "answer", data });
        expect((await w.runs(event))[0]).toMatchObject({ status: "COMPLETED", output: data });
      }
    }
  });

  it.each([...["data.id == 1", "trim(async.data.id) == 'a'", "async.data.id =="]])(
    "fails the run when its expression is %s",
    async (condition) => {
      w = await world(waiter({ if: condition }));
      const [event] = await w.send({ name: "go" });
      expect((await w.runs(event))[0]?.output?.error?.name).toBe("InvalidExpression");
    },
  );

  it("gives null at its timeout", async () => {
    w = await world(waiter({}));
    const [event] = await w.send({ name: "go" });
    await w.clock.advance(DAY - 1);
    expect((await w.runs(event))[0]?.status).toBe("RUNNING");
    await w.clock.advance(1);
    expect((await w.runs(event))[0]).toMatchObject({ status: "COMPLETED", output: { data: null } });
  });

  it("does not look back at events from before it", async () => {
    w = await world(waiter({}));
    await w.send({ name: "answer" });
    const [event] = await w.send({ name: "go" });
    await w.clock.advance(HOUR);
    expect((await w.runs(event))[0]?.status).toBe("RUNNING");
  });

  it("looks at one of 10,000 waiting runs when an event concerns one", async () => {
    let calls = 0;
    // Without the SDK, which would take most of the time.
    const raw = await rawWorld(
      (request, response) => {
        calls += 1;
        request.resume();
        const opts = { event: "answer", timeout: "1d", if: "async.data.id == event.data.id" };
        const op = calls <= 10_000 ? { op: "WaitForEvent", id: "w", opts } : { op: "RunComplete", id: "c", data: 1 };
        response.writeHead(206, SDK).end(JSON.stringify([op]));
      },
      { parallel: 32 },
    );
    closing = raw;
    const send = async (name: string, numbers: number[]) => {
      const response = await raw.post(
        "/e/test",
        numbers.map((id) => ({ name, data: { id } })),
      );
      await raw.clock.settle();
      return (await response.json()).ids;
    };
    const numbers = Array.from({ length: 10_000 }, (_, n) => n);
    const ids = [...(await send("go", numbers.slice(0, 5000))), ...(await send("go", numbers.slice(5000)))];
    const before = evaluations.count;
    await send("answer", [7777]);
    expect(evaluations.count - before).toBe(1);
    expect(calls).toBe(10_001);
    expect((await raw.run(ids[7777]))?.status).toBe("COMPLETED");
    expect((await raw.run(ids[7776]))?.status).toBe("RUNNING");
  });
});

describe("invoke", () => {
  const family =
    (child: (client: World["client"]) => InngestFunction.Any, timeout?: string) => (client: World["client"]) => {
      const invoked = child(client);
      const parent = client.createFunction({ id: "parent", triggers: { event: "go" } }, async ({ step }) => {
        try {
          return { got: await step.invoke("call", { function: invoked, data: { n: 2 }, timeout }) };
        } catch (error) {
          return { failed: error instanceof Error ? error.message : "" };
        }
      });
      return [invoked, parent];
    };

  it("gives what the child returns", async () => {
    w = await world(family((client) => client.createFunction({ id: "child" }, ({ event }) => event.data.n * 21)));
    const [event] = await w.send({ name: "go" });
    expect((await w.runs(event))[0]?.output).toEqual({ got: 42 });
  });

  it("throws when the child fails", async () => {
    w = await world(
      family((client) =>
        client.createFunction({ id: "child", retries: 0 }, () => {
          throw new Error("broken child");
        }),
      ),
    );
    const [event] = await w.send({ name: "go" });
    expect((await w.runs(event))[0]?.output).toEqual({ failed: "broken child" });
  });

  it("throws at its timeout and leaves the child running", async () => {
    let ended = false;
    w = await world(
      family(
        (client) =>
          client.createFunction({ id: "child" }, async ({ step }) => {
            await step.sleep("long", "2h");
            ended = true;
          }),
        "1h",
      ),
    );
    const [event] = await w.send({ name: "go" });
    await w.clock.advance(HOUR);
    expect((await w.runs(event))[0]?.output).toEqual({
      failed: "Timed out waiting for invoked function to complete",
    });
    await w.clock.advance(HOUR);
    expect(ended).toBe(true);
  });

  it("throws when there is no such function", async () => {
    w = await world((client) => {
      const missing = client.createFunction({ id: "missing" }, () => 1);
      return family(() => missing)(client).slice(1);
    });
    const [event] = await w.send({ name: "go" });
    expect((await w.runs(event))[0]?.output).toMatchObject({
      failed: expect.stringMatching(/could not find function/),
    });
  });
});

describe("cancelOn", () => {
  const cancellable = (client: World["client"]) => [
    client.createFunction(
      {
        id: "f",
        triggers: { event: "go" },
        cancelOn: [{ event: "stop", if: "async.data.id == event.data.id", timeout: "3h" }],
        concurrency: 1,
      },
      async ({ step }) => {
        await step.sleep("nap", "1d");
        await step.run("late", () => 1);
      },
    ),
    client.createFunction(
      { id: "note", triggers: { event: "inngest/function.cancelled" } },
      ({ event }) => event.data.run_id,
    ),
  ];

  it("ends the sleeping run that the event means, and sends inngest/function.cancelled", async () => {
    w = await world(cancellable);
    const [one, two] = await w.send({ name: "go", data: { id: 1 } }, { name: "go", data: { id: 2 } });
    await w.send({ name: "stop", data: { id: 1 } });
    expect((await w.runs(one))[0]?.status).toBe("CANCELLED");
    expect((await w.runs(two))[0]?.status).toBe("RUNNING");
    const events = await (await w.get("/events")).text();
    expect(events).toContain("inngest/function.cancelled");
    const calls = w.calls();
    await w.clock.advance(DAY);
    expect((await w.runs(one))[0]?.status).toBe("CANCELLED");
    expect(w.calls()).toBe(calls + 1); // the other run's
  });

  it("holds only until its timeout", async () => {
    w = await world(cancellable);
    const [event] = await w.send({ name: "go", data: { id: 1 } });
    await w.clock.advance(4 * HOUR);
    await w.send({ name: "stop", data: { id: 1 } });
    expect((await w.runs(event))[0]?.status).toBe("RUNNING");
  });

  it("ends a run that is still queued, before its first call", async () => {
    let ran = 0;
    w = await world((client) => [
      client.createFunction(
        { id: "f", triggers: { event: "go" }, throttle: { limit: 1, period: "1h" }, cancelOn: [{ event: "stop" }] },
        () => {
          ran += 1;
        },
      ),
    ]);
    await w.send({ name: "go" });
    const [queued] = await w.send({ name: "go" });
    await w.send({ name: "stop" });
    await w.clock.advance(DAY);
    expect(ran).toBe(1);
    expect((await w.runs(queued))[0]?.status).toBe("CANCELLED");
  });
});
