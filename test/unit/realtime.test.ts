import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, expect, test, vi } from "vitest";

const requests: IncomingMessage[] = [];
/** Accepts every request, and answers none. */
const server = createServer((request) => void requests.push(request));
afterAll(() => {
  vi.unstubAllEnvs();
  server.closeAllConnections();
  server.close();
});

test("work does not wait for a Realtime that gives no answer", async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  vi.stubEnv("INNGEST_DEV", "1");
  vi.stubEnv("INNGEST_BASE_URL", `http://127.0.0.1:${port}`);
  vi.stubEnv("INNGEST_REALTIME", "1");
  const { publishingChanges } = await import("@/lib/realtime");
  const work = () => publishingChanges(async () => "done", { topic: "jobs", id: "job_1", change: "job_ended" });
  expect(await work()).toBe("done");
  await vi.waitFor(() => expect(requests).toHaveLength(1));
  expect(await work()).toBe("done");
  // Work that waited would end only when the client had given up the request.
  expect(requests.some(({ destroyed, readableAborted }) => destroyed && readableAborted)).toBe(false);
});
