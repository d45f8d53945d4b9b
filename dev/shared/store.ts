import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readSync, renameSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { StringDecoder } from "node:string_decoder";

/** The file is rewritten when it is larger than this and more than four times its content. */
const MIN_REWRITE_BYTES = 32 * 1024 * 1024;
const READ_BYTES = 1 << 20;

/** Rows of one kind by id, in the order of their first insertion. */
export class Table<T> {
  constructor(
    private readonly rows: Map<string, T>,
    private readonly onWrite: (id: string, value: T | undefined) => void,
  ) {}

  get size(): number {
    return this.rows.size;
  }

  get(id: string): T | undefined {
    return this.rows.get(id);
  }

  has(id: string): boolean {
    return this.rows.has(id);
  }

  keys(): IterableIterator<string> {
    return this.rows.keys();
  }

  values(): IterableIterator<T> {
    return this.rows.values();
  }

  entries(): IterableIterator<[string, T]> {
    return this.rows.entries();
  }

  /** Stores `value`. Call it again after `value` was changed in place. */
  put(id: string, value: T): void {
    this.rows.set(id, value);
    this.onWrite(id, value);
  }

  delete(id: string): void {
    if (this.rows.delete(id)) this.onWrite(id, undefined);
  }
}

/** A table of records that carry their own id. */
export class Records<T extends { id: string }> extends Table<T> {
  save(record: T): T {
    this.put(record.id, record);
    return record;
  }
}

/**
 * Tables in memory and, when a file is named, in an append-only file of JSON lines. One line holds all writes of one
 * commit, `[[table, id, value?], …]` (no value: deleted), so a commit is on disk whole or not at all. A torn last line
 * is dropped: its commit never returned, so no client got an answer.
 *
 * A commit that has returned survives kill -9 of the process. It does not survive a power cut: lines are not fsynced.
 */
export class Store {
  /** The rows come from lines that this class wrote, so each table trusts their type. */
  readonly #tables = new Map();
  #file: number | undefined;
  #writes: string[] = [];
  #bytes = 0;
  #bytesAfterRewrite = 0;

  /** Reads `path`, where it exists, and rewrites it without overwritten and deleted rows. */
  constructor(private readonly path?: string) {
    if (!path) return;
    mkdirSync(dirname(path), { recursive: true });
    if (existsSync(path)) for (const line of wholeLines(path)) this.#load(line);
    this.#rewrite(path);
  }

  table<T>(name: string): Table<T> {
    return new Table<T>(this.#rows(name), (id, value) => this.#write(name, id, value));
  }

  records<T extends { id: string }>(name: string): Records<T> {
    return new Records<T>(this.#rows(name), (id, value) => this.#write(name, id, value));
  }

  /** Writes all changes since the last commit. Call it before anything is acknowledged. */
  commit(): void {
    if (this.#writes.length === 0) return;
    const line = `[${this.#writes.join(",")}]\n`;
    this.#writes = [];
    if (this.path === undefined || this.#file === undefined) return;
    this.#append(this.#file, line);
    if (this.#bytes > Math.max(MIN_REWRITE_BYTES, 4 * this.#bytesAfterRewrite)) this.#rewrite(this.path);
  }

  close(): void {
    this.commit();
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }

  #rows(name: string) {
    const rows = this.#tables.get(name) ?? new Map();
    this.#tables.set(name, rows);
    return rows;
  }

  #write(table: string, id: string, value: unknown): void {
    if (this.path === undefined) return;
    const key = `${JSON.stringify(table)},${JSON.stringify(id)}`;
    this.#writes.push(value === undefined ? `[${key}]` : `[${key},${JSON.stringify(value)}]`);
  }

  #load(line: string): void {
    for (const [table, id, value] of JSON.parse(line)) {
      if (value === undefined) this.#rows(table).delete(id);
      else this.#rows(table).set(id, value);
    }
  }

  #rewrite(path: string): void {
    const next = openSync(`${path}.next`, "w");
    this.#bytes = 0;
    for (const [table, rows] of this.#tables)
      for (const [id, value] of rows) this.#append(next, `${JSON.stringify([[table, id, value]])}\n`);
    fsyncSync(next); // the content must reach the disk before the rename
    renameSync(`${path}.next`, path);
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = next;
    this.#bytesAfterRewrite = this.#bytes;
  }

  #append(file: number, text: string): void {
    const bytes = Buffer.from(text);
    for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done);
    this.#bytes += bytes.length;
  }
}

/** Yields the lines of `path` that end in a newline. */
function* wholeLines(path: string): Generator<string> {
  const file = openSync(path, "r");
  const decoder = new StringDecoder("utf8");
  const buffer = Buffer.alloc(READ_BYTES);
  let rest = "";
  try {
    for (let read = readSync(file, buffer); read > 0; read = readSync(file, buffer)) {
      const lines = (rest + decoder.write(buffer.subarray(0, read))).split("\n");
      rest = lines.pop() ?? "";
      yield* lines;
    }
  } finally {
    closeSync(file);
  }
}
