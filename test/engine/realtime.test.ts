import { channel, staticSchema } from "inngest/realtime";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { WebSocket } from "ws";
import { type World, world } from "./harness";

/** A busy machine can do nothing for more than the second that vitest waits. */
const WAIT = { timeout: 30_000 };

const order = channel({
  name: (id: string) => `order:${id}`,
  topics: {
    status: { schema: staticSchema<{ state: string }>() },
    other: { schema: staticSchema<{ state: string }>() },
  },
});

let cleanup: (() => unknown)[] = [];
// Node 20 has no WebSocket of its own, which the SDK's subscriptions need.
beforeAll(() => void vi.stubGlobal("WebSocket", WebSocket));
afterEach(async () => {
  for (const close of cleanup.reverse()) await close();
  cleanup = [];
});

async function realtimeWorld(...args: Partial<Parameters<typeof world>>): Promise<World> {
  const w = await world(args[0] ?? (() => []), args[1]);
  cleanup.push(w.close);
  return w;
}

/** Subscribes with the SDK. Returns the messages, as they arrive. */
async function subscribe(w: World, id: string, topics: ("status" | "other")[] = ["status"]) {
  const messages: { topic?: string; data: unknown; runId?: string }[] = [];
  const { close } = await w.client.realtime.subscribe({
    channel: order(id),
    topics,
    onMessage: ({ topic, data, runId }) => void messages.push({ topic, data, runId }),
  });
  cleanup.push(() => close());
  return messages;
}

const connectUrl = (w: World, token: string) => `${w.url.replace("http", "ws")}/v1/realtime/connect?token=${token}`;

/** Opens a socket with `token`: its messages, or the status of the refusal. */
async function connect(w: World, token: string): Promise<{ socket: WebSocket; messages: unknown[] } | number> {
  const socket = new WebSocket(connectUrl(w, token));
  const messages: unknown[] = [];
  socket.on("message", (data) => void messages.push(JSON.parse(String(data))));
  return new Promise((resolve) => {
    socket.on("open", () => {
      cleanup.push(() => socket.terminate());
      resolve({ socket, messages });
    });
    socket.on("unexpected-response", (_, response) => resolve(response.statusCode ?? 0));
  });
}

async function tokenOf(w: World, id: string, topic = "status"): Promise<string> {
  const response = await w.post("/v1/realtime/token", [{ channel: `order:${id}`, name: topic, kind: "run" }]);
  expect(response.status).toBe(201);
  return ((await response.json()) as { jwt: string }).jwt;
}

describe("realtime", () => {
  it("delivers what a function publishes, durably once and immediately, with the run's id, to the topics of the token", async () => {
    const w = await realtimeWorld((client) => [
      client.createFunction({ id: "f", triggers: { event: "go" } }, async ({ step }) => {
        await step.realtime.publish("tell", order("1").status, { state: "paid" });
        await client.realtime.publish(order("1").status, { state: "seen" });
        await client.realtime.publish(order("1").other, { state: "elsewhere" });
        await client.realtime.publish(order("2").status, { state: "another order" });
        await step.sleep("pause", "1m");
      }),
    ]);
    const messages = await subscribe(w, "1");
    const [event] = await w.send({ name: "go" });
    await w.clock.advance(60_000);
    const [run] = await w.runs(event);
    expect(run?.status).toBe("COMPLETED");
    await vi.waitFor(() => expect(messages.length).toBeGreaterThanOrEqual(3), WAIT);
    // What is published outside a step is repeated by each call.
    expect(messages.map(({ data }) => data)).toEqual([{ state: "paid" }, { state: "seen" }, { state: "seen" }]);
    expect(messages.map(({ runId }) => runId)).toEqual([run?.id, run?.id, run?.id]);
  });

  it("refuses a socket without a token, with an expired one and with a changed one", async () => {
    const w = await realtimeWorld();
    const token = await tokenOf(w, "1");
    const [header, payload, signature] = token.split(".");
    const claims = JSON.parse(Buffer.from(payload ?? "", "base64url").toString());
    claims.topics[0].channel = "order:2";
    const forged = `${header}.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.${signature}`;
    expect(await connect(w, "")).toBe(401);
    expect(await connect(w, forged)).toBe(401);
    expect(await connect(w, token)).toMatchObject({ messages: [] });
    await w.clock.advance(60_000);
    expect(await connect(w, token)).toBe(401);
  });

  it("adds topics by a token that the socket sends, and leaves topics by name", async () => {
    const w = await realtimeWorld();
    const open = await connect(w, await tokenOf(w, "1"));
    if (typeof open === "number") return expect.fail();
    const publish = (id: string) => w.post(`/v1/realtime/publish?channel=order:${id}&topic=status`, { id });
    const { socket, messages } = open;
    socket.send(JSON.stringify({ kind: "sub", data: await tokenOf(w, "2") }));
    await vi.waitFor(async () => {
      await publish("2");
      expect(messages).toContainEqual(expect.objectContaining({ channel: "order:2", data: { id: "2" } }));
    }, WAIT);
    socket.send(JSON.stringify({ kind: "unsub", data: [{ kind: "run", channel: "order:2", name: "status" }] }));
    await vi.waitFor(async () => {
      const before = messages.length;
      await publish("2");
      await publish("1");
      await vi.waitFor(() => expect(messages.at(-1)).toMatchObject({ channel: "order:1" }), WAIT);
      expect(messages.length).toBe(before + 1);
    }, WAIT);
  });

  it("sends messages as the server does: JSON, text, a stream in chunks, and 512 KiB at most", async () => {
    const w = await realtimeWorld();
    const open = await connect(w, await tokenOf(w, "1"));
    if (typeof open === "number") return expect.fail();
    const url = `${w.url}/v1/realtime/publish?channel=order:1&topic=status&run_id=01KB5N0000000000000000000A`;
    const publish = (body: string, type = "application/json") =>
      w.clock.busy(fetch(url, { method: "POST", headers: { "content-type": type }, body }));
    expect((await publish('{"a":1}')).status).toBe(200);
    await publish("not JSON");
    await publish(JSON.stringify("x".repeat(600 * 1024)));
    await publish("y".repeat(1500), "text/stream");
    await vi.waitFor(() => expect(open.messages).toHaveLength(7), WAIT);
    const common = { channel: "order:1", topic: "status", run_id: "01KB5N0000000000000000000A" };
    const created = { created_at: new Date(w.clock.now()).toISOString() };
    const [data, text, cut, start, first, second, end] = open.messages as { data: string }[];
    expect(data).toEqual({ ...common, ...created, kind: "data", data: { a: 1 }, env_id: expect.any(String) });
    expect(text).toMatchObject({ kind: "data", data: "not JSON" });
    expect(cut?.data).toHaveLength(512 * 1024);
    const stream_id = start?.data;
    expect(start).toMatchObject({ ...common, kind: "datastream-start" });
    expect(first).toEqual({ kind: "chunk", stream_id, data: "y".repeat(1024) });
    expect(second).toEqual({ kind: "chunk", stream_id, data: "y".repeat(476) });
    expect(end).toMatchObject({ ...common, kind: "datastream-end", data: stream_id });
  });

  it("delivers a stream of the SDK as it comes, and ends it when its sender breaks off", async () => {
    const w = await realtimeWorld();
    const open = await connect(w, await tokenOf(w, "1"));
    if (typeof open === "number") return expect.fail();
    const kinds = () => open.messages.map((message) => (message as { data: unknown; kind: string }).kind);
    const { readable, writable } = new TransformStream();
    const writer = writable.getWriter();
    const sent = w.client.realtime.publish(order("1").status, readable as never).catch(() => "broken");
    for (const text of ["a", "b"]) {
      await writer.write(Buffer.from(text));
      await vi.waitFor(() => expect(open.messages.at(-1)).toMatchObject({ kind: "chunk", data: text }), WAIT);
    }
    await writer.abort();
    expect(await sent).toBe("broken");
    await vi.waitFor(() => expect(kinds()).toEqual(["datastream-start", "chunk", "chunk", "datastream-end"]), WAIT);
  });

  it("refuses a socket with the token of another engine, and adds no channel by one that is foreign or expired", async () => {
    const [w, other] = [await realtimeWorld(), await realtimeWorld()];
    const [first, foreign, expired] = [await tokenOf(w, "1"), await tokenOf(other, "2"), await tokenOf(w, "2")];
    expect(await connect(w, foreign)).toBe(401);
    await w.clock.advance(60_000);
    const open = await connect(w, await tokenOf(w, "1"));
    if (typeof open === "number") return expect.fail();
    for (const token of [foreign, expired, first]) open.socket.send(JSON.stringify({ kind: "sub", data: token }));
    open.socket.send(JSON.stringify({ kind: "sub", data: await tokenOf(w, "3") }));
    const publish = (id: string) => w.post(`/v1/realtime/publish?channel=order:${id}&topic=status`, { id });
    await vi.waitFor(async () => {
      await publish("2");
      await publish("3"); // arrives when the socket has read all tokens
      expect(open.messages).toContainEqual(expect.objectContaining({ channel: "order:3" }));
    }, WAIT);
    expect(open.messages).not.toContainEqual(expect.objectContaining({ channel: "order:2" }));
  });

  it("requires the signing key for tokens and messages, and a subscription token is no key", async () => {
    const key = "signkey-test-12345678";
    const w = await realtimeWorld(() => [], { signingKey: key });
    const messages = await subscribe(w, "1");
    await w.client.realtime.publish(order("1").status, { state: "signed" });
    await vi.waitFor(() => expect(messages).toMatchObject([{ data: { state: "signed" } }]), WAIT);
    expect((await w.post("/v1/realtime/publish?channel=order:1&topic=status", {})).status).toBe(401);
    expect((await w.post("/v1/realtime/token", [])).status).toBe(401);
    const { key: token } = await w.client.realtime.token({ channel: order("1"), topics: ["status"] });
    const headers = { authorization: `Bearer ${token}` };
    expect((await w.post("/v1/realtime/publish?channel=order:1&topic=status", {}, headers)).status).toBe(401);
    expect((await w.post("/v1/realtime/token", [], headers)).status).toBe(401);
  });

  it("names the problem of a body that is no list of topics", async () => {
    const w = await realtimeWorld();
    const response = await w.post("/v1/realtime/token", { channel: "order:1" });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: "Invalid request: must provide a list of topics" });
  });
});
