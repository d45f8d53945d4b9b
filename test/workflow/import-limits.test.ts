import { afterEach, beforeAll, expect, test } from "vitest";
import { openFileServer } from "./file-server";
import { importer, productFile } from "./importer";
import { audit, openShop } from "./shop";

/** Short limits of real time, for files that take longer than any limit. */
const shop = openShop({ env: { IMPORT_STEP_MS: "300", IMPORT_SILENCE_MS: "300", IMPORT_LIMIT_MS: "1500" } });
const files = openFileServer();
afterEach(audit);

let desk: Awaited<ReturnType<typeof importer>>;
beforeAll(async () => {
  desk = await importer(shop);
});

test("an endless file: after its time limit the import waits in the manual queue with the cause, and can be resumed", async () => {
  const { text } = productFile(50);
  let complete = false;
  const url = files.at((request, response) => {
    const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? "")?.[1] ?? 0);
    const total = complete ? text.length : 1_000_000;
    response.writeHead(from > 0 ? 206 : 200, {
      etag: '"drip"',
      ...(from > 0 && { "content-range": `bytes ${from}-${total - 1}/*` }),
    });
    if (complete) return response.end(text.slice(from));
    let at = from;
    const timer = setInterval(() => response.write(text.slice(at, ++at)), 20);
    response.on("close", () => clearInterval(timer));
  });
  const waiting = await desk.take(url, "products");
  expect(waiting).toMatchObject({ status: "manual", problem: { code: "over_time" } });
  const task = await desk.task(waiting.id);
  expect(task.cause).toMatchObject({ code: "over_time", phase: "fetching" });
  expect(task.cause.fetched).toBeGreaterThan(0);
  complete = true;
  await desk.manager.read(desk.manager.post(`/api/admin/manual-queue/${task.id}/resolve`, { action: "resume" }));
  expect(await desk.finish(waiting.id)).toMatchObject({ status: "done", counts: { created: 50, bad: 0 } });
  expect(await desk.notifications(waiting.id)).toEqual([
    "Import of products: it waits for you",
    "Import of products: done",
  ]);
  const resolve = (body: object) => desk.manager.post(`/api/admin/manual-queue/${task.id}/resolve`, body);
  expect((await resolve({ action: "resume" })).status).toBe(200);
  expect((await resolve({ action: "dismiss" })).status).toBe(409);
});

test("a waiting import can be dismissed, and its file is deleted", async () => {
  const id = await desk.start(
    files.at((_, response) => void response.writeHead(200).write("sku,name,price,currency\n")),
    "products",
  );
  expect((await desk.finish(id)).status).toBe("manual");
  const task = await desk.task(id);
  const body = { action: "dismiss", note: "The supplier has gone." };
  await desk.manager.read(desk.manager.post(`/api/admin/manual-queue/${task.id}/resolve`, body));
  expect((await desk.view(id)).status).toBe("dismissed");
  expect(await desk.notifications(id)).toEqual(["Import of products: it waits for you"]);
  expect(await shop.sql("SELECT 1 FROM import_parts WHERE import_id = $1", [id])).toEqual([]);
});

test("an address that does not answer: the import says so after the first attempt, and goes on once it answers", async () => {
  const { text } = productFile(20);
  for (const silent of ["no answer", "headers byte by byte"]) {
    let answers = false;
    const url = files.at((_, response) => {
      if (answers) return void response.end(`${text}\n`);
      if (silent === "no answer") return;
      const { socket } = response;
      socket?.write("HTTP/1.1 200 OK\r\nx-slow: ");
      const timer = setInterval(() => socket?.write("x"), 50);
      socket?.on("close", () => clearInterval(timer));
    });
    const id = await desk.start(url, "products");
    await shop.settle();
    expect(await desk.view(id)).toMatchObject({
      status: "fetching",
      problem: { code: "source_unavailable", message: expect.stringContaining("does not answer") },
    });
    answers = true;
    expect(await desk.finish(id)).toMatchObject({ status: "done", problem: null });
  }
});
