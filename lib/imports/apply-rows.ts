import { now } from "../clock";
import { lockRow, Prisma, type Tx, transaction } from "../db";
import { withOutbox } from "../outbox";
import { publishChange } from "../realtime";
import { cleanCode, findTwins } from "../sku";
import { endImport, endImportWithin } from "./lifecycle";
import {
  type BatchResult,
  type ProductRow,
  parseProduct,
  parseStock,
  type RowProblem,
  type StockRow,
} from "./parse-row";
import { formatOf, type ImportState, type Portion, Stopwatch } from "./read-import";
import { type RawRow, readRows } from "./read-rows";
import { setStock, upsertProducts } from "./write-rows";

/** Rows of one transaction. It holds their locks for tens of milliseconds, which does not delay orders noticeably. */
const BATCH_SIZE = 1_000;

/** Bad rows that are saved with line and column. Further ones are only counted. */
export const MAX_SAVED_ERRORS = 10_000;

/** Characters of an SKU that a problem shows. A longer one is a problem itself. */
const MAX_SHOWN_SKU = 100;

/**
 * Applies the rows for the time of one step. A batch and the cursor are one transaction, so each row is applied once, even if
 * the work is interrupted. Bad rows are saved by line and column; the others are applied. A dry run does the same, and writes
 * no product and no stock.
 */
export async function applyRows(state: ImportState): Promise<Portion> {
  if (state.status === "checking") {
    const portion = await beginApplying(state);
    if (portion !== "more") return portion;
  }
  const format = formatOf(state);
  if (!format) throw new Error("The file was not checked.");
  const watch = new Stopwatch(state.spentMs);
  let cursor: Cursor = state;
  for await (const batch of ahead(parseBatches(state, readRows(state.id, format, from(cursor), BATCH_SIZE)))) {
    const next = await applyBatch(state, cursor, batch, watch.lap());
    if (!next) return "more";
    publishChange({ topic: "imports", id: state.id, change: "rows_applied" });
    cursor = next;
    if (watch.over) return watch.limitOver ? "over_time" : "more";
  }
  await endImport(state.id, "done");
  return "done";
}

/** Where the next batch begins, and how many bad rows there were before it. */
type Cursor = Pick<ImportState, "byteCursor" | "lineCursor" | "bad">;

const from = ({ byteCursor, lineCursor }: Cursor) => ({ byte: byteCursor, line: lineCursor });

type Lines<T> = (T & { line: number })[];

/** Rows to apply in one transaction: the valid ones, and the problems of the others. */
interface Batch {
  raw: RawRow[];
  rows: { type: "products"; valid: Lines<ProductRow> } | { type: "stock"; valid: Lines<StockRow> };
  problems: BatchResult["problems"];
}

/** Validates the rows of each batch. The first row of the file is its header. */
async function* parseBatches(
  { type, columns, byteCursor }: ImportState,
  source: AsyncGenerator<RawRow[]>,
): AsyncGenerator<Batch> {
  let isFirst = byteCursor === 0;
  for await (const raw of source) {
    const rows = isFirst ? raw.slice(1) : raw;
    isFirst = false;
    if (type === "products") {
      const { valid, problems } = parseRows(rows, (values) => parseProduct(columns, values));
      yield { raw, rows: { type, valid }, problems };
    } else {
      const { valid, problems } = parseRows(rows, (values) => parseStock(columns, values));
      yield { raw, rows: { type, valid }, problems };
    }
  }
}

/** Yields what `source` does, and reads the next item meanwhile: a batch is parsed while the database writes the one before. */
async function* ahead<T>(source: AsyncGenerator<T>): AsyncGenerator<T> {
  let next = source.next();
  try {
    for (let item = await next; !item.done; item = await next) {
      next = source.next();
      // It is awaited by the next round. Until then its failure is not unhandled.
      next.catch(() => {});
      yield item.value;
    }
  } finally {
    await next.catch(() => {});
    await source.return(undefined);
  }
}

/**
 * Starts to apply a checked import, unless another import of the same type is being applied. Returns `more` if its rows can be
 * applied now. A file that equals the type's last one changes nothing: products would stay the same, and an old stock
 * count would restore units that were sold since.
 */
async function beginApplying({ id, type, dryRun, sha256, byteCursor, rows, fetched }: ImportState): Promise<Portion> {
  return withOutbox(async (tx, publish) => {
    if (!dryRun) {
      // Of two imports that begin at the same moment, the second one waits here and then sees the first.
      await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtext(${`import:${type}`}))`;
      const others = { type, status: "applying" as const, dryRun: false, id: { not: id } };
      if ((await tx.import.count({ where: others })) > 0) return "waiting";
    }
    const applied = { type, status: "done" as const, duplicateOf: null, dryRun: false };
    const { _max } = await tx.import.aggregate({ where: applied, _max: { endedAt: true } });
    // Several can have ended in the same millisecond.
    const same = await tx.import.findFirst({
      where: { ...applied, endedAt: _max.endedAt, sha256 },
      orderBy: { id: "asc" },
    });
    const resumed = byteCursor > 0;
    if (same && !resumed) {
      const data = { duplicateOf: same.id, unchanged: rows ?? 0, byteCursor: fetched };
      const { count } = await tx.import.updateMany({ where: { id, status: "checking" }, data });
      // Another run has continued. If it has ended the import, `same` is this import.
      if (count === 1) await endImportWithin(tx, publish, id, "done");
      return count === 1 ? "done" : "more";
    }
    const data = { status: "applying" as const, progressedAt: now() };
    await tx.import.updateMany({ where: { id, status: "checking" }, data });
    return "more";
  });
}

/** Returns where the next batch begins, or undefined if another run has continued meanwhile. */
async function applyBatch(
  state: ImportState,
  { byteCursor, lineCursor, bad }: Cursor,
  batch: Batch,
  spentMs: number,
): Promise<Cursor | undefined> {
  const { id } = state;
  return transaction(async (tx) => {
    const isNext = Prisma.sql`AND status = 'applying' AND byte_cursor = ${byteCursor}`;
    if (!(await lockRow(tx, "imports", id, isNext))) return undefined;
    const { created, updated, unchanged, problems } = await writeRows(tx, state, batch);
    const skus = problems.length > 0 ? skusByLine(state.columns, batch.raw) : new Map();
    const errors = problems
      .slice(0, Math.max(0, MAX_SAVED_ERRORS - bad))
      .map((problem) => ({ ...problem, sku: skus.get(problem.line) || null }));
    const badRows = new Set(problems.map(({ line }) => line)).size;
    const last = batch.raw.at(-1);
    const next = { byteCursor: last?.nextByte ?? byteCursor, lineCursor: last?.nextLine ?? lineCursor };
    await tx.$executeRaw`
      WITH saved AS (
        INSERT INTO import_errors (import_id, line, column_name, sku, message)
        SELECT ${id}, line, "column", sku, message
        FROM jsonb_to_recordset(${JSON.stringify(errors)}::jsonb) AS r(line int, "column" text, sku text, message text)
        ON CONFLICT DO NOTHING
      )
      UPDATE imports SET byte_cursor = ${next.byteCursor}, line_cursor = ${next.lineCursor}, created = created + ${created},
        updated = updated + ${updated}, unchanged = unchanged + ${unchanged}, bad = bad + ${badRows},
        spent_ms = spent_ms + ${spentMs}, progressed_at = ${now()}
      WHERE id = ${id}`;
    return { ...next, bad: bad + badRows };
  });
}

/** Returns the SKU of each row by its line, as far as it can be stored and read. */
function skusByLine(columns: string[], rows: RawRow[]): Map<number, string> {
  const index = columns.indexOf("sku");
  // The cut can leave half a character, which PostgreSQL cannot store.
  const readable = (sku: string) =>
    cleanCode(sku.replace(/\p{Cc}/gu, ""))
      .slice(0, MAX_SHOWN_SKU)
      .replace(/\p{Cs}/gu, "");
  return new Map(rows.map(({ line, values }) => [line, readable(values[index] ?? "")]));
}

async function writeRows(tx: Tx, state: ImportState, { rows, problems }: Batch): Promise<BatchResult> {
  const repeated = await findRepeated(tx, state, rows.valid);
  if (rows.type === "stock") {
    const accepted = rows.valid.filter(({ line }) => !repeated.has(line));
    return withProblems(await setStock(tx, accepted, state), [...problems, ...skuProblems(repeated)]);
  }
  const twins = await findTwins(tx, rows.valid);
  if (state.dryRun) for (const [line, sku] of await findDryRunTwins(tx, state.id, rows.valid)) twins.set(line, sku);
  for (const [line, sku] of twins)
    if (!repeated.has(line)) repeated.set(line, `differs only in letter case or zeros from ${sku}`);
  const accepted = rows.valid.filter(({ line }) => !repeated.has(line));
  return withProblems(await upsertProducts(tx, accepted, state), [...problems, ...skuProblems(repeated)]);
}

/** Saves the SKUs of rows. Returns a problem by line for each row whose SKU an earlier row of the file has. */
async function findRepeated(
  tx: Tx,
  { id: importId, dryRun }: ImportState,
  rows: { sku: string; line: number }[],
): Promise<Map<number, string>> {
  const input = JSON.stringify(rows.map(({ sku, line }) => ({ sku, line })));
  const added = await tx.$queryRaw<{ line: number }[]>`
    INSERT INTO import_skus (import_id, sku, line, key)
    SELECT ${importId}, sku, line, CASE WHEN ${dryRun} THEN sku_key(sku) END FROM jsonb_to_recordset(${input}::jsonb) AS r(sku text, line int) ORDER BY line
    ON CONFLICT DO NOTHING RETURNING line`;
  if (added.length === rows.length) return new Map();
  const lines = new Set(added.map(({ line }) => line));
  const repeated = rows.filter(({ line }) => !lines.has(line));
  const earlier = await tx.importSku.findMany({ where: { importId, sku: { in: repeated.map(({ sku }) => sku) } } });
  const lineOf = new Map(earlier.map(({ sku, line }) => [sku, line]));
  return new Map(repeated.map(({ sku, line }) => [line, `is in the file already, in line ${lineOf.get(sku)}`]));
}

/**
 * Returns, by line, the SKU of an earlier row of a dry run from which a new one differs as in `findTwins`. That row created no
 * product, so `findTwins` does not find it in another batch.
 */
async function findDryRunTwins(
  tx: Tx,
  importId: string,
  rows: { sku: string; line: number }[],
): Promise<Map<number, string>> {
  const input = JSON.stringify(rows.map(({ sku, line }) => ({ sku, line })));
  const twins = await tx.$queryRaw<{ line: number; sku: string }[]>`
    SELECT g.line, earlier.sku FROM jsonb_to_recordset(${input}::jsonb) AS g(sku text, line int)
    CROSS JOIN LATERAL (SELECT i.sku FROM import_skus i
      WHERE i.import_id = ${importId} AND i.key = sku_key(g.sku) AND i.sku <> g.sku AND i.line < ${rows[0]?.line ?? 0}
      ORDER BY i.line LIMIT 1) earlier
    WHERE NOT EXISTS (SELECT 1 FROM products p WHERE p.sku = g.sku)`;
  return new Map(twins.map(({ line, sku }) => [line, sku]));
}

const skuProblems = (byLine: Map<number, string>) =>
  [...byLine].map(([line, message]) => ({ line, column: "sku", message }));

const withProblems = (result: BatchResult, problems: BatchResult["problems"]): BatchResult => ({
  ...result,
  problems: [...problems, ...result.problems],
});

/** Separates valid rows from the problems of the others. */
function parseRows<T extends { sku: string }>(
  raw: RawRow[],
  parse: (values: string[]) => { row: T } | { problems: RowProblem[] },
): { valid: Lines<T>; problems: BatchResult["problems"] } {
  const valid: Lines<T> = [];
  const problems: BatchResult["problems"] = [];
  for (const { line, values } of raw) {
    const parsed = parse(values);
    if ("row" in parsed) valid.push({ ...parsed.row, line });
    else problems.push(...parsed.problems.map((problem) => ({ line, ...problem })));
  }
  return { valid, problems };
}
