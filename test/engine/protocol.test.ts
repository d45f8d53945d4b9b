import type { RequestListener } from "node:http";
import { afterEach, describe, expect, it, vi } from "vitest";
import { virtualClock } from "../../dev/engine/clock";
import { startEngine } from "../../dev/engine/index";
import { type World, world } from "./harness";
import { rawWorld, SDK } from "./raw";

const SECOND = 1000;
const MINUTE = 60 * SECOND;

let cleanup: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of cleanup.reverse()) await close();
  cleanup = [];
  vi.useRealTimers();
});

async function raw(listener: RequestListener, retries = 1) {
  const w = await rawWorld(listener, { retries });
  cleanup.push(w.close);
  return w;
}

async function sdkWorld(...args: Parameters<typeof world>): Promise<World> {
  const w = await world(...args);
  cleanup.push(w.close);
  return w;
}

describe("an app that does not answer properly", () => {
  it("fails an attempt when the connection breaks amid a call", async () => {
    let calls = 0;
    const w = await raw((request) => {
      calls += 1;
      request.socket.destroy();
    });
    const event = await w.fire();
    expect(calls).toBe(1);
    await w.clock.advance(MINUTE);
    expect(calls).toBe(2);
    expect(await w.run(event)).toMatchObject({ status: "FAILED" });
  });

  it("uses up no attempt while nothing listens at its address", async () => {
    const w = await raw(() => {}, 0);
    await w.stop();
    const event = await w.fire();
    await w.clock.advance(10 * MINUTE);
    expect(await w.run(event)).toMatchObject({ status: "RUNNING" });
  });

  it("fails an attempt when a proxy answers in its place, also with 200", async () => {
    const w = await raw((_, response) => response.writeHead(200).end("<h1>hello</h1>"));
    const event = await w.fire();
    await w.clock.advance(MINUTE);
    const run = await w.run(event);
    expect(run?.status).toBe("FAILED");
    expect(run?.output?.error?.message).toMatch(/did not come from an Inngest SDK/);
  });

  it("waits as long as a Retry-After header says, counted from the present second", async () => {
    const at: number[] = [];
    const w = await raw((_, response) => {
      at.push(w.clock.now());
      response.writeHead(503, { "retry-after": "300" }).end();
    });
    await w.clock.advance(700);
    await w.fire();
    await w.clock.advance(10 * MINUTE);
    expect((at[1] ?? 0) - (at[0] ?? 0)).toBe(300 * SECOND - 700);
  });

  it("makes the call again after a 4xx that does not say it is final", async () => {
    let calls = 0;
    const w = await raw((_, response) => {
      calls += 1;
      response.writeHead(401, SDK).end('{"message":"Unauthorized"}');
    });
    const event = await w.fire();
    await w.clock.advance(MINUTE);
    expect(calls).toBe(2);
    expect(await w.run(event)).toMatchObject({ status: "FAILED", output: { error: { message: "Unauthorized" } } });
  });

  it("fails an attempt when the list of ops is empty", async () => {
    const w = await raw((_, response) => response.writeHead(206, SDK).end("[]"));
    const event = await w.fire();
    await w.clock.advance(MINUTE);
    expect((await w.run(event))?.status).toBe("FAILED");
  });

  it("takes null for a result, and not for the text", async () => {
    const w = await raw((_, response) => response.writeHead(200, SDK).end("null"));
    expect(await w.run(await w.fire())).toMatchObject({ status: "COMPLETED", output: { data: null } });
  });

  it("fails the run at once on x-inngest-no-retry", async () => {
    let calls = 0;
    const w = await raw((_, response) => {
      calls += 1;
      response.writeHead(400, { ...SDK, "x-inngest-no-retry": "true" }).end('{"name":"E","message":"final"}');
    });
    const event = await w.fire();
    await w.clock.advance(MINUTE);
    expect(calls).toBe(1);
    expect((await w.run(event))?.output?.error?.message).toBe("final");
  });

  it.each(["StepRun", "RunComplete"])("fails an attempt when the output of %s is above 4 MiB", async (op) => {
    let calls = 0;
    const w = await raw((_, response) => {
      calls += 1;
      response.writeHead(206, SDK).end(JSON.stringify([{ op, id: "a", data: "x".repeat(4 * 1024 * 1024) }]));
    });
    const event = await w.fire();
    await w.clock.advance(MINUTE);
    expect(calls).toBe(2);
    expect((await w.run(event))?.output?.error?.message).toMatch(/greater than the limit/);
  });
});

describe("a call", () => {
  it("carries what the SDK needs: ids, attempt, events, steps and the stack", async () => {
    const bodies: { ctx: Record<string, unknown>; steps: unknown; version: number }[] = [];
    const headers: unknown[] = [];
    const w = await raw((request, response) => {
      let text = "";
      request.on("data", (chunk) => {
        text += chunk;
      });
      request.on("end", () => {
        bodies.push(JSON.parse(text));
        headers.push(request.headers["x-run-id"]);
        const op = { op: "StepRun", id: "aaa", displayName: "a", data: { n: 1 } };
        const done = { op: "RunComplete", id: "complete", data: 1 };
        response.writeHead(206, SDK).end(JSON.stringify([bodies.length === 1 ? op : done]));
      });
    });
    const event = await w.fire();
    const run = await w.run(event);
    expect(run?.status).toBe("COMPLETED");
    expect(headers).toEqual([run?.id, run?.id]);
    expect(bodies[0]).toMatchObject({
      version: -1,
      event: { name: "go" },
      events: [{ name: "go", data: {}, ts: w.clock.now() }],
      steps: {},
      ctx: {
        run_id: run?.id,
        fn_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        qi_id: expect.any(String),
        attempt: 0,
        max_attempts: 2,
        disable_immediate_execution: false,
        stack: { stack: [], current: 0 },
      },
    });
    expect(bodies[1]).toMatchObject({
      version: 2,
      steps: { aaa: { data: { n: 1 } } },
      ctx: { stack: { stack: ["aaa"], current: 1 } },
    });
  });

  it("carries a sleep's null and an awaited event as they are, and what a step gave or threw in a wrapper", async () => {
    const ops: object[] = [
      { op: "Sleep", id: "s", name: "1s" },
      { op: "WaitForEvent", id: "w", opts: { event: "answer", timeout: "1d" } },
      { op: "WaitForEvent", id: "t", opts: { event: "other", timeout: "1s" } },
      { op: "StepFailed", id: "e", error: { name: "Error", message: "no", stack: "" } },
      { op: "RunComplete", id: "c", data: 1 },
    ];
    let steps: unknown;
    const w = await raw(async (request, response) => {
      let text = "";
      for await (const chunk of request) text += chunk;
      steps = JSON.parse(text).steps;
      response.writeHead(206, SDK).end(JSON.stringify([ops.shift()]));
    });
    await w.fire();
    await w.clock.advance(SECOND);
    await w.post("/e/test", { name: "answer", data: { n: 1 } });
    await w.clock.advance(SECOND);
    expect(steps).toEqual({
      s: null,
      w: { id: expect.any(String), name: "answer", data: { n: 1 }, ts: expect.any(Number), user: {} },
      t: null,
      e: { error: { name: "Error", message: "no", stack: "" } },
    });
  });

  it("is planned again only once, however often a step is reported", async () => {
    let planned = 0;
    const w = await raw((request, response) => {
      const step = new URL(request.url ?? "", "http://x").searchParams.get("stepId");
      if (step !== "step") planned += 1;
      const plans = ["a", "b"].map((id) => ({ op: "StepPlanned", id }));
      const ops =
        step === "step"
          ? planned === 0
            ? [...plans, ...plans]
            : [{ op: "RunComplete", id: "c", data: 1 }]
          : [{ op: "StepRun", id: step, data: 1 }];
      response.writeHead(206, SDK).end(JSON.stringify(ops));
    });
    const event = await w.fire();
    expect(planned).toBe(2);
    expect((await w.run(event))?.status).toBe("COMPLETED");
  });
});

describe("a checkpoint", () => {
  const checkpoint = { steps: [{ op: "StepRun", id: "a", data: 1 }] };

  it("is refused with 400 for a run that is unknown or has ended", async () => {
    const w = await raw((_, response) => response.writeHead(200, SDK).end("1"));
    const event = await w.fire();
    const run = await w.run(event);
    expect((await w.post("/v1/checkpoint/01ARZ3NDEKTSV4RRFFQ69G5FAV/async", checkpoint)).status).toBe(400);
    expect((await w.post(`/v1/checkpoint/${run?.id}/async`, { ...checkpoint, qi_id: `${run?.id}.start` })).status).toBe(
      400,
    );
  });

  it("is refused with 409 when the call it comes from was given up", async () => {
    let release: (() => void) | undefined;
    const w = await raw((_, response) => {
      release = () => response.writeHead(200, SDK).end("1");
    });
    const { ids } = await (await w.post("/e/test", { name: "go" })).json();
    const settled = w.clock.settle();
    while (!release) await new Promise((resolve) => setImmediate(resolve));
    const response = await fetch(`${w.engine.url}/api/v2/events/${ids[0]}/runs`);
    const run = (await response.json()).data[0].id;
    const send = (body: object) =>
      fetch(`${w.engine.url}/v1/checkpoint/${run}/async`, {
        method: "POST",
        body: JSON.stringify({ ...checkpoint, ...body }),
      });
    expect((await send({ qi_id: "other" })).status).toBe(409);
    expect((await send({ qi_id: `${run}.start`, generation_id: 7 })).status).toBe(409);
    expect((await send({ qi_id: `${run}.start`, generation_id: 1 })).status).toBe(200);
    release();
    await settled;
  });
});

it("a checkpoint gives the call under way all its attempts again", async () => {
  const attempts: number[] = [];
  const w = await raw(async (request, response) => {
    let text = "";
    for await (const chunk of request) text += chunk;
    const { attempt, run_id, qi_id, generation_id } = JSON.parse(text).ctx;
    attempts.push(attempt);
    if (attempts.length === 2) {
      const body = { qi_id, generation_id, steps: [{ op: "StepRun", id: "a", data: 1 }] };
      await w.post(`/v1/checkpoint/${run_id}/async`, body);
    }
    if (attempts.length < 3) response.writeHead(500, SDK).end("{}");
    else response.writeHead(206, SDK).end(JSON.stringify([{ op: "RunComplete", id: "c", data: 1 }]));
  }, 1);
  const event = await w.fire();
  await w.clock.advance(10 * MINUTE);
  expect(attempts).toEqual([0, 1, 1]);
  expect((await w.run(event))?.status).toBe("COMPLETED");
});

describe("with a signing key", () => {
  const signingKey = "signkey-test-0123456789abcdef0123456789abcdef";

  it("the engine signs its calls, the SDK answers in cloud mode, and both are believed", async () => {
    const w = await sdkWorld(
      (client) => [
        client.createFunction({ id: "f", triggers: { event: "go" } }, async ({ step }) => {
          await step.run("a", () => ({ z: 1, a: "é" }));
          await step.sleep("nap", "1h");
          return step.run("b", () => "ok");
        }),
      ],
      { signingKey },
    );
    // The SDK refuses signatures of more than five minutes ago by its own Date.
    vi.useFakeTimers({ toFake: ["Date"], now: w.clock.now() });
    w.clock.onChange((now) => vi.setSystemTime(now));
    const response = await w.post("/e/test", { name: "go", data: { z: 1, a: 2 } });
    const { ids } = await response.json();
    await w.clock.advance(2 * 60 * MINUTE);
    expect(w.calls()).toBe(2);
    expect((await w.get(`/api/v2/events/${ids[0]}/runs`)).status).toBe(401);
    const page = await (await w.get("/")).text();
    expect(page).toContain("completed");
  });

  it("refuses registrations and checkpoints that do not carry it", async () => {
    const engine = await startEngine({ clock: virtualClock(), signingKey });
    cleanup.push(engine.close);
    const post = (path: string) => fetch(engine.url + path, { method: "POST", body: "{}" });
    expect((await post("/fn/register")).status).toBe(401);
    expect((await post("/v1/checkpoint/01ARZ3NDEKTSV4RRFFQ69G5FAV/async")).status).toBe(401);
  });
});

describe("the read API", () => {
  it("shows an event's runs and a run as the server's second API does", async () => {
    const w = await sdkWorld((client) => [
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
    const w = await sdkWorld((client) => [
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
    const w = await sdkWorld((client) => [client.createFunction({ id: "f" }, () => 1)]);
    expect((await w.get("/api/v2/events/order-1/runs")).status).toBe(400);
    expect((await w.get("/api/v2/runs/nonsense")).status).toBe(400);
    expect(await (await w.get("/api/v2/runs/01ARZ3NDEKTSV4RRFFQ69G5FAV")).json()).toEqual({
      errors: [{ code: "not_found", message: "Run not found" }],
    });
  });

  it("cancels a run once and reruns it", async () => {
    const w = await sdkWorld((client) => [
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
    const w = await sdkWorld((client) => [client.createFunction({ id: "f" }, () => 1)]);
    expect(await (await w.get("/dev")).json()).toMatchObject({ functions: [{ slug: "app-f" }] });
  });
});
