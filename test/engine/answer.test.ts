import type { RequestListener } from "node:http";
import { afterEach, describe, expect, it } from "vitest";
import { type Raw, rawWorld, SDK } from "./raw";

const SECOND = 1000;
const MINUTE = 60 * SECOND;

let w: Raw | undefined;
afterEach(() => w?.close());

async function raw(listener: RequestListener, retries = 1) {
  w = await rawWorld(listener, { retries });
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

  it("fails the run, naming the op, when it asks for what the engine does not have", async () => {
    const w = await raw((_, response) => response.writeHead(206, SDK).end('[{"op":"Wish","id":"w"}]'));
    const event = await w.fire();
    expect(await w.run(event)).toMatchObject({
      status: "FAILED",
      output: { error: { message: "This engine does not support Wish." } },
    });
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
