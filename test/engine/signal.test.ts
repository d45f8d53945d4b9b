import { afterEach, expect, it } from "vitest";
import { type World, world } from "./harness";

const HOUR = 3_600_000;

let w: World;
afterEach(() => w.close());

/** Waits for the signal of the event, and returns what it got. */
const waiter = (onConflict: "fail" | "replace") => (client: World["client"]) => [
  client.createFunction({ id: "f", triggers: { event: "go" }, retries: 0 }, async ({ step }) =>
    step.waitForSignal<{ by: string }>("wait", { signal: "approve/1", timeout: "1d", onConflict }),
  ),
  client.createFunction({ id: "sender", triggers: { event: "approve" } }, async ({ step }) =>
    step.sendSignal("send", { signal: "approve/1", data: { by: "boss" } }),
  ),
];

it("a signal ends the wait with its data, and the sender gets the id of the run that waited", async () => {
  w = await world(waiter("fail"));
  const [event] = await w.send({ name: "go" });
  const [approval] = await w.send({ name: "approve" });
  const [run] = await w.runs(event);
  expect(run).toMatchObject({ status: "COMPLETED", output: { signal: "approve/1", data: { by: "boss" } } });
  expect((await w.runs(approval))[0]).toMatchObject({ status: "COMPLETED", output: { runId: run?.id } });
});

it("a signal that nothing waits for is lost, and a wait that gets none ends with null", async () => {
  w = await world(waiter("fail"));
  const [early] = await w.send({ name: "approve" });
  expect((await w.runs(early))[0]).toMatchObject({ status: "COMPLETED", output: {} });
  expect((await w.post("/v1/signals", { signal: "approve/1", data: 1 })).status).toBe(404);
  const [event] = await w.send({ name: "go" });
  await w.clock.advance(23 * HOUR);
  expect((await w.runs(event))[0]?.status).toBe("RUNNING");
  await w.clock.advance(HOUR);
  expect((await w.runs(event))[0]).toMatchObject({ status: "COMPLETED", output: { data: null } });
});

it("a second wait for the same signal fails its run", async () => {
  w = await world(waiter("fail"));
  const [first] = await w.send({ name: "go" });
  const [second] = await w.send({ name: "go" });
  expect((await w.runs(second))[0]).toMatchObject({
    status: "FAILED",
    output: { error: { message: expect.stringContaining("Signal conflict") } },
  });
  await w.send({ name: "approve" });
  expect((await w.runs(first))[0]?.status).toBe("COMPLETED");
});

it("with replace, the second wait gets the signal, and the first one times out", async () => {
  w = await world(waiter("replace"));
  const [first] = await w.send({ name: "go" });
  const [second] = await w.send({ name: "go" });
  await w.send({ name: "approve" });
  expect((await w.runs(second))[0]).toMatchObject({ status: "COMPLETED", output: { signal: "approve/1" } });
  expect((await w.runs(first))[0]?.status).toBe("RUNNING");
  await w.clock.advance(24 * HOUR);
  expect((await w.runs(first))[0]).toMatchObject({ status: "COMPLETED", output: { data: null } });
});

it("the API answers with the run, and refuses a body that is none", async () => {
  w = await world(waiter("fail"));
  const [event] = await w.send({ name: "go" });
  const response = await w.post("/v1/signals", { signal: "approve/1", data: { by: "http" } });
  await w.clock.settle();
  const [run] = await w.runs(event);
  expect(run?.output).toMatchObject({ data: { by: "http" } });
  expect(await response.json()).toMatchObject({ data: { run_id: run?.id } });
  expect((await w.post("/v1/signals", 1)).status).toBe(400);
});
