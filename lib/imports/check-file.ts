import { now } from "../clock";
import { db } from "../db";
import { readHeader } from "./columns";
import { broken } from "./import-error";
import { hashParts } from "./parts";
import { type ImportState, type Portion, Stopwatch } from "./read-import";
import { readRows } from "./read-rows";

/** Rows at a time; nothing is written for them, so it may be many. */
const BATCH = 5_000;

/**
 * Reads the whole file through before anything of it is applied: a file that is broken somewhere changes nothing. What is
 * wrong with single rows is not its business. Works for one step at a time.
 *
 * @throws ImportError that says what is wrong with the file and on which line.
 */
export async function checkFile(state: ImportState): Promise<Portion> {
  if (state.status !== "checking" || state.sha256) return "complete";
  const watch = new Stopwatch(state.spentMs);
  let { byteCursor: byte, lineCursor: line, columns, rows } = state;
  for await (const batch of readRows(state.id, { byte, line }, BATCH)) {
    if (columns.length === 0) {
      const header = batch.shift();
      if (header) columns = readHeader(state.type, header.values, header.line);
    }
    rows = (rows ?? 0) + batch.length;
    byte = batch.at(-1)?.nextByte ?? byte;
    line = batch.at(-1)?.nextLine ?? line;
    if (!watch.over) continue;
    await save(state, { byte, line, columns, rows, sha256: null }, watch.lap());
    return watch.limitOver ? "over_time" : "more";
  }
  if (columns.length === 0) throw broken("empty_file", "The file holds nothing but empty lines.");
  if (rows === 0) throw broken("no_rows", "The file has a header and no rows.", { line: 1 });
  const sha256 = await hashParts(state.id, state.fetched);
  await save(state, { byte: 0, line: 1, columns, rows, sha256 }, watch.lap());
  return "complete";
}

interface Found {
  byte: number;
  line: number;
  columns: string[];
  rows: number | null;
  sha256: string | null;
}

async function save({ id }: ImportState, found: Found, spentMs: number): Promise<void> {
  await db().$executeRaw`
    UPDATE imports SET byte_cursor = ${found.byte}::float8, line_cursor = ${found.line}, columns = ${found.columns}, rows = ${found.rows},
      sha256 = ${found.sha256}, spent_ms = spent_ms + ${spentMs}, progressed_at = ${now()}
    WHERE id = ${id} AND status = 'checking'`;
}
