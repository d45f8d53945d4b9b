import { z } from "zod";
import { now } from "../clock";
import type { Tx } from "../db";
import { importEnv } from "../env";
import { AppError, conflict, notFound } from "../errors";
import { checkTarget } from "../http/private-network-guard";
import { newId } from "../ids";
import { withOutbox } from "../outbox";
import { webAddressSchema } from "../text";
import { checkFormat } from "./fetch-file";
import { broken } from "./import-error";
import { importEvent } from "./lifecycle";
import { PART_BYTES } from "./parts";
import { readImport } from "./read-import";

const typeSchema = z.enum(["products", "stock"]);

export const importSchema = z.strictObject({
  url: webAddressSchema,
  type: typeSchema,
  dryRun: z.boolean().optional().describe("True: only counts what would change, and reports the bad rows."),
});

/**
 * Creates the import of a CSV file and triggers it. A second call with the same id changes nothing.
 * @throws AppError `address_refused` or `address_not_public` (422), if the URL itself shows it. Host names are resolved only
 *   when the file is fetched.
 */
export async function createImport(
  { url, type, dryRun = false }: z.output<typeof importSchema>,
  createdBy: string,
  id = newId("imp"),
): Promise<{ id: string }> {
  checkTarget(new URL(url), ["http:", "https:"]);
  const at = now();
  await withOutbox(async (tx, publish) => {
    const data = { id, type, url, dryRun, createdBy, createdAt: at, progressedAt: at };
    await tx.import.createMany({ data, skipDuplicates: true });
    publish(importEvent(id));
  });
  return { id };
}

/** The form of an upload. A checkbox sends `true`, or nothing. */
export const uploadSchema = z.strictObject({
  file: z.file().describe("A CSV file"),
  type: typeSchema,
  dryRun: z.stringbool().optional().describe("True: only counts what would change, and reports the bad rows."),
});

/** Returns the error for a file above the limit of uploads. */
export function uploadTooLarge(): AppError {
  const megabytes = Math.round(importEnv().IMPORT_UPLOAD_BYTES / 104_857.6) / 10;
  const message = `The file is larger than ${megabytes} MB, the limit of an upload. Split it, or import it from its address.`;
  return new AppError("file_too_large", 413, message, {
    errors: [{ path: "file", message: `is larger than ${megabytes} MB` }],
  });
}

/**
 * Creates the import of an uploaded file and triggers it. The file is stored in the same transaction, so a run that is repeated
 * or lost finds it. It is deleted when the import has ended.
 * @throws AppError `file_too_large` (413); ImportError (422) if the file is empty or obviously not CSV
 */
export async function createUploadedImport(
  { file, type, dryRun = false }: z.output<typeof uploadSchema>,
  createdBy: string,
): Promise<{ id: string }> {
  if (file.size > importEnv().IMPORT_UPLOAD_BYTES) throw uploadTooLarge();
  if (file.size === 0) throw broken("empty_file", "The file is empty.");
  const bytes = Buffer.from(await file.arrayBuffer());
  checkFormat(bytes);
  const [id, at] = [newId("imp"), now()];
  await withOutbox(async (tx, publish) => {
    await tx.import.create({
      data: {
        ...{ id, type, dryRun, createdBy, fileName: fileNameOf(file), status: "checking" },
        ...{ length: bytes.length, fetched: bytes.length, createdAt: at, progressedAt: at },
      },
    });
    await storeParts(tx, id, bytes);
    publish(importEvent(id));
  });
  return { id };
}

const MAX_FILE_NAME_LENGTH = 200;

/** Returns the name of an uploaded file as it can be stored. Some browsers send its folder too. */
function fileNameOf({ name }: File): string {
  const base = name
    .replace(/[\p{Cc}\p{Cs}\p{Cf}]/gu, "")
    .split(/[\\/]/)
    .at(-1)
    ?.trim()
    .slice(0, MAX_FILE_NAME_LENGTH);
  return base || "unnamed file";
}

/** One statement: the file goes to the database once, and PostgreSQL cuts it. */
async function storeParts(tx: Tx, importId: string, bytes: Buffer): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO import_parts (import_id, at, bytes)
    SELECT ${importId}, part.at, substring(file.bytes FROM part.at + 1 FOR ${PART_BYTES}::int)
    FROM (SELECT ${bytes}::bytea AS bytes) file, generate_series(0, ${bytes.length - 1}::int, ${PART_BYTES}::int) AS part(at)`;
}

/**
 * Creates the import that applies the file of a dry run, and triggers it. The file is the one that was checked, even if it has
 * changed at its address since. Repeating the call returns the same import.
 * @throws AppError `not_found` (404); `not_a_dry_run`, `dry_run_not_done` or `file_deleted` (409)
 */
export async function applyDryRun(dryRunId: string, createdBy: string): Promise<{ id: string; replayed: boolean }> {
  return withOutbox(async (tx, publish) => {
    const checked = await readImport(dryRunId, tx);
    if (!checked) throw notFound("import");
    if (!checked.dryRun) throw conflict("not_a_dry_run", "The import is no dry run.");
    if (checked.appliedAs !== null) return { id: checked.appliedAs, replayed: true };
    if (checked.status !== "done") throw conflict("dry_run_not_done", "The dry run has not ended successfully.");
    const [id, at] = [newId("imp"), now()];
    const { type, url, fileName, length, fetched, etag, lastModified, sha256, encoding, delimiter, columns, rows } =
      checked;
    await tx.import.create({
      data: {
        ...{ id, type, url, fileName, length, fetched, etag, lastModified, sha256, encoding, delimiter, columns, rows },
        ...{ status: "checking", createdBy, createdAt: at, progressedAt: at },
      },
    });
    const moved = await tx.importPart.updateMany({ where: { importId: dryRunId }, data: { importId: id } });
    if (moved.count === 0)
      throw conflict("file_deleted", "The file of this dry run was deleted after a day. Please start another dry run.");
    await tx.import.update({ where: { id: dryRunId }, data: { appliedAs: id } });
    publish(importEvent(id));
    return { id, replayed: false };
  });
}
