import { describe, expect, it } from "vitest";
import { Timers } from "../../dev/engine/timers";
import { virtualClock } from "../../dev/shared/virtual-clock";
import { world } from "./harness";

const DAY = 24 * 3_600_000;

describe("the virtual clock", () => {
  it("fires timers in order of time, and those of one moment in the order they were set", async () => {
    const clock = virtualClock({ start: 0 });
    const fired: string[] = [];
    const set = (at: number, name: string) => clock.schedule(at, () => fired.push(`${name}@${clock.now()}`));
    set(20, "c");
    set(10, "a");
    set(10, "b");
    set(15, "cancelled")();
    await clock.advance(DAY);
    expect(fired).toEqual(["a@10", "b@10", "c@20"]);
    expect(clock.now()).toBe(DAY);
  });

  it("stands still while something is busy", async () => {
    const clock = virtualClock({ start: 0 });
    let finish = () => {};
    clock.busy(
      new Promise<void>((resolve) => {
        finish = resolve;
      }),
    );
    let advanced = false;
    const advance = clock.advance(10).then(() => {
      advanced = true;
    });
    for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    expect([advanced, clock.now()]).toEqual([false, 0]);
    finish();
    await advance;
    expect(clock.now()).toBe(10);
  });

  it("reports every jump, and gives up when nothing is scheduled or the limit has passed", async () => {
    const clock = virtualClock({ start: 0 });
    const jumps: number[] = [];
    clock.onChange((now) => jumps.push(now));
    clock.schedule(5, () => {});
    clock.schedule(50, () => {});
    await clock.runUntil(() => clock.now() >= 5, 10);
    expect(jumps).toEqual([5]);
    await expect(clock.runUntil(() => false, 10)).rejects.toThrow(/after 10 ms/);
    await clock.advance(100);
    await expect(clock.runUntil(() => false, 10)).rejects.toThrow(/nothing is scheduled/);
  });
});

describe("the order of execution", () => {
  const order = async (seed: number) => {
    const ran: string[] = [];
    const w = await world(
      (client) =>
        ["a", "b", "c", "d"].map((id) =>
          client.createFunction({ id, triggers: { event: "go" }, retries: 3 }, async ({ step, attempt }) => {
            ran.push(`${id}${attempt}`);
            await Promise.all([1, 2].map((n) => step.run(`p${n}`, () => void ran.push(`${id}p${n}`))));
            await step.sleep("nap", "1h");
            if (attempt < 2) throw new Error("again");
          }),
        ),
      { seed },
    );
    await w.send({ name: "go" });
    await w.clock.advance(DAY);
    const now = w.clock.now();
    await w.close();
    return { ran, now };
  };

  it("is the same for the same seed", async () => {
    const first = await order(7);
    expect(first.ran.length).toBeGreaterThan(20);
    expect(await order(7)).toEqual(first);
  });

  it("differs for another seed", async () => {
    expect((await order(8)).ran).not.toEqual((await order(7)).ran);
  });
});

describe("10,000 timers", () => {
  it("cost nothing until one is due, and then only that one", async () => {
    const clock = virtualClock({ start: 0 });
    const timers = new Timers(clock);
    for (let n = 1; n <= 10_000; n += 1) timers.set(`sleep:${n}`, n * 1000, () => {});
    await clock.advance(999);
    expect(timers.fired).toBe(0);
    await clock.advance(1);
    expect(timers.fired).toBe(1);
    for (let n = 2; n <= 10_000; n += 1) timers.clear(`sleep:${n}`);
    expect(timers.size).toBe(0);
  });
});
