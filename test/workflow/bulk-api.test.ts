import { afterEach, expect, test } from "vitest";
import { BULK_OPERATIONS } from "@/app/contract/bulk-operations";
import { openFileServer } from "./file-server";
import { importer } from "./importer";
import { audit, openShop } from "./shop";

const shop = openShop();
const files = openFileServer();
afterEach(audit);

test("broadcasts, imports, jobs and search answer as the API document says", async () => {
  const desk = await importer(shop);
  const { manager } = desk;
  const holds = async (method: "get" | "post", pattern: string, id: string, body?: object) => {
    const operation = BULK_OPERATIONS.find(({ path, method: known }) => path === pattern && known === method);
    const path = pattern.replace("{id}", id);
    const answer = await (method === "get" ? manager.get(path) : manager.post(path, body));
    const described = operation?.answers[answer.status];
    expect(described, `${method} ${path}: ${answer.status}`).toBeDefined();
    const parsed = described?.schema?.safeParse(await answer.clone().json());
    expect(parsed?.error?.issues ?? [], `${method} ${path}`).toEqual([]);
    return (await answer.json()) as { id: string };
  };
  const taken = await desk.take(files.file("sku,quantity\nnobody,1\n"), "stock");
  await holds("get", "/api/admin/imports/{id}", taken.id);
  const broken = await desk.take(files.file("a,b\n1,2\n"), "stock");
  await holds("get", "/api/admin/imports/{id}", broken.id);
  await holds("post", "/api/admin/imports", "", { url: files.file(""), type: "stock" });
  const body = { title: "News", message: "Text.", segment: { type: "role", role: "manager" } };
  const sent = await holds("post", "/api/admin/broadcasts", "", body);
  await holds("post", "/api/admin/broadcasts/preview", "", {});
  await holds("get", "/api/admin/broadcasts/{id}", sent.id);
  await holds("post", "/api/admin/broadcasts/{id}/stop", sent.id);
  await holds("get", "/api/admin/broadcasts", "");
  const job = await holds("post", "/api/admin/jobs", "", { kind: "customer_value" });
  await shop.settle();
  await holds("get", "/api/admin/jobs/{id}", job.id);
  await holds("get", "/api/admin/jobs/{id}/customers", job.id);
  await holds("get", "/api/admin/jobs", "");
  const unreachable = await desk.take(
    files.at((_, response) => response.writeHead(503).end()),
    "stock",
  );
  await holds("get", "/api/admin/manual-queue", "");
  const task = await desk.task(unreachable.id);
  await holds("post", "/api/admin/manual-queue/{id}/resolve", task.id, { action: "dismiss" });
  await holds("get", "/api/admin/customers", "");
});
