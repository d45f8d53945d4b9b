import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { apiFetch } from "@/lib/api-fetch";

let server: Server;

async function serve(listener: RequestListener): Promise<string> {
  server = createServer(listener);
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

afterEach(() => {
  server.closeAllConnections();
  server.close();
});

test("a request arrives with its method, headers and body, and the answer is whole", async () => {
  const url = await serve(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const { method, headers } = request;
    response.writeHead(201, "Made", { "content-type": "application/json", "set-cookie": ["a=1", "b=2"] });
    response.end(
      JSON.stringify({ method, key: headers["x-key"], length: headers["content-length"], body: `${chunks}` }),
    );
  });

  for (const body of ["größer", Buffer.from("größer")])
    for (const headers of [{ "x-key": "k" }, new Headers({ "x-key": "k" }), [["x-key", "k"] as [string, string]]]) {
      const response = await apiFetch(new URL(url), { method: "POST", headers, body });
      expect(response).toMatchObject({ ok: true, status: 201, statusText: "Made" });
      expect(response.headers.getSetCookie()).toEqual(["a=1", "b=2"]);
      expect(await response.json()).toEqual({ method: "POST", key: "k", length: "8", body: "größer" });
    }
});

test.for([204, 304])("an answer without a body: %i", async (status) => {
  const url = await serve((_request, response) => void response.writeHead(status).end());
  const response = await apiFetch(url);
  expect(response.status).toBe(status);
  expect(await response.text()).toBe("");
});

test("a redirect and an error are returned", async () => {
  const url = await serve((_request, response) => void response.writeHead(302, { location: "/other" }).end("moved"));
  expect(await apiFetch(url)).toMatchObject({ status: 302, ok: false });
});

test("no answer is a TypeError with its cause: nothing listens, or the connection ends before the answer or within it", async () => {
  const url = await serve(() => {});
  server.close();
  await expect(apiFetch(url)).rejects.toMatchObject({
    name: "TypeError",
    message: "fetch failed",
    cause: { code: "ECONNREFUSED" },
  });
  const early = await serve((request) => void request.socket.destroy());
  await expect(apiFetch(early)).rejects.toMatchObject({ message: "fetch failed", cause: { code: "ECONNRESET" } });
  server.close();
  const late = await serve((request, response) => {
    response.writeHead(200, { "content-length": 10 }).write("half", () => request.socket.destroy());
  });
  await expect(apiFetch(late)).rejects.toMatchObject({ message: "fetch failed", cause: { code: "ECONNRESET" } });
});

test("a connection that the server has closed meanwhile is replaced, once", async () => {
  let requests = 0;
  const seen = new WeakSet<object>();
  const url = await serve((request, response) => {
    requests++;
    if (seen.has(request.socket)) return void request.socket.destroy();
    seen.add(request.socket);
    response.end(String(requests));
  });
  expect(await (await apiFetch(url, { method: "POST", body: "a" })).text()).toBe("1");
  expect(await (await apiFetch(url, { method: "POST", body: "b" })).text()).toBe("3");
});

test("a status that does not exist is a TypeError", async () => {
  const url = await serve((_request, response) => void response.writeHead(999).end());
  await expect(apiFetch(url)).rejects.toMatchObject({ message: "fetch failed", cause: { name: "RangeError" } });
});

test("an aborted signal ends the call with its reason, before and during it", async () => {
  const reason = new Error("too late");
  const controller = new AbortController();
  const url = await serve(() => controller.abort(reason));
  await expect(apiFetch(url, { signal: controller.signal })).rejects.toBe(reason);
  await expect(apiFetch(url, { signal: controller.signal })).rejects.toBe(reason);
});

test("a stream as the body is refused", async () => {
  const url = await serve((_request, response) => void response.end());
  const body = new Blob(["x"]).stream();
  await expect(apiFetch(url, { method: "POST", body })).rejects.toThrow("The body must be a text or bytes.");
});
