import { createHash } from "node:crypto";
import { now } from "../clock";
import { db, Prisma, transaction } from "../db";
import type { Validators } from "./open-source";

/**
 * The fetched file is stored in parts of a quarter of a megabyte until its import has ended. So the applied rows are those
 * that were checked, even if the source changes, and a resumed import fetches nothing twice.
 */
export const PART_BYTES = 256 * 1024;

/** Appends bytes to the file at offset `at`. Returns false if another run has continued from there meanwhile. */
export async function appendPart(
  importId: string,
  at: number,
  bytes: Buffer,
  spentMs: number,
  known: Validators & { length: number | null },
): Promise<boolean> {
  const partAt = at - (at % PART_BYTES);
  return transaction(async (tx) => {
    const { count } = await tx.import.updateMany({
      where: { id: importId, fetched: at, status: { in: ["queued", "fetching"] } },
      data: {
        ...known,
        status: "fetching",
        problem: Prisma.DbNull,
        fetched: { increment: bytes.length },
        spentMs: { increment: spentMs },
        progressedAt: now(),
      },
    });
    if (count === 0) return false;
    await tx.$executeRaw`
      INSERT INTO import_parts AS part (import_id, at, bytes) VALUES (${importId}, ${partAt}::float8, ${bytes})
      ON CONFLICT (import_id, at) DO UPDATE SET bytes = part.bytes || excluded.bytes`;
    return true;
  });
}

/** Yields the file from byte `from` on, a part at a time. */
export async function* readParts(importId: string, from = 0): AsyncGenerator<Buffer> {
  for (let at = from - (from % PART_BYTES); ; at += PART_BYTES) {
    const part = await db().importPart.findUnique({
      where: { importId_at: { importId, at } },
      select: { bytes: true },
    });
    if (!part) return;
    const bytes = Buffer.from(part.bytes.buffer, part.bytes.byteOffset, part.bytes.byteLength);
    yield at < from ? bytes.subarray(from - at) : bytes;
  }
}

/** Returns the SHA-256 of the file's first `length` bytes, as hex. */
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
