import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";

/** A Realtime that gives no answer, unless it refuses. */
const requests: IncomingMessage[] = [];
let refuses = false;
const server = createServer((request, response) => {
  requests.push(request);
  if (refuses) response.writeHead(503).end();
});
const topics = () => requests.map(({ url = "" }) => new URL(url, "http://x").searchParams.get("topic"));

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  vi.stubEnv("INNGEST_DEV", "1");
  vi.stubEnv("INNGEST_BASE_URL", `http://127.0.0.1:${port}`);
  vi.stubEnv("INNGEST_REALTIME", "1");
});
beforeEach(() => {
  // A failure of one test pauses no other.
  vi.resetModules();
  requests.length = 0;
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});
afterAll(() => {
  vi.unstubAllEnvs();
  server.closeAllConnections();
  server.close();
});

test("work does not wait for a Realtime that gives no answer", async () => {
  const { publishingChanges } = await import("@/lib/realtime");
  const work = () => publishingChanges(async () => "done", { topic: "jobs", id: "job_1", change: "job_ended" });
  expect(await work()).toBe("done");
  await vi.waitFor(() => expect(topics()).toEqual(["jobs"]));
  expect(await work()).toBe("done");
  // Work that waited would end only when the client had given up the request.
  expect(requests.some(({ destroyed, readableAborted }) => destroyed && readableAborted)).toBe(false);
});

test("a Realtime that refuses is left alone for five seconds", async () => {
  const { publishChange } = await import("@/lib/realtime");
  const { log } = await import("@/lib/log");
  const warn = vi.spyOn(log, "warn").mockImplementation(() => {});
  refuses = true;
  publishChange({ topic: "health" });
  await vi.waitFor(() => expect(warn).toHaveBeenCalled());
  publishChange({ topic: "imports" });
  vi.setSystemTime(Date.now() + 6_000);
  publishChange({ topic: "broadcasts" });
  await vi.waitFor(() => expect(topics()).toContain("broadcasts"));
  expect(topics()).not.toContain("imports");
});
