import { expect } from "vitest";
import { type Operator, signedIn } from "./operator";
import type { Shop } from "./shop";

export interface ImportView {
  id: string;
  status: string;
  rows: number | null;
  duplicateOf: string | null;
  counts: { created: number; updated: number; unchanged: number; bad: number };
  bytes: { length: number | null; fetched: number; applied: number };
  problem: { code: string; message: string; line?: number; column?: string } | null;
  errors: { items: { line: number; column: string; message: string }[]; nextCursor: string | null };
}

const OVER = ["done", "failed", "manual", "dismissed"];

/** A manager who takes files in. */
export async function importer(shop: Shop) {
  const manager: Operator = await signedIn(shop);
  const view = (id: string, query = "") => manager.read<ImportView>(manager.get(`/api/admin/imports/${id}${query}`));
  const start = async (url: string, type: "products" | "stock") =>
    (await manager.read<{ id: string }>(manager.post("/api/admin/imports", { url, type }), 201)).id;
  const finish = async (id: string) => {
    await shop.clock.runUntil(async () => OVER.includes((await view(id)).status), 12 * 60 * 60_000);
    return view(id);
  };
  return {
    manager,
    view,
    start,
    finish,
    /** Takes a file in to the end. */
    take: async (url: string, type: "products" | "stock") => finish(await start(url, type)),
    /** The subjects of the emails that say how it ended, once they have gone out. */
    async told(importId: string): Promise<string[]> {
      await shop.settle();
      const emails = await shop.sql<{ subject: string }>(
        "SELECT subject FROM emails WHERE kind = 'import_ended' AND status = 'sent' AND recipient = $1 AND starts_with(entity_id, $2) ORDER BY created_at",
        [manager.email, `${importId}:`],
      );
      return emails.map(({ subject }) => subject);
    },
    /** The one task of the manual queue that is about an import. */
    async task(importId: string) {
      type Task = { id: string; entityId: string; cause: { code: string; phase: string; fetched: number } };
      const { items } = await manager.read<{ items: Task[] }>(manager.get("/api/admin/manual-queue"));
      const [task, ...more] = items.filter(({ entityId }) => entityId === importId);
      expect(more).toEqual([]);
      return task ?? expect.fail("nothing in the manual queue");
    },
  };
}

let files = 0;

/** A file of so many products whose SKUs nobody else uses. */
export function productFile(count: number): { text: string; prefix: string } {
  const prefix = `F${++files}-`;
  const rows = Array.from({ length: count }, (_, n) => `${prefix}${n},"Thing, no. ${n}",${n + 1}.50,EUR`);
  return { prefix, text: ["sku,name,price,currency", ...rows, ""].join("\n") };
}
