import { now } from "../clock";
import { type Tx, transaction } from "../db";
import { beginApplying } from "./begin-applying";
import { endImport } from "./end-import";
import { parseProduct, parseStock, type RowProblem } from "./parse-row";
import { type ImportState, type Portion, readImport, Stopwatch } from "./read-import";
import { type RawRow, readRows } from "./read-rows";
import { setStock } from "./set-stock";
import { upsertProducts } from "./upsert-products";
import type { Written } from "./written";

/** Rows in one transaction: it holds their locks for some tens of milliseconds, which an order does not notice. */
const BATCH = 1_000;

/** Bad rows that are kept with their line and column; the rest is only counted. */
const MAX_KEPT_ERRORS = 10_000;

/**
 * Writes the rows, a batch in one transaction together with the cursor, so that each goes in once however often the work is
 * interrupted. Bad rows are noted by line and column, the others go in. Works for one step at a time.
 */
export async function applyRows(state: ImportState): Promise<Portion> {
  if (state.status === "checking") {
    const turn = await beginApplying(state);
    if (turn !== "applying") return turn;
  }
  const watch = new Stopwatch(state.spentMs);
  let byte = state.byteCursor;
  for await (const rows of readRows(state.id, { byte, line: state.lineCursor }, BATCH)) {
    const next = rows.at(-1)?.nextByte ?? byte;
    if (!(await applyBatch(state, byte, byte === 0 ? rows.slice(1) : rows, rows.at(-1), watch.lap()))) return "more";
    byte = next;
    if (watch.over) return watch.limitOver ? "over_time" : "more";
  }
  await endImport(state.id, "done");
  return "done";
}

/** False when somebody else has gone on from `byte` meanwhile. */
async function applyBatch(
  state: ImportState,
  byte: number,
  rows: RawRow[],
  last: RawRow | undefined,
  spentMs: number,
): Promise<boolean> {
  return transaction(async (tx) => {
    const current = await readImport(state.id, tx);
    if (current?.status !== "applying" || current.byteCursor !== byte) return false;
    const { created, updated, unchanged, problems } = await write(tx, state, rows);
    const lines = new Set(problems.map(({ line }) => line));
    if (current.bad < MAX_KEPT_ERRORS) await keepErrors(tx, state.id, problems.slice(0, MAX_KEPT_ERRORS - current.bad));
    await tx.$executeRaw`
      UPDATE imports SET byte_cursor = ${last?.nextByte ?? byte}::float8, line_cursor = ${last?.nextLine ?? state.lineCursor},
        created = created + ${created}, updated = updated + ${updated}, unchanged = unchanged + ${unchanged}, bad = bad + ${lines.size},
        spent_ms = spent_ms + ${spentMs}, progressed_at = ${now()} WHERE id = ${state.id}`;
    return true;
  });
}

async function write(tx: Tx, state: ImportState, raw: RawRow[]): Promise<Written> {
  const { type, columns } = state;
  if (type === "products") {
    const { rows, problems } = sort(raw, (values) => parseProduct(columns, values));
    return merge(await upsertProducts(tx, rows, columns), problems);
  }
  const { rows, problems } = sort(raw, (values) => parseStock(columns, values));
  return merge(await setStock(tx, rows, state), problems);
}

const merge = (written: Written, problems: Written["problems"]): Written => ({
  ...written,
  problems: [...problems, ...written.problems],
});

/** Parts the sound rows from the bad ones. */
function sort<T extends { sku: string }>(
  raw: RawRow[],
  parse: (values: string[]) => { row: T } | { problems: RowProblem[] },
): { rows: (T & { line: number })[]; problems: Written["problems"] } {
  const rows: (T & { line: number })[] = [];
  const problems: Written["problems"] = [];
  for (const { line, values } of raw) {
    const parsed = parse(values);
    if ("row" in parsed) rows.push({ ...parsed.row, line });
    else problems.push(...parsed.problems.map((problem) => ({ line, ...problem })));
  }
  return { rows, problems };
}

async function keepErrors(tx: Tx, importId: string, problems: Written["problems"]): Promise<void> {
  if (problems.length === 0) return;
  await tx.$executeRaw`
    INSERT INTO import_errors (import_id, line, column_name, message)
    SELECT ${importId}, line, "column", message
    FROM jsonb_to_recordset(${JSON.stringify(problems)}::jsonb) AS p(line int, "column" text, message text) ON CONFLICT DO NOTHING`;
}
