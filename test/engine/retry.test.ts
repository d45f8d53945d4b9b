import { NonRetriableError, RetryAfterError } from "inngest";
import { afterEach, describe, expect, it } from "vitest";
import { type World, world } from "./harness";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

let w: World;
afterEach(() => w.close());

describe("retries", () => {
  it("are made 15 s, 30 s, 1 min and 2 min later with up to 30 s of jitter, for the failed step alone", async () => {
    const attempts: number[] = [];
    const ran: string[] = [];
    w = await world((client) => [
      client.createFunction({ id: "f", triggers: { event: "go" } }, async ({ step }) => {
        await step.run("first", () => void ran.push("first"));
        await step.run("flaky", () => {
          attempts.push(w.clock.now());
          if (attempts.length < 5) throw new Error("not yet");
        });
      }),
    ]);
    const [event] = await w.send({ name: "go" });
    await w.clock.advance(10 * MINUTE);
    const gaps = attempts.slice(1).map((at, n) => (at - (attempts[n] ?? 0)) / 1000);
    for (const [n, least] of [15, 30, 60, 120].entries()) {
      expect(gaps[n]).toBeGreaterThanOrEqual(least);
      expect(gaps[n]).toBeLessThanOrEqual(least + 30);
    }
    expect(ran).toEqual(["first"]);
    expect((await w.runs(event))[0]?.status).toBe("COMPLETED");
  });

  it("number the attempts from 0 and pass the function their maximum", async () => {
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
    let attempts = 0;
    w = await world((client) => [
      client.createFunction({ id: "f", triggers: { event: "go" } }, async () => {
        attempts += 1;
        throw new NonRetriableError("gone");
      }),
    ]);
    const [event] = await w.send({ name: "go" });
    await w.clock.advance(DAY);
    expect(attempts).toBe(1);
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

  it("start again with each step that a checkpoint stored", async () => {
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
