import { afterEach, describe, expect, it } from "vitest";
import { type World, world } from "./harness";

let w: World;
afterEach(() => w.close());

/** Steps that stay open until released, so that a test sees how many are executing. */
function gate() {
  const open: (() => void)[] = [];
  let most = 0;
  return {
    enter: () =>
      new Promise<void>((resolve) => {
        open.push(resolve);
        most = Math.max(most, open.length);
      }),
    open,
    most: () => most,
    /** Waits for `count` to be inside, then lets all out; again until `total` were. */
    async drain(count: number, total: number) {
      for (let out = 0; out < total; ) {
        while (open.length < Math.min(count, total - out)) await new Promise((resolve) => setImmediate(resolve));
        out += open.length;
        for (const leave of open.splice(0)) leave();
      }
    },
  };
}

describe("concurrency", () => {
  const send = async (count: number, data: (n: number) => Record<string, unknown> = () => ({})) => {
    const sent = w.send(...Array.from({ length: count }, (_, n) => ({ name: "go", data: data(n) })));
    return sent;
  };

  it("keeps the number of executing steps at the limit", async () => {
    const inside = gate();
    w = await world(
      (client) => [client.createFunction({ id: "f", triggers: { event: "go" }, concurrency: 2 }, () => inside.enter())],
      { parallel: 100 },
    );
    await Promise.all([send(7), inside.drain(2, 7)]);
    expect(inside.most()).toBe(2);
  });

  it("counts per key, and takes two limits together", async () => {
    const inside = gate();
    const keys: unknown[] = [];
    w = await world(
      (client) => [
        client.createFunction(
          {
            id: "f",
            triggers: { event: "go" },
            concurrency: [{ limit: 3 }, { key: "event.data.user", limit: 1 }],
          },
          async ({ event }) => {
            keys.push(event.data.user);
            await inside.enter();
          },
        ),
      ],
      { parallel: 100 },
    );
    const sent = send(6, (n) => ({ user: n % 2 }));
    await inside.drain(2, 6);
    await sent;
    expect(inside.most()).toBe(2); // one of each user, though the function would allow three
    expect(keys.slice(0, 2).sort()).toEqual([0, 1]);
  });

  it("shares a limit of scope env between functions whose key has the same value", async () => {
    const inside = gate();
    w = await world(
      (client) =>
        ["a", "b"].map((id) =>
          client.createFunction(
            { id, triggers: { event: "go" }, concurrency: { scope: "env", key: "'payments'", limit: 1 } },
            () => inside.enter(),
          ),
        ),
      { parallel: 100 },
    );
    await Promise.all([send(2), inside.drain(1, 4)]);
    expect(inside.most()).toBe(1);
  });

  it("of runs is held from their start to their end, per key", async () => {
    const started = new Map<unknown, unknown>();
    w = await world((client) => [
      client.createFunction(
        // The types of the SDK do not have it; the server does.
        { id: "f", triggers: { event: "go" }, concurrency: { fn: [{ limit: 1, key: "event.data.user" }] } as never },
        async ({ event, step }) => {
          started.set(event.data.n, event.data.user);
          await step.sleep("nap", "1h");
        },
      ),
    ]);
    await send(4, (n) => ({ n, user: Math.floor(n / 2) }));
    expect([...started.values()].toSorted()).toEqual([0, 1]);
    await w.clock.advance(3_600_000);
    expect(started.size).toBe(4);
  });

  it("is not held by runs that sleep", async () => {
    let started = 0;
    w = await world((client) => [
      client.createFunction({ id: "f", triggers: { event: "go" }, concurrency: 1 }, async ({ step }) => {
        await step.run("start", () => {
          started += 1;
        });
        await step.sleep("nap", "1d");
      }),
    ]);
    await send(5);
    expect(started).toBe(5);
  });
});
