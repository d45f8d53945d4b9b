import { afterEach, describe, expect, it } from "vitest";
import { type World, world } from "./harness";

const HOUR = 3_600_000;

let w: World;
afterEach(() => w.close());

const sleeper = (singleton: { mode: "skip" | "cancel"; key?: string }) => (client: World["client"]) => [
  client.createFunction({ id: "f", triggers: { event: "go" }, singleton }, async ({ step }) => {
    await step.sleep("work", "1h");
  }),
];

describe("singleton", () => {
  it("skip: an event starts no run while another run goes on, and one afterwards", async () => {
    w = await world(sleeper({ mode: "skip" }));
    const [first, second] = await w.send({ name: "go" }, { name: "go" });
    expect(await w.runs(second)).toEqual([]);
    await w.clock.advance(HOUR);
    expect(await w.runs(first)).toMatchObject([{ status: "COMPLETED" }]);
    const [third] = await w.send({ name: "go" });
    expect(await w.runs(third)).toMatchObject([{ status: "RUNNING" }]);
  });

  it("cancel: the newer run ends the older one", async () => {
    w = await world(sleeper({ mode: "cancel" }));
    const [first] = await w.send({ name: "go" });
    const [second] = await w.send({ name: "go" });
    expect(await w.runs(first)).toMatchObject([{ status: "CANCELLED" }]);
    await w.clock.advance(HOUR);
    expect(await w.runs(second)).toMatchObject([{ status: "COMPLETED" }]);
  });

  it("a key separates runs, and a key that is false exempts them", async () => {
    w = await world(sleeper({ mode: "skip", key: "event.data.id" }));
    const send = async (id: unknown) => {
      const [event] = await w.send({ name: "go", data: { id } });
      return (await w.runs(event)).length;
    };
    expect([await send("a"), await send("b"), await send("a"), await send(false), await send(false)]).toEqual([
      ...[1, 1, 0, 1, 1],
    ]);
  });

  it("a cron whose run goes on skips its next times", async () => {
    let runs = 0;
    w = await world((client) => [
      client.createFunction(
        { id: "f", triggers: { cron: "0 * * * *" }, singleton: { mode: "skip" } },
        async ({ step }) => {
          await step.run("count", () => {
            runs += 1;
          });
          await step.sleep("work", "150m");
        },
      ),
    ]);
    await w.clock.advance(3 * HOUR);
    expect(runs).toBe(1);
    await w.clock.advance(HOUR);
    expect(runs).toBe(2);
  });
});

describe("priority", () => {
  it("a run of higher priority starts before those that wait for longer", async () => {
    const order: unknown[] = [];
    w = await world((client) => [
      client.createFunction(
        {
          id: "f",
          triggers: { event: "go" },
          concurrency: 1,
          priority: { run: "event.data.paid == true ? 120 : 0" },
        },
        async ({ event, step }) => {
          order.push(event.data.n);
          if (event.data.n === 0) await step.run("slow", () => w.clock.busy(Promise.resolve()));
        },
      ),
    ]);
    await w.send(
      { name: "go", data: { n: 1 } },
      { name: "go", data: { n: 2 } },
      { name: "go", data: { n: 3, paid: true } },
    );
    expect(order[0]).toBe(3);
    expect(order).toHaveLength(3);
  });

  it("an expression that gives no integer counts as 0", async () => {
    w = await world((client) => [
      client.createFunction({ id: "f", triggers: { event: "go" }, priority: { run: "event.data.missing" } }, () => 1),
    ]);
    const [event] = await w.send({ name: "go" });
    expect(await w.runs(event)).toMatchObject([{ status: "COMPLETED" }]);
  });
});
