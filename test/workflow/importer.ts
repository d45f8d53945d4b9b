import { expect } from "vitest";
import { type Operator, signedIn } from "./operator";
import type { Shop } from "./shop";

export interface ImportView {
  id: string;
  status: string;
  rows: number | null;
  url: string | null;
  fileName: string | null;
  dryRun: boolean;
  appliedAs: string | null;
  duplicateOf: string | null;
  counts: { created: number; updated: number; unchanged: number; bad: number };
  bytes: { length: number | null; fetched: number; applied: number };
  problem: { code: string; message: string; line?: number; column?: string } | null;
  errors: { items: { line: number; sku: string | null; column: string; message: string }[]; nextCursor: string | null };
}

const ENDED = ["done", "failed", "manual", "dismissed"];

/** A manager who imports files. */
export async function importer(shop: Shop) {
  const manager: Operator = await signedIn(shop);
  const view = (id: string, query = "") => manager.read<ImportView>(manager.get(`/api/admin/imports/${id}${query}`));
  const start = async (url: string, type: "products" | "stock") =>
    (await manager.read<{ id: string }>(manager.post("/api/admin/imports", { url, type }), 201)).id;
  const upload = async (form: FormData) =>
    (await manager.read<{ id: string }>(manager.upload("/api/admin/imports/upload", form), 201)).id;
  const finish = async (id: string) => {
    await shop.clock.runUntil(async () => ENDED.includes((await view(id)).status), 12 * 60 * 60_000);
    return view(id);
  };
  return {
    manager,
    view,
    start,
    finish,
    upload,
    /** Uploads a file for a dry run, and waits for the end. */
    check: async (text: string, type: "products" | "stock") =>
      finish(await upload(uploadForm(text, { type, dryRun: "true" }))),
    /** Imports a file and waits for the end. */
    take: async (url: string, type: "products" | "stock") => finish(await start(url, type)),
    /** Returns the subjects of the emails to the import's creator. */
    async notifications(importId: string): Promise<string[]> {
      await shop.settle();
      const emails = await shop.sql<{ subject: string }>(
        "SELECT subject FROM emails WHERE kind = 'import_ended' AND status = 'sent' AND recipient = $1 AND starts_with(entity_id, $2) ORDER BY created_at",
        [manager.email, `${importId}:`],
      );
      return emails.map(({ subject }) => subject);
    },
    /** Returns the one task of the manual queue for an import. */
    async task(importId: string) {
      type Task = { id: string; entityId: string; cause: { code: string; phase: string; fetched: number } };
      const { items } = await manager.read<{ items: Task[] }>(manager.get("/api/admin/manual-queue"));
      const [task, ...more] = items.filter(({ entityId }) => entityId === importId);
      expect(more).toEqual([]);
      return task ?? expect.fail("nothing in the manual queue");
    },
  };
}

/** Returns the form that uploads a file. */
export function uploadForm(
  content: string | Uint8Array<ArrayBuffer>,
  fields: Record<string, string>,
  name = "goods.csv",
): FormData {
  const form = new FormData();
  for (const [field, value] of Object.entries(fields)) form.set(field, value);
  form.set("file", new File([content], name));
  return form;
}

let files = 0;

/** Returns a file of `count` products with SKUs of their own. */
export function productFile(count: number): { text: string; prefix: string } {
  const prefix = `F${++files}-`;
  const rows = Array.from({ length: count }, (_, n) => `${prefix}${n},"Thing, no. ${n}",${n + 1}.50,EUR`);
  return { prefix, text: ["sku,name,price,currency", ...rows, ""].join("\n") };
}
