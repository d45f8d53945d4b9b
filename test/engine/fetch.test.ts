import { createServer, type Server } from "node:http";
import { openai } from "inngest";
import { afterEach, beforeEach, expect, it } from "vitest";
import { type World, world } from "./harness";

let w: World;
let server: Server;
let origin: string;
let received: { method?: string; url?: string; header?: unknown; body: string; key?: unknown }[] = [];
/** How often the provider is overloaded before it answers. */
let overloaded = 0;

beforeEach(async () => {
  received = [];
  overloaded = 0;
  server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk) => {
      body += chunk;
    });
    request.on("end", () => {
      received.push({ method: request.method, url: request.url, header: request.headers["x-test"], body });
      const { authorization, "x-api-key": key } = request.headers;
      if (request.url?.startsWith("/ai")) {
        received = [
          ...received.slice(0, -1),
          { method: request.method, url: request.url, key: authorization ?? key, body },
        ];
        const [status, answer] = overloaded-- > 0 ? [529, { error: "overloaded" }] : [200, { choices: ["Hello"] }];
        response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(answer));
      } else if (request.url === "/breaks") request.socket.destroy();
      else response.writeHead(201, { "content-type": "application/json", "x-answer": "1" }).end('{"ok":true}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  origin = `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`;
});
afterEach(async () => {
  await w.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

it("step.fetch: the engine makes the request, once, and the function gets the response", async () => {
  w = await world((client) => [
    client.createFunction({ id: "f", triggers: { event: "go" } }, async ({ step }) => {
      const init = { method: "PUT", headers: { "x-test": "yes" }, body: '{"a":1}' };
      const response = await step.fetch(`${origin}/things`, init);
      await step.sleep("later", "1h");
      return { status: response.status, answer: response.headers.get("x-answer"), body: await response.json() };
    }),
  ]);
  const [event] = await w.send({ name: "go" });
  await w.clock.advance(3_600_000);
  expect((await w.runs(event))[0]).toMatchObject({
    status: "COMPLETED",
    output: { status: 201, answer: "1", body: { ok: true } },
  });
  expect(received).toEqual([{ method: "PUT", url: "/things", header: "yes", body: '{"a":1}' }]);
});

it("step.fetch: a request that fails is made again, and the function gets the error when the attempts are used up", async () => {
  w = await world((client) => [
    client.createFunction({ id: "f", triggers: { event: "go" }, retries: 2 }, async ({ step }) => {
      try {
        await step.fetch(`${origin}/breaks`);
        return "no error";
      } catch (error) {
        return error instanceof Error ? error.message : "";
      }
    }),
  ]);
  const [event] = await w.send({ name: "go" });
  expect(received).toHaveLength(1);
  await w.clock.advance(3_600_000);
  expect(received).toHaveLength(3);
  expect((await w.runs(event))[0]).toMatchObject({
    status: "COMPLETED",
    output: { data: expect.stringContaining("Error making gateway request") },
  });
});

it("step.fetch in parallel with another step: both results arrive", async () => {
  w = await world((client) => [
    client.createFunction({ id: "f", triggers: { event: "go" } }, async ({ step }) => {
      const [response, other] = await Promise.all([step.fetch(`${origin}/one`), step.run("other", () => 2)]);
      return [response.status, other];
    }),
  ]);
  const [event] = await w.send({ name: "go" });
  expect((await w.runs(event))[0]).toMatchObject({ status: "COMPLETED", output: { data: [201, 2] } });
  expect(received).toHaveLength(1);
});

it.each([
  ["openai-chat", "/ai", "Bearer sk_1"],
  ["anthropic", "/ai", "sk_1"],
  ["bedrock", "/ai", "sk_1"],
  ["gemini", "/ai?key=sk_1", undefined],
] as const)(
  "step.ai.infer: the engine asks the provider (%s), and the function gets its answer",
  async (format, url, key) => {
    w = await world((client) => [
      client.createFunction({ id: "f", triggers: { event: "go" } }, async ({ step }) => {
        const model = { ...openai({ model: "gpt-4o", apiKey: "sk_1" }), url: `${origin}/ai`, authKey: "sk_1" };
        const body = { messages: [{ role: "user" as const, content: "Hi" }] };
        return step.ai.infer("ask", { model: Object.assign(model, { format, onCall: undefined }), body });
      }),
    ]);
    const [event] = await w.send({ name: "go" });
    await w.clock.advance(60_000);
    expect((await w.runs(event))[0]).toMatchObject({ status: "COMPLETED", output: { choices: ["Hello"] } });
    expect(received).toEqual([{ method: "POST", url, key, body: '{"messages":[{"role":"user","content":"Hi"}]}' }]);
  },
);

it("step.ai.infer: an error status is tried again, and the function gets the error when the attempts are used up", async () => {
  overloaded = 3;
  w = await world((client) => [
    client.createFunction({ id: "f", triggers: { event: "go" }, retries: 1 }, async ({ step }) => {
      const model = Object.assign(openai({ model: "gpt-4o", apiKey: "sk_1" }), { url: `${origin}/ai` });
      const ask = (id: string) => step.ai.infer(id, { model, body: { messages: [] } });
      const first = await ask("first").catch((error: Error) => error.message);
      return { first, second: await ask("second") };
    }),
  ]);
  const [event] = await w.send({ name: "go" });
  await w.clock.advance(3_600_000);
  expect((await w.runs(event))[0]).toMatchObject({
    status: "COMPLETED",
    output: { first: "Error making AI request: unsuccessful status code: 529", second: { choices: ["Hello"] } },
  });
  expect(received).toHaveLength(4);
});
