import { type AddressInfo, createServer } from "node:net";
import { afterAll, beforeAll, expect, test, vi } from "vitest";

/** Answers each request with a switch to another protocol, which no caller has requested, and leaves the connection open. */
const server = createServer((socket) => {
  socket.on("error", () => {});
  socket.once("data", () =>
    socket.write("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"),
  );
});
let url = "";
beforeAll(async () => {
  vi.stubEnv("ALLOW_PRIVATE_TARGETS", "1");
  vi.resetModules();
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
});
afterAll(() => {
  vi.unstubAllEnvs();
  server.close();
});

/** In ms, far below the limits of the requests: the end of the connection ends the request. */
const TEST_TIMEOUT_MS = 10_000;

test("a webhook endpoint that answers 101 fails the request", { timeout: TEST_TIMEOUT_MS }, async () => {
  const { sendOutgoingRequest } = await import("@/lib/http/outgoing-request");
  await expect(sendOutgoingRequest({ url, headers: {}, timeoutMs: 60_000 })).rejects.toThrow(
    "The connection ended without an answer.",
  );
});

test("a file's server that answers 101 is unavailable, so that the import retries", {
  timeout: TEST_TIMEOUT_MS,
}, async () => {
  const { openSource } = await import("@/lib/imports/open-source");
  await expect(openSource(url, 0, { etag: null, lastModified: null })).rejects.toMatchObject({
    code: "source_unavailable",
    retry: true,
  });
});
