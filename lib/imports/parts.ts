import { createHash } from "node:crypto";
import { now } from "../clock";
import { db, transaction } from "../db";
import type { Validators } from "./open-source";

/**
 * The file as it was fetched, in parts of a quarter of a megabyte, kept until its import has ended. So what is applied is what was
 * checked, whatever becomes of the source, and a restart fetches nothing twice.
 */
export const PART = 256 * 1024;

/** Appends to the file what begins at byte `at`. False when somebody else has gone on from there meanwhile. */
export async function appendPart(
  importId: string,
  at: number,
  bytes: Buffer,
  spentMs: number,
  known: Validators & { length: number | null },
): Promise<boolean> {
  const partAt = at - (at % PART);
  return transaction(async (tx) => {
    const moved = await tx.$executeRaw`
      UPDATE imports SET status = 'fetching', fetched = fetched + ${bytes.length}, spent_ms = spent_ms + ${spentMs}, progressed_at = ${now()},
        etag = ${known.etag}, last_modified = ${known.lastModified}, length = ${known.length}::float8
      WHERE id = ${importId} AND fetched = ${at}::float8 AND status IN ('queued', 'fetching')`;
    if (moved === 0) return false;
    await tx.$executeRaw`
      INSERT INTO import_parts AS part (import_id, at, bytes) VALUES (${importId}, ${partAt}::float8, ${bytes})
      ON CONFLICT (import_id, at) DO UPDATE SET bytes = part.bytes || excluded.bytes`;
    return true;
  });
}

/** The file from byte `from` on, a part at a time. */
export async function* readParts(importId: string, from = 0): AsyncGenerator<Buffer> {
  for (let at = from - (from % PART); ; at += PART) {
    const [part] = await db().$queryRaw<{ bytes: Uint8Array }[]>`
      SELECT bytes FROM import_parts WHERE import_id = ${importId} AND at = ${at}::float8`;
    if (!part) return;
    const bytes = Buffer.from(part.bytes.buffer, part.bytes.byteOffset, part.bytes.byteLength);
    yield at < from ? bytes.subarray(from - at) : bytes;
  }
}

/** SHA-256 of the file's first `length` bytes, as hex. */
export async function hashParts(importId: string, length: number): Promise<string> {
  const hash = createHash("sha256");
  let left = length;
  for await (const part of readParts(importId)) {
    hash.update(part.subarray(0, left));
    left -= part.length;
    if (left <= 0) break;
  }
  return hash.digest("hex");
}
