import { createDefer } from "inngest/experimental";
import { afterEach, describe, expect, it } from "vitest";
import { type World, world } from "./harness";

let w: World;
afterEach(() => w.close());

describe("defer", () => {
  it("starts a function once when the run has ended, also a failed one, with its data and its parent", async () => {
    const deferred: string[] = [];
    w = await world((client) => {
      const later = createDefer(client, { id: "later" }, ({ event, parents }) => {
        deferred.push(`${JSON.stringify(event.data)} of ${parents[0]?.fnSlug}`);
      });
      const parent = client.createFunction(
        { id: "f", triggers: { event: "go" }, retries: 0 },
        async ({ event, step, defer }) => {
          defer("a", { function: later, data: { n: event.data.n } });
          await step.run("work", () => 1);
          await step.sleep("nap", "1h");
          if (event.data.fail) throw new Error("failed");
        },
      );
      return [later, parent];
    });
    await w.send({ name: "go", data: { n: 1 } }, { name: "go", data: { n: 2, fail: true } });
    expect(deferred).toEqual([]);
    await w.clock.advance(3_600_000);
    expect(deferred.toSorted()).toEqual(['{"n":1} of app-f', '{"n":2} of app-f']);
  });

  it("starts nothing after abort()", async () => {
    let deferred = 0;
    w = await world((client) => {
      const later = createDefer(client, { id: "later" }, () => {
        deferred += 1;
      });
      const parent = client.createFunction({ id: "f", triggers: { event: "go" } }, async ({ step, defer }) => {
        const handle = defer("a", { function: later, data: {} });
        defer("b", { function: later, data: {} });
        await step.sleep("nap", "1h");
        handle.abort();
      });
      return [later, parent];
    });
    await w.send({ name: "go" });
    await w.clock.advance(3_600_000);
    expect(deferred).toBe(1);
  });
});
