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
        await step.sendEvent("send-notification", { name: "notified", data: { n: 7 } });
      }),
      client.createFunction({ id: "g", triggers: { event: "notified" } }, async ({ event }) => {
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
});
