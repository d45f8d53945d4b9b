import { experiment } from "inngest";
import { afterEach, describe, expect, it } from "vitest";
import { type World, world } from "./harness";

let w: World;
afterEach(() => w.close());

describe("step.ai.wrap", () => {
  it("runs the call once with its input, and its result survives later calls", async () => {
    const prompts: string[] = [];
    w = await world((client) => [
      client.createFunction({ id: "f", triggers: { event: "go" } }, async ({ step }) => {
        const complete = async ({ prompt }: { prompt: string }) => {
          prompts.push(prompt);
          return { text: prompt.toUpperCase() };
        };
        const answer = await step.ai.wrap("ask", complete, { prompt: "hello" });
        await step.sleep("nap", "1h");
        return answer.text;
      }),
    ]);
    const [event] = await w.send({ name: "go" });
    await w.clock.advance(3_600_000);
    expect((await w.runs(event))[0]).toMatchObject({ status: "COMPLETED", output: { data: "HELLO" } });
    expect(prompts).toEqual(["hello"]);
  });

  it("is retried when the call fails", async () => {
    let calls = 0;
    w = await world((client) => [
      client.createFunction({ id: "f", triggers: { event: "go" }, retries: 1 }, async ({ step }) =>
        step.ai.wrap("ask", async () => {
          calls += 1;
          if (calls === 1) throw new Error("overloaded");
          return calls;
        }),
      ),
    ]);
    const [event] = await w.send({ name: "go" });
    await w.clock.advance(60_000);
    expect((await w.runs(event))[0]).toMatchObject({ status: "COMPLETED", output: { data: 2 } });
  });
});

describe("group.experiment", () => {
  it("selects a variant once, and runs the steps of that one only", async () => {
    let selected = 0;
    const ran: string[] = [];
    w = await world((client) => [
      client.createFunction({ id: "f", triggers: { event: "go" } }, async ({ step, group }) => {
        const { result, variant } = await group.experiment("checkout", {
          variants: {
            old: () => step.run("old", () => void ran.push("old")),
            new: async () => {
              await step.sleep("nap", "1h");
              return step.run("new", () => ran.push("new"));
            },
          },
          select: experiment.custom(() => {
            selected += 1;
            return "new";
          }),
        });
        return { result, variant };
      }),
    ]);
    const [event] = await w.send({ name: "go" });
    await w.clock.advance(3_600_000);
    expect((await w.runs(event))[0]?.output).toEqual({ result: 1, variant: "new" });
    expect({ selected, ran }).toEqual({ selected: 1, ran: ["new"] });
  });

  it("gives the same variant to the same bucket", async () => {
    w = await world((client) => [
      client.createFunction({ id: "f", triggers: { event: "go" } }, async ({ event, step, group }) => {
        const { variant } = await group.experiment("colour", {
          variants: { red: () => step.run("red", () => 1), blue: () => step.run("blue", () => 1) },
          select: experiment.bucket(event.data.user),
        });
        return variant;
      }),
    ]);
    const users = ["a", "b", "c", "d", "e", "f"];
    const events = await w.send(...[...users, ...users].map((user) => ({ name: "go", data: { user } })));
    const variants = await Promise.all(events.map(async (id) => (await w.runs(id))[0]?.output?.data ?? "none"));
    expect(variants.slice(users.length)).toEqual(variants.slice(0, users.length));
    expect(new Set(variants)).toEqual(new Set(["red", "blue"]));
  });
});
