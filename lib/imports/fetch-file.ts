import { createHash } from "node:crypto";
import { now } from "../clock";
import { db } from "../db";
import { importEnv } from "../env";
import { sniff } from "./detect-format";
import { broken, unavailable } from "./import-error";
import { openSource, type Source } from "./open-source";
import { appendPart, hashParts, PART } from "./parts";
import { type ImportState, type Portion, Stopwatch } from "./read-import";

/**
 * Fetches the file, or as much of it as fits into a step; the next call goes on from there, by a range request where the
 * server knows them. Whatever has arrived is kept, whatever happens next.
 *
 * @throws ImportError when it will never be had; AppError `source_unavailable`, with `retry`.
 */
export async function fetchFile(state: ImportState): Promise<Portion> {
  if (state.status !== "queued" && state.status !== "fetching") return "complete";
  const watch = new Stopwatch(state.spentMs);
  const source = await openSource(state.url, state.fetched, state);
  try {
    checkSame(state, source);
    if (source.at < state.fetched) await skipKnown(state, source);
    return await take(state, source, watch);
  } finally {
    source.close();
  }
}

/** What has been fetched must be the beginning of what is fetched now. */
function checkSame(state: ImportState, source: Source): void {
  const limit = importEnv().IMPORT_MAX_BYTES;
  if ((source.length ?? 0) > limit) throw broken("file_too_large", `The file has more than ${limit} bytes.`);
  if (state.fetched === 0) return;
  const differs = (["etag", "lastModified", "length"] as const).some(
    (name) => state[name] !== null && source[name] !== null && state[name] !== source[name],
  );
  if (differs) throw broken("source_changed", "The file has changed while it was being fetched.");
}

/** A server without ranges sends the file from its beginning again: that must be what we have. */
async function skipKnown(state: ImportState, source: Source): Promise<void> {
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

async function take(state: ImportState, source: Source, watch: Stopwatch): Promise<Portion> {
  const limit = importEnv().IMPORT_MAX_BYTES;
  const known = {
    etag: source.etag ?? state.etag,
    lastModified: source.lastModified ?? state.lastModified,
    length: source.length ?? state.length,
  };
  let at = state.fetched;
  let waiting: Buffer[] = [];
  let size = 0;
  /** False when another run is at it; this one leaves it to the other. */
  const keep = async () => {
    const bytes = Buffer.concat(waiting);
    if (at === 0) sniff(bytes);
    const kept = await appendPart(state.id, at, bytes, watch.lap(), known);
    at += bytes.length;
    [waiting, size] = [[], 0];
    return kept;
  };
  try {
    for await (let chunk of chunksOf(source)) {
      if (at + size + chunk.length > limit) throw broken("file_too_large", `The file has more than ${limit} bytes.`);
      while (chunk.length > 0) {
        const room = PART - ((at + size) % PART);
        waiting.push(chunk.subarray(0, room));
        size += Math.min(room, chunk.length);
        chunk = chunk.subarray(room);
        if ((at + size) % PART === 0 && !(await keep())) return "more";
      }
      if (watch.over) break;
    }
  } catch (error) {
    if (size > 0) await keep();
    throw error;
  }
  const ended = source.body.readableEnded;
  if (size > 0 && !(await keep())) return "more";
  if (!ended) return watch.limitOver ? "over_time" : "more";
  if (known.length !== null && at !== known.length)
    throw unavailable(`The file ends after ${at} of ${known.length} bytes.`);
  if (at === 0) throw broken("empty_file", "The file is empty.");
  await db().$executeRaw`
    UPDATE imports SET status = 'checking', spent_ms = spent_ms + ${watch.lap()}, progressed_at = ${now()}
    WHERE id = ${state.id} AND fetched = ${at}::float8 AND status IN ('queued', 'fetching')`;
  return "complete";
}

/** The body's chunks; the stream stays open when the loop is left, so that what was put back can be read. */
async function* chunksOf(source: Source): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of source.body.iterator({ destroyOnReturn: false })) yield chunk as Buffer;
  } catch (error) {
    throw unavailable(`The connection broke off: ${error instanceof Error ? error.message : error}`);
  }
}
