import type { RequestListener } from "node:http";
import { afterEach, describe, expect, it, vi } from "vitest";
import { startEngine } from "../../dev/engine/index";
import { virtualClock } from "../../dev/shared/virtual-clock";
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
