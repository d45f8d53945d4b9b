import { referenceFunction } from "inngest";
import { afterEach, expect, it } from "vitest";
import { type World, world } from "./harness";

let w: World;
afterEach(() => w.close());

const post = async (event: object) => {
  const response = await w.post("/e/test", event);
  await w.clock.settle();
  return (await response.json()) as { ids: string[]; status: number; error?: string };
};

it("the sessions of an event reach its run, the events that the run sends, and the functions that it invokes", async () => {
  const seen: Record<string, unknown> = {};
  w = await world((client) => [
    client.createFunction({ id: "parent", triggers: { event: "go" } }, async ({ event, step }) => {
      seen.parent = Reflect.get(event, "meta");
      await step.sendEvent("send", { name: "sent", data: {}, meta: { sessions: { own: "1" } } });
      await step.invoke("invoke", { function: referenceFunction({ functionId: "invoked" }) });
    }),
    client.createFunction({ id: "sent", triggers: { event: "sent" } }, ({ event }) => {
      seen.sent = Reflect.get(event, "meta");
    }),
    client.createFunction({ id: "invoked" }, ({ event }) => {
      seen.invoked = Reflect.get(event, "meta");
    }),
  ]);
  await post({ name: "go", data: {}, meta: { sessions: { chat: "c1", user: 7 } } });
  expect(seen.parent).toEqual({ sessions: { chat: "c1", user: "7" } });
  expect(seen.sent).toEqual({ sessions: { own: "1", chat: "c1", user: "7" } });
  expect(seen.invoked).toEqual({ sessions: { chat: "c1", user: "7" } });
});

it.each([
  ["more than five", { sessions: { a: "1", b: "2", c: "3", d: "4", e: "5", f: "6" } }, /at most 5 entries/],
  ["an id that is no text", { sessions: { a: true } }, /"a" must be a string, number, or null/],
  ["an empty id", { sessions: { a: "" } }, /cannot have an empty ID/],
  ["a long key", { sessions: { ["k".repeat(129)]: "1" } }, /exceeds 128 bytes/],
])("refuses %s", async (_, meta, message) => {
  w = await world(() => []);
  const answer = await post({ name: "go", meta });
  expect(answer).toMatchObject({ status: 400, error: expect.stringMatching(message) });
});

it("inherited sessions fill the places that are left, and null removes them", async () => {
  const seen: unknown[] = [];
  w = await world((client) => [
    client.createFunction({ id: "f", triggers: { event: "go" } }, ({ event }) => {
      seen.push(Reflect.get(event, "meta"));
    }),
  ]);
  const propagated_sessions = { f: "6", e: "5", d: "4", c: "3", b: "2" };
  await post({ name: "go", meta: { sessions: { a: "1" }, propagated_sessions } });
  await post({ name: "go", meta: { sessions: { a: "1", b: null }, propagated_sessions: { b: "2", c: "3" } } });
  await post({ name: "go", meta: { sessions: null, propagated_sessions } });
  expect(seen).toEqual([
    { sessions: { a: "1", b: "2", c: "3", d: "4", e: "5" } },
    { sessions: { a: "1", c: "3" } },
    undefined,
  ]);
});
