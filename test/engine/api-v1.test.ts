import { afterEach, describe, expect, it } from "vitest";
import { type World, world } from "./harness";

const MINUTE = 60_000;

let w: World;
afterEach(() => w.close());

const read = async (path: string) => (await (await w.get(path)).json()) as { data: Record<string, unknown>[] };

const sleepers = (client: World["client"]) => [
  client.createFunction({ id: "f", triggers: { event: "go" } }, async ({ step }) => {
    await step.sleep("work", "1h");
  }),
];

describe("events", () => {
  it("lists events newest first, by name, cursor and time, and shows one", async () => {
    w = await world(() => []);
    const ids: (string | undefined)[] = [];
    for (const n of [1, 2, 3]) {
      ids.unshift((await w.send({ name: n === 2 ? "other" : "go", data: { n } }))[0]);
      await w.clock.advance(MINUTE);
    }
    const numbers = async (query: string) => (await read(`/v1/events?${query}`)).data.map(({ data }) => data);
    expect(await numbers("")).toEqual([{ n: 3 }, { n: 2 }, { n: 1 }]);
    expect(await numbers("name=go")).toEqual([{ n: 3 }, { n: 1 }]);
    expect(await numbers("limit=1")).toEqual([{ n: 3 }]);
    expect(await numbers(`cursor=${ids[0]}`)).toEqual([{ n: 2 }, { n: 1 }]);
    const noon = new Date(w.clock.now() - 2 * MINUTE).toISOString();
    expect(await numbers(`received_before=${noon}`)).toEqual([{ n: 1 }]);
    expect((await w.get("/v1/events?cursor=nonsense")).status).toBe(400);
    const one = await (await w.get(`/v1/events/${ids[2]}`)).json();
    expect(one.data).toMatchObject({ internal_id: ids[2], name: "go", data: { n: 1 }, ts: expect.any(Number) });
    expect((await w.get("/v1/events/01ARZ3NDEKTSV4RRFFQ69G5FAV")).status).toBe(404);
  });
});

describe("jobs of a run", () => {
  it("shows the sleep that a run waits for, and none when it has ended", async () => {
    w = await world(sleepers);
    const [event] = await w.send({ name: "go" });
    const [run] = await w.runs(event);
    const path = `/v1/runs/${run?.id}/jobs`;
    const until = new Date(w.clock.now() + 60 * MINUTE).toISOString();
    expect((await read(path)).data).toMatchObject([{ kind: "sleep", at: until, attempt: 0 }]);
    await w.clock.advance(60 * MINUTE);
    expect((await read(path)).data).toEqual([]);
  });
});

describe("bulk cancellation", () => {
  const ask = (body: object) => w.post("/v1/cancellations", { app_id: "app", function_id: "f", ...body });

  it("cancels the unfinished runs of a function in a range of time, by an expression, and is listed until it is deleted", async () => {
    w = await world(sleepers);
    const [one] = await w.send({ name: "go", data: { n: 1 } });
    const [two] = await w.send({ name: "go", data: { n: 2 } });
    await w.clock.advance(MINUTE);
    const before = new Date(w.clock.now()).toISOString();
    await w.clock.advance(MINUTE);
    const [late] = await w.send({ name: "go", data: { n: 1 } });
    const response = await ask({ started_before: before, if: "event.data.n == 1" });
    expect(response.status).toBe(200);
    const { data } = (await response.json()) as { data: { id: string } };
    const states = await Promise.all([one, two, late].map(async (event) => (await w.runs(event))[0]?.status));
    expect(states).toEqual(["CANCELLED", "RUNNING", "RUNNING"]);
    expect((await read("/v1/cancellations")).data).toMatchObject([{ id: data.id, function_id: "app-f" }]);
    const remove = () => w.clock.busy(fetch(`${w.url}/v1/cancellations/${data.id}`, { method: "DELETE" }));
    expect((await remove()).status).toBe(200);
    expect((await remove()).status).toBe(404);
  });

  it.each([
    [{}, 400, /started_before is required/],
    [{ started_before: "2031-01-01T00:00:00Z" }, 400, /must be in the past/],
    [{ started_before: "2029-01-01T00:00:00Z", started_after: "2029-06-01T00:00:00Z" }, 400, /must be before/],
    [{ started_before: "2029-01-01T00:00:00Z", if: "event.data." }, 400, /invalid expression/],
    [{ started_before: "2029-01-01T00:00:00Z", function_id: "none" }, 404, /function not found/],
  ])("refuses %j with %i", async (body, status, message) => {
    w = await world(sleepers);
    const response = await ask(body);
    expect(response.status).toBe(status);
    expect((await response.json()).error).toMatch(message);
  });
});

it("invokes a function by its id, and refuses a body that is no event", async () => {
  w = await world((client) => [client.createFunction({ id: "f" }, ({ event }) => event.data)]);
  const response = await w.post("/invoke/app-f", { data: { a: 1 } });
  const { id, status } = (await response.json()) as { id: string; status: number };
  await w.clock.settle();
  expect(status).toBe(200);
  expect(await w.runs(id)).toMatchObject([{ status: "COMPLETED", output: { a: 1 } }]);
  expect((await w.post("/invoke/app-f", 1)).status).toBe(400);
});

it("answers /health", async () => {
  w = await world(() => []);
  expect(await (await w.get("/health")).json()).toEqual({ status: 200, message: "OK" });
});

it("keeps the code of an error in the run's output and in its events' result", async () => {
  let finished: Record<string, unknown> = {};
  w = await world((client) => [
    client.createFunction({ id: "f", triggers: { event: "go" }, retries: 0 }, () => {
      throw Object.assign(new Error("declined"), { code: "card_declined" });
    }),
    client.createFunction({ id: "listener", triggers: { event: "inngest/function.finished" } }, ({ event }) => {
      if (event.data.function_id === "app-f") finished = event.data;
    }),
  ]);
  const [event] = await w.send({ name: "go" });
  expect((await w.runs(event))[0]?.output?.error).toMatchObject({ message: "declined", code: "card_declined" });
  expect(finished).toMatchObject({ result: { code: "card_declined" }, error: { message: "declined" } });
});
