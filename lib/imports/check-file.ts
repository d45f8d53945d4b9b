import { now } from "../clock";
import { db } from "../db";
import { readHeader } from "./columns";
import { detectFormat, type FileFormat } from "./detect-format";
import { broken } from "./import-error";
import { hashParts } from "./parts";
import { formatOf, type ImportState, type Portion, Stopwatch } from "./read-import";
import { readRows } from "./read-rows";

/** Rows at a time. Nothing is written for them, so there can be many. */
const BATCH_SIZE = 5_000;

/**
 * Reads the whole file before any row is applied, for the time of one step, so a broken file changes nothing. It does not
 * check the values of rows.
 *
 * @throws ImportError with the problem and its line.
 */
export async function checkFile(state: ImportState): Promise<Portion> {
  if (state.status !== "checking" || state.sha256) return "complete";
  const watch = new Stopwatch(state.spentMs);
  const format = formatOf(state) ?? (await detectFormat(state.id, state.type));
  let { byteCursor, lineCursor, columns, rows } = state;
  for await (const batch of readRows(state.id, format, { byte: byteCursor, line: lineCursor }, BATCH_SIZE)) {
    const last = batch.at(-1);
    if (columns.length === 0) {
      const header = batch.shift();
      if (header) columns = readHeader(state.type, header.values, header.line);
    }
    rows = (rows ?? 0) + batch.length;
    byteCursor = last?.nextByte ?? byteCursor;
    lineCursor = last?.nextLine ?? lineCursor;
    if (!watch.over) continue;
    await save(state, { ...format, byteCursor, lineCursor, columns, rows, sha256: null }, watch.lap());
    return watch.limitOver ? "over_time" : "more";
  }
  if (columns.length === 0) throw broken("empty_file", "The file has only empty lines.");
  if (rows === 0) throw broken("no_rows", "The file has a header and no rows.", { line: 1 });
  const sha256 = await hashParts(state.id, state.fetched);
  const checked = { ...format, byteCursor: 0, lineCursor: 1, columns, rows, sha256 };
  return (await save(state, checked, watch.lap())) ? "complete" : "more";
}

type CheckProgress = FileFormat & Pick<ImportState, "byteCursor" | "lineCursor" | "columns" | "rows" | "sha256">;

/** Returns false if another run has continued meanwhile, whose progress stays. */
async function save({ id, byteCursor }: ImportState, progress: CheckProgress, spentMs: number): Promise<boolean> {
  const { count } = await db().import.updateMany({
    where: { id, status: "checking", byteCursor, sha256: null },
    data: { ...progress, spentMs: { increment: spentMs }, progressedAt: now() },
  });
  return count === 1;
}
