import { CsvError, parse } from "csv-parse";
import { broken } from "./import-error";
import { readParts } from "./parts";

/** A row of the file before it is parsed. */
export interface RawRow {
  /** The line at which it begins. */
  line: number;
  values: string[];
  /** The line and the offset at which the next row begins. */
  nextLine: number;
  nextByte: number;
}

/** A description of 10,000 characters fits into it several times. */
const MAX_ROW_BYTES = 100_000;

/** The UTF-8 decoder's replacement for invalid bytes. */
const REPLACEMENT = "\uFFFD";

/**
 * Yields the rows (RFC 4180) from the start of a row, in batches of up to `size`. A quote within an unquoted field is part of
 * its value; empty lines are skipped.
 *
 * @throws ImportError when the file is not UTF-8, a quote is never closed, or a row is too long.
 */
export async function* readRows(
  importId: string,
  from: { byte: number; line: number },
  size: number,
): AsyncGenerator<RawRow[]> {
  let line = from.line;
  let rows: RawRow[] = [];
  const parser = parse({
    bom: from.byte === 0,
    // Concatenated files often have different line ends.
    record_delimiter: ["\r\n", "\n", "\r"],
    relax_column_count: true,
    relax_quotes: true,
    max_record_size: MAX_ROW_BYTES,
    // The parser counts \r\n within quotes as two lines.
    on_record: (values, { bytes }) => {
      const row = { line, values, nextLine: line + 1 + breaksIn(values), nextByte: from.byte + bytes };
      line = row.nextLine;
      if (values.length === 1 && values[0] === "") return null;
      checkEncoding(row);
      rows.push(row);
      return null;
    },
  });
  parser.on("error", () => {}); // `write` reports it
  try {
    for await (const part of readParts(importId, from.byte)) {
      await new Promise<void>((resolve, reject) => parser.write(part, (error) => (error ? reject(error) : resolve())));
      for (; rows.length >= size; rows = rows.slice(size)) yield rows.slice(0, size);
    }
    await new Promise<void>((resolve, reject) => {
      parser.once("error", reject);
      parser.end(resolve);
    });
  } catch (error) {
    throw error instanceof CsvError ? toImportError(error, line) : error;
  } finally {
    parser.destroy();
  }
  for (; rows.length > 0; rows = rows.slice(size)) yield rows.slice(0, size);
}

/** Counts the line breaks within quoted fields. */
function breaksIn(values: string[]): number {
  let count = 0;
  for (const field of values)
    if (field.includes("\n") || field.includes("\r")) count += field.match(/\r\n|\n|\r/g)?.length ?? 0;
  return count;
}

function checkEncoding({ values, line }: RawRow): void {
  const index = values.findIndex((field) => field.includes(REPLACEMENT));
  if (index >= 0) throw broken("not_utf8", `Line ${line} is not UTF-8.`, { line, column: String(index + 1) });
}

function toImportError({ code, message }: CsvError, line: number): Error {
  if (code === "CSV_QUOTE_NOT_CLOSED")
    return broken("quote_not_closed", `A quote in the row at line ${line} is never closed.`, { line });
  if (code === "CSV_MAX_RECORD_SIZE")
    return broken(
      "line_too_long",
      `The row at line ${line} has more than ${MAX_ROW_BYTES} bytes: a quote that is never closed, or no line breaks.`,
      { line },
    );
  return broken("not_csv", `Line ${line}: ${message}`, { line });
}
