import { request } from "node:http";
import { expect, onTestFinished, test } from "vitest";
import { startEngine } from "@/dev/engine";
import { startMailbox } from "@/dev/mailbox";
import { isFreeDevServer } from "@/dev/services";
import { startStripe } from "@/dev/stripe";
import { jsonServer } from "./harness";

/** What a web page of another site can send to a service on the developer's machine. */
const SERVICES = { engine: startEngine, stripe: startStripe, mailbox: startMailbox };
const CHANGES = {
  engine: ["/e/key", '{"name":"order/created","data":{}}'],
  stripe: ["/faults", '{"kind":"error"}'],
  mailbox: ["/faults", '{"kind":"error"}'],
} as const;

/** `fetch` cannot set Host and Origin. */
function send(port: number, method: string, path: string, headers: Record<string, string>, body = ""): Promise<number> {
  return new Promise((resolve, reject) => {
    const options = { host: "127.0.0.1", port, method, path, headers };
    request(options, (response) => resolve(response.resume().statusCode ?? 0))
      .on("error", reject)
      .end(body);
  });
}

test.each(Object.entries(SERVICES))("%s refuses what a page of another site sends", async (name, start) => {
  const server = await start();
  onTestFinished(() => server.close());
  const { port } = server;
  const [path, body] = CHANGES[name as keyof typeof CHANGES];
  const change = (headers: Record<string, string>) =>
    send(port, "POST", path, { "content-type": "text/plain", ...headers }, body);
  const own = `127.0.0.1:${port}`;

  expect(await send(port, "GET", "/", { host: "shop.evil.example" })).toBe(403);
  expect(await send(port, "GET", "/", { host: `127.0.0.1.evil.example:${port}` })).toBe(403);
  expect(await change({ host: "shop.evil.example", origin: "http://shop.evil.example" })).toBe(403);
  expect(await change({ host: own, origin: "https://evil.example" })).toBe(403);
  expect(await change({ host: own, origin: "null" })).toBe(403);
  expect(await change({ host: own, origin: `http://127.0.0.1:${port + 1}` })).toBe(403);
  expect(await change({ host: own, "sec-fetch-site": "cross-site" })).toBe(403);

  for (const host of [own, `localhost:${port}`, `[::1]:${port}`])
    expect(await send(port, "GET", "/", { host })).toBeLessThan(400);
  expect(await change({ host: own })).toBeLessThan(300);
  expect(await change({ host: own, origin: `http://${own}`, "sec-fetch-site": "same-origin" })).toBeLessThan(300);
});

const APP = "http://127.0.0.1:3000";
const step = (app: string) => ({
  id: "x",
  steps: [{ uri: `${app}/api/inngest?fnId=steadfast-process-order&stepId=step` }],
});
const devServer = { version: "1.45.1", startOpts: { dev: true }, handlers: [] };

test.each<[string, boolean, unknown]>([
  ["a Dev Server without apps", true, { ...devServer, functions: [] }],
  ["a Dev Server that runs this app", true, { ...devServer, functions: [step(APP)] }],
  ["a Dev Server that runs another clone", false, { ...devServer, functions: [step("http://127.0.0.1:4000")] }],
  ["something else", false, { hello: "world" }],
])("%s: taken over: %s", async (_, expected, info) => {
  const { url } = await jsonServer(info);
  expect(await isFreeDevServer(url, APP)).toBe(expected);
});

test("the engine of another clone is not a Dev Server, and refuses functions of another app", async () => {
  const engine = await startEngine({ owner: APP });
  onTestFinished(() => engine.close());
  expect(await isFreeDevServer(engine.url, APP)).toBe(false);
  const register = async (app: string) => {
    const url = `${app}/api/inngest?fnId=steadfast-f&stepId=step`;
    const steps = { step: { id: "step", name: "step", runtime: { type: "http", url } } };
    const functions = [{ id: "steadfast-f", name: "f", triggers: [{ event: "a/b" }], steps }];
    const response = await fetch(`${engine.url}/fn/register`, {
      method: "POST",
      body: JSON.stringify({ appName: "steadfast", functions }),
    });
    return [response.status, JSON.stringify(await response.json())] as const;
  };
  expect((await register("http://localhost:3000"))[0]).toBe(200);
  const [status, body] = await register("http://127.0.0.1:4000");
  expect(status).toBe(400);
  expect(body).toContain(APP);
});
