import { afterAll, afterEach, expect, test, vi } from "vitest";
import { openFileServer } from "./file-server";
import { importer } from "./importer";
import { signedIn } from "./operator";
import { audit, openShop } from "./shop";

// On one machine, the guard takes 127.0.0.1 for the public internet and every other address for a private one.
vi.mock("@/lib/http/public-address", () => ({ isPublicAddress: (ip: string) => ip === "127.0.0.1" }));
// Other test files run in this process.
afterAll(() => {
  vi.doUnmock("@/lib/http/public-address");
});

const shop = openShop({ env: { ALLOW_PRIVATE_TARGETS: "0" } });
const files = openFileServer();
afterEach(audit);

test("an import of a private address or of an unknown type is refused with the field's name", async () => {
  const manager = await signedIn(shop);
  const refused = async (body: object) => {
    const answer = await manager.post("/api/admin/imports", { url: "http://127.0.0.1/a.csv", type: "stock", ...body });
    const { errors } = (await answer.json()) as { errors: { path: string }[] };
    return [answer.status, errors.map(({ path }) => path)];
  };
  for (const url of [
    "",
    "stock.csv",
    "ftp://files.example/stock.csv",
    "file:///etc/passwd",
    "http://user:word@files.example/",
    "http://localhost/a.csv",
    "http://10.0.0.1/a.csv",
    "http://169.254.169.254/latest/meta-data",
    "http://[::1]/a.csv",
    "http://[::ffff:127.0.0.1]/a.csv",
    "http://2130706434/",
    `http://files.example/${"x".repeat(2_000)}`,
  ])
    expect([url, await refused({ url })]).toEqual([url, [422, ["url"]]]);
  expect(await refused({ type: "orders" })).toEqual([422, ["type"]]);
  expect(await refused({ columns: [] })).toEqual([422, ["columns"]]);
  expect(await shop.sql("SELECT id FROM imports")).toEqual([]);
});

test("a redirect or a host name that leads to a private address ends the import with a report and without a request", async () => {
  const desk = await importer(shop);
  let asked = 0;
  const inner = files.at((_, response) => {
    asked += 1;
    response.end("secret");
  });
  const port = new URL(inner).port;
  for (const location of [
    "http://127.0.0.2/",
    `http://localhost:${port}/1.csv`,
    `http://[::ffff:127.0.0.1]:${port}/1.csv`,
  ]) {
    const url = files.at((_, response) => response.writeHead(302, { location }).end());
    const over = await desk.take(url, "products");
    expect([location, over.status, over.problem?.code]).toEqual([location, "failed", "address_not_public"]);
  }
  expect(asked).toBe(0);
});

test("only managers have access: a visitor gets 401, a customer 403, an unknown id 404", async () => {
  const [manager, customer] = [await signedIn(shop), await signedIn(shop, "customer")];
  for (const [method, path] of [
    ["POST", "/api/admin/imports"],
    ["GET", "/api/admin/imports/imp_none"],
    ["GET", "/api/admin/manual-queue"],
    ["POST", "/api/admin/manual-queue/task_none/resolve"],
  ] as const) {
    const visit = await fetch(`${shop.app}${path}`, { method, body: method === "POST" ? "{}" : null });
    const answer = await (method === "POST" ? customer.post(path, {}) : customer.get(path));
    expect([path, visit.status, answer.status]).toEqual([path, 401, 403]);
  }
  expect((await manager.get("/api/admin/imports/imp_none")).status).toBe(404);
  expect((await manager.post("/api/admin/manual-queue/task_none/resolve", {})).status).toBe(404);
});

test("an event for an unknown import ends without retries as not found", async () => {
  const events = JSON.stringify([{ name: "data/import", data: { importId: "imp_gone" } }]);
  const sent = await fetch(`${shop.inngest}/e/test`, { method: "POST", body: events });
  const { ids } = (await sent.json()) as { ids: string[] };
  await shop.settle();
  const runs = await fetch(`${shop.inngest}/api/v2/events/${ids[0]}/runs?includeOutput=true`);
  const { data } = (await runs.json()) as { data: { status: string; output: unknown }[] };
  expect(data).toMatchObject([{ status: "COMPLETED", output: { status: "not_found" } }]);
});
