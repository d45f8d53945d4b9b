import { createHash } from "node:crypto";
import { now } from "../clock";
import { db, Prisma } from "../db";
import { importEnv } from "../env";
import { publishChange } from "../realtime";
import { broken, unavailable } from "./import-error";
import { openSource, type Source } from "./open-source";
import { appendPart, hashParts, PART_BYTES } from "./parts";
import { type ImportState, type Portion, Stopwatch } from "./read-import";

/**
 * Downloads the file for the time of one step. The next call continues, with a range request if the server supports them.
 * The bytes received are saved in any case.
 *
 * @throws ImportError when the file cannot be fetched at all; AppError `source_unavailable`, with `retry`.
 */
export async function fetchFile(state: ImportState): Promise<Portion> {
  if (state.status !== "queued" && state.status !== "fetching") return "complete";
  if (state.url === null) throw new Error("An uploaded file is not fetched.");
  const watch = new Stopwatch(state.spentMs);
  // Shows that the work has begun, before the server answers.
  await db().import.updateMany({ where: { id: state.id, status: "queued" }, data: { status: "fetching" } });
  const source = await openSource(state.url, state.fetched, state);
  try {
    checkUnchanged(state, source);
    if (source.at < state.fetched) await skipFetched(state, source);
    return await download(state, source, watch);
  } finally {
    source.close();
  }
}

function checkUnchanged(state: ImportState, source: Source): void {
  const limit = importEnv().IMPORT_MAX_BYTES;
  if ((source.length ?? 0) > limit) throw broken("file_too_large", `The file has more than ${limit} bytes.`);
  if (state.fetched === 0) return;
  const differs = (["etag", "lastModified", "length"] as const).some(
    (name) => state[name] !== null && source[name] !== null && state[name] !== source[name],
  );
  if (differs) throw broken("source_changed", "The file has changed while it was being fetched.");
}

/** Reads again the bytes that are fetched already, from a server without range requests, and checks that they are the same. */
async function skipFetched(state: ImportState, source: Source): Promise<void> {
  const hash = createHash("sha256");
  let left = state.fetched;
  for await (const chunk of chunksOf(source)) {
    hash.update(chunk.subarray(0, left));
    if (chunk.length > left) source.body.unshift(chunk.subarray(left));
    left -= Math.min(left, chunk.length);
    if (left === 0) break;
  }
  if (left > 0 || hash.digest("hex") !== (await hashParts(state.id, state.fetched)))
    throw broken("source_changed", "The file has changed while it was being fetched.");
}

async function download(state: ImportState, source: Source, watch: Stopwatch): Promise<Portion> {
  const { id } = state;
  const limit = importEnv().IMPORT_MAX_BYTES;
  const known = {
    etag: source.etag ?? state.etag,
    lastModified: source.lastModified ?? state.lastModified,
    length: source.length ?? state.length,
  };
  let at = state.fetched;
  let buffers: Buffer[] = [];
  let size = 0;
  /** Returns false if another run has continued meanwhile. This run then leaves the work to it. */
  const save = async () => {
    const bytes = Buffer.concat(buffers);
    if (at === 0) checkFormat(bytes);
    const saved = await appendPart(id, at, bytes, watch.lap(), known);
    publishChange({ topic: "imports", id, change: "part_fetched" });
    at += bytes.length;
    [buffers, size] = [[], 0];
    return saved;
  };
  try {
    for await (let chunk of chunksOf(source)) {
      if (at + size + chunk.length > limit) throw broken("file_too_large", `The file has more than ${limit} bytes.`);
      while (chunk.length > 0) {
        const room = PART_BYTES - ((at + size) % PART_BYTES);
        buffers.push(chunk.subarray(0, room));
        size += Math.min(room, chunk.length);
        chunk = chunk.subarray(room);
        if ((at + size) % PART_BYTES === 0 && !(await save())) return "more";
      }
      if (watch.over) break;
    }
  } catch (error) {
    if (size > 0) await save();
    throw error;
  }
  const ended = source.body.readableEnded;
  if (size > 0 && !(await save())) return "more";
  if (!ended) return watch.limitOver ? "over_time" : "more";
  if (known.length !== null && at !== known.length)
    throw unavailable(`The file ends after ${at} of ${known.length} bytes.`);
  if (at === 0) throw broken("empty_file", "The file is empty.");
  await db().import.updateMany({
    where: { id, fetched: at, status: { in: ["queued", "fetching"] } },
    data: { status: "checking", problem: Prisma.DbNull, spentMs: { increment: watch.lap() }, progressedAt: now() },
  });
  return "complete";
}

/** Yields the body's chunks. The stream stays open after the loop, so a chunk can be put back and read again. */
async function* chunksOf(source: Source): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of source.body.iterator({ destroyOnReturn: false })) yield chunk as Buffer;
  } catch (error) {
    throw unavailable(`The connection was lost: ${error instanceof Error ? error.message : error}`);
  }
}

/**
 * Recognises common formats that are not CSV by their first bytes, for a better problem than "wrong columns".
 * @throws ImportError
 */
export function checkFormat(start: Buffer): void {
  const startsWith = (...bytes: number[]) => bytes.every((byte, index) => start[index] === byte);
  if (startsWith(0x1f, 0x8b)) throw broken("compressed", "The file is gzipped; it must be plain CSV.");
  if (startsWith(0x50, 0x4b, 0x03, 0x04))
    throw broken("compressed", "The file is a ZIP archive or a spreadsheet; it must be plain CSV.");
  if (startsWith(0xff, 0xfe, 0, 0) || startsWith(0, 0, 0xfe, 0xff))
    throw broken("not_utf8", "The file is encoded in UTF-32; it must be UTF-8.", { line: 1 });
  if (/^\s*<(!doctype|html|\?xml)/i.test(start.subarray(0, 200).toString("latin1")))
    throw broken("html_page", "The file is a web page, not CSV.");
}
