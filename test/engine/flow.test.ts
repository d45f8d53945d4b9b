import { afterEach, describe, expect, it } from "vitest";
import { type World, world } from "./harness";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

let w: World;
afterEach(() => w.close());

const starts = (config: object) => {
  const at: { n: unknown; at: number }[] = [];
  const define = (client: World["client"]) => [
    client.createFunction({ id: "f", triggers: { event: "go" }, ...config }, ({ event, events }) => {
      at.push({ n: events.length > 1 ? events.map((one) => one.data.n) : event.data.n, at: w.clock.now() });
    }),
  ];
  return { at, define };
};
const numbered = (count: number, more: object = {}) =>
  Array.from({ length: count }, (_, n) => ({ name: "go", data: { n, ...more } }));

describe("throttle", () => {
  it("starts the limit at once, then one each period / limit, and loses none", async () => {
    const { at, define } = starts({ throttle: { limit: 2, period: "1m" } });
    w = await world(define);
    const zero = w.clock.now();
    await w.send(...numbered(5));
    expect(at).toHaveLength(2);
    await w.clock.advance(HOUR);
    expect(at.map((one) => (one.at - zero) / SECOND)).toEqual([0, 0, 30, 60, 90]);
  });

  it("adds the burst to the limit, and counts per key", async () => {
    const { at, define } = starts({ throttle: { limit: 1, period: "1m", burst: 2, key: "event.data.user" } });
    w = await world(define);
    await w.send(...numbered(4, { user: "a" }), ...numbered(1, { user: "b" }));
    expect(at).toHaveLength(4); // three of a, one of b
    await w.clock.advance(MINUTE);
    expect(at).toHaveLength(5);
  });

  it("counts all runs together when its key cannot be evaluated", async () => {
    const { at, define } = starts({ throttle: { limit: 1, period: "1m", key: "event.data ==" } });
    w = await world(define);
    await w.send(...numbered(2));
    expect(at).toHaveLength(1);
  });
});

describe("rateLimit", () => {
  it("drops what is above the limit, per key", async () => {
    const { at, define } = starts({ rateLimit: { limit: 1, period: "1h", key: "event.data.user" } });
    w = await world(define);
    await w.send(...numbered(3, { user: "a" }), ...numbered(2, { user: "b" }));
    await w.clock.advance(HOUR);
    expect(at).toHaveLength(2);
    await w.send(...numbered(1, { user: "a" }));
    expect(at).toHaveLength(3);
  });
});

describe("idempotency", () => {
  it("runs once per key in 24 hours", async () => {
    const { at, define } = starts({ idempotency: "event.data.order" });
    w = await world(define);
    await w.send(...numbered(2, { order: 1 }), ...numbered(1, { order: 2 }));
    expect(at).toHaveLength(2);
    await w.clock.advance(DAY);
    await w.send(...numbered(1, { order: 1 }));
    expect(at).toHaveLength(3);
  });
});

describe("debounce", () => {
  it("runs once, with the last event, when none came for the period", async () => {
    const { at, define } = starts({ debounce: { period: "5m" } });
    w = await world(define);
    for (const one of numbered(3)) {
      await w.send(one);
      await w.clock.advance(4 * MINUTE);
    }
    expect(at).toEqual([]);
    await w.clock.advance(MINUTE);
    expect(at.map((one) => one.n)).toEqual([2]);
  });

  it("runs at its timeout although events keep coming, and counts per key", async () => {
    const { at, define } = starts({ debounce: { period: "5m", timeout: "10m", key: "event.data.user" } });
    w = await world(define);
    const zero = w.clock.now();
    for (const one of numbered(5, { user: "a" })) {
      await w.send(one);
      await w.clock.advance(3 * MINUTE);
    }
    expect(at[0]).toEqual({ n: 3, at: zero + 10 * MINUTE });
  });

  it("keeps the later event when an older one arrives after it", async () => {
    const { at, define } = starts({ debounce: { period: "5m" } });
    w = await world(define);
    const now = w.clock.now();
    await w.send({ name: "go", data: { n: "new" }, ts: now }, { name: "go", data: { n: "old" }, ts: now - 1000 });
    await w.clock.advance(5 * MINUTE);
    expect(at.map((one) => one.n)).toEqual(["new"]);
  });
});

describe("batchEvents", () => {
  it("runs with all events of a key when the batch is full, or at the timeout of its first", async () => {
    const { at, define } = starts({ batchEvents: { maxSize: 3, timeout: "10s", key: "event.data.user" } });
    w = await world(define);
    const zero = w.clock.now();
    await w.send(...numbered(5, { user: "a" }));
    expect(at).toEqual([{ n: [0, 1, 2], at: zero }]);
    await w.clock.advance(10 * SECOND);
    expect(at[1]).toEqual({ n: [3, 4], at: zero + 10 * SECOND });
  });

  it("takes an event's id for nothing, but a repeated request once", async () => {
    const { at, define } = starts({ batchEvents: { maxSize: 10, timeout: "10s" } });
    w = await world(define);
    await w.send({ name: "go", id: "same", data: { n: 1 } }, { name: "go", id: "same", data: { n: 2 } });
    const headers = { "x-inngest-event-id-seed": "1743130137367,eii2YKXRVTJPuA==" };
    for (const _ of [1, 2]) await w.post("/e/test", [{ name: "go", data: { n: 3 } }], headers);
    await w.clock.advance(10 * SECOND);
    expect(at.map((one) => one.n)).toEqual([[1, 2, 3]]);
  });

  it("runs events alone for which `if` does not hold", async () => {
    const { at, define } = starts({ batchEvents: { maxSize: 3, timeout: "10s", if: "event.data.user != 'vip'" } });
    w = await world(define);
    await w.send(...numbered(1, { user: "vip" }), ...numbered(1, { user: "a" }));
    expect(at.map((one) => one.n)).toEqual([0]);
  });
});

describe("timeouts", () => {
  it("cancel a run that did not start in time", async () => {
    const { at, define } = starts({ throttle: { limit: 1, period: "1d" }, timeouts: { start: "1h" } });
    w = await world(define);
    const ids = await w.send(...numbered(2));
    await w.clock.advance(2 * DAY);
    expect(at).toHaveLength(1);
    const statuses = await Promise.all(ids.map(async (id) => (await w.runs(id))[0]?.status));
    expect(statuses.sort()).toEqual(["CANCELLED", "COMPLETED"]);
  });

  const sleeper = (finish?: "1h" | "90m") => (client: World["client"]) => [
    client.createFunction({ id: "f", triggers: { event: "go" }, timeouts: { finish } }, async ({ step }) => {
      await step.sleep("nap", "2h");
      await step.sleep("again", "2h");
    }),
  ];

  it("are those of the latest registration, also for a run that is under way", async () => {
    w = await world(sleeper("1h"));
    const [event] = await w.send({ name: "go" });
    await w.sync(sleeper()(w.client));
    await w.clock.advance(HOUR);
    expect((await w.runs(event))[0]?.status).toBe("RUNNING");
    await w.sync(sleeper("90m")(w.client));
    await w.clock.advance(HOUR); // the next call is when it is noticed
    expect((await w.runs(event))[0]?.status).toBe("CANCELLED");
  });

  it("cancel a run that did not finish in time, and do not fail it", async () => {
    let failures = 0;
    w = await world((client) => [
      client.createFunction(
        {
          id: "f",
          triggers: { event: "go" },
          timeouts: { finish: "1h" },
          onFailure: () => {
            failures += 1;
          },
        },
        async ({ step }) => {
          await step.sleep("long", "2h");
        },
      ),
    ]);
    const [event] = await w.send({ name: "go" });
    await w.clock.advance(HOUR);
    expect((await w.runs(event))[0]?.status).toBe("CANCELLED");
    expect(failures).toBe(0);
  });
});
