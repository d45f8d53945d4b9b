import { afterEach, describe, expect, it } from "vitest";
import { type World, world } from "./harness";

let w: World;
afterEach(() => w.close());

describe("the read API", () => {
  it("shows an event's runs and a run as the server's second API does", async () => {
    w = await world((client) => [
      client.createFunction({ id: "f", name: "F", triggers: { event: "go" } }, () => ({ a: 1 })),
    ]);
    const [event] = await w.send({ name: "go" });
    const list = await (await w.get(`/api/v2/events/${event}/runs?includeOutput=true`)).json();
    const at = "2030-01-01T00:00:00.000Z";
    const run = {
      id: expect.stringMatching(/^[0-9A-Z]{26}$/),
      function: { id: "f", name: "F" },
      app: { id: "app" },
      status: "COMPLETED",
      queuedAt: at,
      startedAt: at,
      endedAt: at,
      durationMs: "0",
      trigger: { eventIds: [event] },
      output: { a: 1 },
    };
    expect(list).toEqual({
      data: [run],
      metadata: { fetchedAt: at },
      page: { limit: 20 },
    });
    const one = await (await w.get(`/api/v2/runs/${list.data[0].id}`)).json();
    const { output: _, ...withoutOutput } = run;
    expect(one.data).toEqual(withoutOutput);
  });

  it("leaves out what is empty, as the server's encoding does", async () => {
    w = await world((client) => [
      client.createFunction({ id: "f", triggers: { event: "go" }, throttle: { limit: 1, period: "1h" } }, () => 1),
    ]);
    const path = "/api/v2/events/01ARZ3NDEKTSV4RRFFQ69G5FAV/runs?limit=0";
    expect(Object.keys(await (await w.get(path)).json())).toEqual(["metadata", "page"]);
    await w.send({ name: "go" });
    const [waiting] = await w.send({ name: "go" });
    const [run] = await w.runs(waiting);
    expect(run).toMatchObject({ status: "QUEUED", startedAt: run?.queuedAt });
    await w.post(`/api/v2/runs/${run?.id}/cancel`);
    expect(await w.runs(waiting)).toEqual([expect.not.objectContaining({ output: expect.anything() })]);
  });

  it("answers 400 for what is no id and 404 for an unknown run", async () => {
    w = await world((client) => [client.createFunction({ id: "f" }, () => 1)]);
    expect((await w.get("/api/v2/events/order-1/runs")).status).toBe(400);
    expect((await w.get("/api/v2/runs/nonsense")).status).toBe(400);
    expect(await (await w.get("/api/v2/runs/01ARZ3NDEKTSV4RRFFQ69G5FAV")).json()).toEqual({
      errors: [{ code: "not_found", message: "Run not found" }],
    });
  });

  it("cancels a run once and reruns it", async () => {
    w = await world((client) => [
      client.createFunction({ id: "f", triggers: { event: "go" } }, async ({ step }) => {
        await step.sleep("nap", "1d");
      }),
    ]);
    const [event] = await w.send({ name: "go" });
    const id = (await w.runs(event))[0]?.id;
    expect((await w.post(`/api/v2/runs/${id}/cancel`)).status).toBe(200);
    expect((await w.post(`/api/v2/runs/${id}/cancel`)).status).toBe(409);
    const rerun = await (await w.post(`/api/v2/runs/${id}/rerun`)).json();
    expect(rerun.data.runId).not.toBe(id);
    expect((await w.runs(event)).map((run) => run.status)).toEqual(["QUEUED", "CANCELLED"]);
    const removed = await w.clock.busy(fetch(`${w.url}/v1/runs/${rerun.data.runId}`, { method: "DELETE" }));
    expect(removed.status).toBe(200);
  });

  it("makes itself known at /dev", async () => {
    w = await world((client) => [client.createFunction({ id: "f" }, () => 1)]);
    expect(await (await w.get("/dev")).json()).toMatchObject({ functions: [{ slug: "app-f" }] });
  });
});
