import { NonRetriableError, RetryAfterError } from "inngest";
import { afterEach, describe, expect, it } from "vitest";
import { type World, world } from "./harness";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

let w: World;
afterEach(() => w.close());

describe("a run", () => {
  it("costs one call to the app up to its first sleep, however many steps it has", async () => {
    w = await world((client) => [
      client.createFunction({ id: "f", triggers: { event: "go" } }, async ({ step }) => {
        for (const id of ["a", "b", "c", "d", "e", "f"]) await step.run(id, () => id);
        await step.sleep("nap", "7d");
        return step.run("after", () => "done");
      }),
    ]);
    const [event] = await w.send({ name: "go" });
    expect(w.calls()).toBe(1);
    expect((await w.runs(event))[0]?.status).toBe("RUNNING");
    await w.clock.advance(7 * DAY);
    expect(w.calls()).toBe(2);
    expect(await w.runs(event)).toMatchObject([
      { status: "COMPLETED", output: { data: "done" }, function: { id: "f" } },
    ]);
  });

  it("executes each step once, also when the function is called again after a sleep", async () => {
    const ran: string[] = [];
    w = await world((client) => [
      client.createFunction({ id: "f", triggers: { event: "go" } }, async ({ step }) => {
        await step.run("before", () => void ran.push("before"));
        await step.sleep("nap", "1h");
        await step.run("after", () => void ran.push("after"));
      }),
    ]);
    await w.send({ name: "go" });
    await w.clock.advance(60 * MINUTE);
    expect(ran).toEqual(["before", "after"]);
  });

  it("runs parallel steps each on its own and goes on when all have ended", async () => {
    const ran: string[] = [];
    w = await world((client) => [
      client.createFunction({ id: "f", triggers: { event: "go" } }, async ({ step }) => {
        const sum = await Promise.all([
          step.run("one", () => 1),
          step.sleep("long", "1h").then(() => 10),
          step.run("two", () => 2),
        ]);
        await step.run("after", () => void ran.push("after"));
        return sum;
      }),
    ]);
    const [event] = await w.send({ name: "go" });
    expect(ran).toEqual([]);
    await w.clock.advance(60 * MINUTE);
    expect(ran).toEqual(["after"]);
    expect((await w.runs(event))[0]?.output).toEqual({ data: [1, 10, 2] });
  });

  it("still plans the next step after a group whose last member was a sleep, and then no more", async () => {
    w = await world((client) => [
      client.createFunction({ id: "f", triggers: { event: "go" } }, async ({ step }) => {
        await Promise.all([step.run("short", () => 1), step.sleep("long", "1h")]);
        for (const id of ["a", "b", "c"]) await step.run(id, () => id);
      }),
    ]);
    await w.send({ name: "go" });
    expect(w.calls()).toBe(2); // the function, and the short step
    await w.clock.advance(60 * MINUTE);
    expect(w.calls()).toBe(5); // the function, which plans a; a; the rest in one
  });

  it("goes on after the first of a race", async () => {
    w = await world((client) => [
      client.createFunction({ id: "f", triggers: { event: "go" } }, async ({ step, group }) => {
        const winner = await group.parallel({ mode: "race" }, () =>
          Promise.race([step.sleep("slow", "1d").then(() => "slow"), step.sleep("fast", "1m").then(() => "fast")]),
        );
        await step.run("note", () => winner);
        return winner;
      }),
    ]);
    const [event] = await w.send({ name: "go" });
    await w.clock.advance(2 * MINUTE);
    const [run] = await w.runs(event);
    const page = await (await w.get(`/runs/${run?.id}`)).text();
    expect(page).toContain("note");
    await w.clock.advance(DAY);
    expect((await w.runs(event))[0]).toMatchObject({ status: "COMPLETED", output: { data: "fast" } });
  });

  it("sends events from a step, which start other functions", async () => {
    const seen: unknown[] = [];
    w = await world((client) => [
      client.createFunction({ id: "f", triggers: { event: "go" } }, async ({ step }) => {
        await step.sendEvent("tell", { name: "told", data: { n: 7 } });
      }),
      client.createFunction({ id: "g", triggers: { event: "told" } }, async ({ event }) => {
        seen.push(event.data);
      }),
    ]);
    await w.send({ name: "go" });
    expect(seen).toEqual([{ n: 7 }]);
  });

  it("fails when it has more than 1,000 steps", async () => {
    w = await world((client) => [
      client.createFunction({ id: "f", triggers: { event: "go" }, retries: 0 }, async ({ step }) => {
        await Promise.all(Array.from({ length: 1001 }, (_, n) => step.run(`s${n}`, () => n)));
      }),
    ]);
    const [event] = await w.send({ name: "go" });
    const [run] = await w.runs(event);
    expect(run?.status).toBe("FAILED");
    expect(run?.output?.error?.message).toMatch(/step limit of 1000/);
  });

  it("fails when it sleeps for more than 366 days", async () => {
    w = await world((client) => [
      client.createFunction({ id: "f", triggers: { event: "go" } }, async ({ step }) => {
        await step.sleep("long", "367d");
      }),
    ]);
    const [event] = await w.send({ name: "go" });
    expect((await w.runs(event))[0]?.output?.error?.name).toBe("InngestErrTimeoutTooLong");
  });

  it("fails, naming the feature, when it asks for what the engine does not do", async () => {
    w = await world((client) => [
      client.createFunction({ id: "f", triggers: { event: "go" } }, async ({ step }) => {
        await step.waitForSignal("s", { signal: "x", timeout: "1d", onConflict: "fail" });
      }),
    ]);
    const [event] = await w.send({ name: "go" });
    expect((await w.runs(event))[0]?.output?.error?.message).toMatch(/waitForSignal/);
  });
});

describe("retries", () => {
  it("are made 15 s, 30 s, 1 min and 2 min later with up to 30 s of jitter, for the failed step alone", async () => {
    const tries: number[] = [];
    const ran: string[] = [];
    w = await world((client) => [
      client.createFunction({ id: "f", triggers: { event: "go" } }, async ({ step }) => {
        await step.run("first", () => void ran.push("first"));
        await step.run("flaky", () => {
          tries.push(w.clock.now());
          if (tries.length < 5) throw new Error("not yet");
        });
      }),
    ]);
    const [event] = await w.send({ name: "go" });
    await w.clock.advance(10 * MINUTE);
    const gaps = tries.slice(1).map((at, n) => (at - (tries[n] ?? 0)) / 1000);
    for (const [n, least] of [15, 30, 60, 120].entries()) {
      expect(gaps[n]).toBeGreaterThanOrEqual(least);
      expect(gaps[n]).toBeLessThanOrEqual(least + 30);
    }
    expect(ran).toEqual(["first"]);
    expect((await w.runs(event))[0]?.status).toBe("COMPLETED");
  });

  it("number the attempts from 0 and tell the function how many there are", async () => {
    const seen: unknown[] = [];
    w = await world((client) => [
      client.createFunction({ id: "f", triggers: { event: "go" }, retries: 2 }, async ({ attempt, maxAttempts }) => {
        seen.push([attempt, maxAttempts]);
        throw new Error("always");
      }),
    ]);
    const [event] = await w.send({ name: "go" });
    await w.clock.advance(10 * MINUTE);
    expect(seen).toEqual([
      [0, 3],
      [1, 3],
      [2, 3],
    ]);
    expect(await w.runs(event)).toMatchObject([{ status: "FAILED", output: { error: { message: "always" } } }]);
  });

  it("come when a RetryAfterError asks, but not before 1 s nor after 24 h", async () => {
    const at: Record<string, number[]> = { "30s": [], "3d": [] };
    w = await world((client) =>
      Object.keys(at).map((delay) =>
        client.createFunction({ id: `f${delay}`, triggers: { event: "go" }, retries: 1 }, async ({ step }) => {
          await step.run("s", () => {
            at[delay]?.push(w.clock.now());
            throw new RetryAfterError("later", delay);
          });
        }),
      ),
    );
    await w.send({ name: "go" });
    await w.clock.advance(2 * DAY);
    const gap = (times: number[] = []) => (times[1] ?? 0) - (times[0] ?? 0);
    expect(gap(at["30s"])).toBe(30_000);
    expect(gap(at["3d"])).toBe(DAY);
  });

  it("are not made for a NonRetriableError", async () => {
    let tries = 0;
    w = await world((client) => [
      client.createFunction({ id: "f", triggers: { event: "go" } }, async () => {
        tries += 1;
        throw new NonRetriableError("gone");
      }),
    ]);
    const [event] = await w.send({ name: "go" });
    await w.clock.advance(DAY);
    expect(tries).toBe(1);
    expect((await w.runs(event))[0]?.status).toBe("FAILED");
  });

  it("leave the error of a step's last attempt to the function, which may catch it", async () => {
    w = await world((client) => [
      client.createFunction({ id: "f", triggers: { event: "go" }, retries: 1 }, async ({ step }) => {
        try {
          await step.run("charge", () => {
            throw new Error("declined");
          });
        } catch (error) {
          return step.run("undo", () => `undone: ${error instanceof Error ? error.message : ""}`);
        }
      }),
    ]);
    const [event] = await w.send({ name: "go" });
    await w.clock.advance(MINUTE);
    expect((await w.runs(event))[0]).toMatchObject({ status: "COMPLETED", output: { data: "undone: declined" } });
  });

  it("start anew with each step that a checkpoint stored", async () => {
    const attempts: number[] = [];
    let broken = true;
    w = await world((client) => [
      client.createFunction({ id: "f", triggers: { event: "go" }, retries: 1 }, async ({ step, attempt }) => {
        await step.run("one", () => {
          if (broken) {
            broken = false;
            throw new Error("once");
          }
        });
        await step.run("two", () => void attempts.push(attempt));
        attempts.push(attempt);
      }),
    ]);
    const [event] = await w.send({ name: "go" });
    await w.clock.advance(MINUTE);
    expect(attempts.at(-1)).toBe(0);
    expect((await w.runs(event))[0]?.status).toBe("COMPLETED");
  });
});
