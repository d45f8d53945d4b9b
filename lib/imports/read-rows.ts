import { setImmediate } from "node:timers/promises";
import { CsvError, parse } from "csv-parse";
import { countBreaks, decoderOf, type Encoding, type FileFormat } from "./detect-format";
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

/** Parsed at once, for about two milliseconds. In between, what the process waits for can go on, such as a statement. */
const SLICE_BYTES = 8 * 1024;

/** Excel's line that names the delimiter. */
const SEPARATOR_LINE = /^sep=.?$/i;

/**
 * Yields the rows (RFC 4180) from the start of a row, in batches of up to `size`. A quote within an unquoted field is part of
 * its value; rows without a value are skipped.
 *
 * @throws ImportError when a quote is never closed, or a row is too long.
 */
export async function* readRows(
  importId: string,
  { encoding, delimiter }: FileFormat,
  from: { byte: number; line: number },
  size: number,
): AsyncGenerator<RawRow[]> {
  let line = from.line;
  let rows: RawRow[] = [];
  let isFirst = from.byte === 0;
  const source = new Source(encoding, from.byte);
  const parser = parse({
    delimiter,
    // Concatenated files often have different line ends.
    record_delimiter: ["\r\n", "\n", "\r"],
    relax_column_count: true,
    relax_quotes: true,
    max_record_size: MAX_ROW_BYTES,
    // The parser counts \r\n within quotes as two lines.
    on_record: (values, { bytes }) => {
      const row = { line, values, nextLine: line + 1 + breaksIn(values), nextByte: source.offsetAfter(bytes) };
      line = row.nextLine;
      const isSeparatorLine = isFirst && SEPARATOR_LINE.test(values[0] ?? "");
      isFirst = false;
      if (!isSeparatorLine && values.some((value) => value.trim() !== "")) rows.push(row);
      return null;
    },
  });
  parser.on("error", () => {}); // `write` reports it
  try {
    for await (const slice of readSlices(importId, from.byte)) {
      const text = source.decode(slice);
      await new Promise<void>((resolve, reject) => parser.write(text, (error) => (error ? reject(error) : resolve())));
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

/** Yields the file from a byte on, and lets other work go on before each slice. */
async function* readSlices(importId: string, from: number): AsyncGenerator<Buffer> {
  for await (const part of readParts(importId, from))
    for (let at = 0; at < part.length; at += SLICE_BYTES) {
      await setImmediate();
      yield part.subarray(at, at + SLICE_BYTES);
    }
}

/** Converts the parts of a file to UTF-8, which the parser reads, and the parser's offsets to those of the file. */
class Source {
  private readonly decoder: (part: Buffer) => string;
  /** UTF-8 that the parser has not consumed yet, and how much it has consumed. */
  private pending: Buffer = Buffer.alloc(0);
  private consumed = 0;
  private isAtStart: boolean;

  constructor(
    private readonly encoding: Encoding,
    private offset: number,
  ) {
    this.decoder = decoderOf(encoding);
    this.isAtStart = offset === 0;
  }

  decode(part: Buffer): Buffer {
    const isUtf8 = this.encoding === "utf-8";
    let text = isUtf8 ? part : Buffer.from(this.decoder(part));
    // The byte order mark is no part of the first row.
    if (this.isAtStart && text.subarray(0, 3).equals(BOM)) {
      text = text.subarray(3);
      this.offset = isUtf8 ? 3 : 2;
    }
    this.isAtStart = false;
    if (!isUtf8) this.pending = Buffer.concat([this.pending, text]);
    return text;
  }

  /** Returns the offset in the file after the parser has consumed `bytes`. */
  offsetAfter(bytes: number): number {
    const length = bytes - this.consumed;
    this.consumed = bytes;
    if (this.encoding === "utf-8") this.offset += length;
    else {
      // The other encodings have a fixed number of bytes for a code unit of JavaScript.
      const units = this.pending.toString("utf8", 0, length).length;
      this.pending = this.pending.subarray(length);
      this.offset += this.encoding === "windows-1252" ? units : 2 * units;
    }
    return this.offset;
  }
}

const BOM = Buffer.from("\uFEFF");

/** Counts the line breaks within quoted fields. */
function breaksIn(values: string[]): number {
  let count = 0;
  for (const field of values) if (field.includes("\n") || field.includes("\r")) count += countBreaks(field);
  return count;
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
