import { appendFileSync, closeSync, existsSync, mkdirSync, openSync, readSync, renameSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { StringDecoder } from "node:string_decoder";

type Change = [collection: string, id: string, value: unknown];

const READ_BYTES = 1 << 20;

/** Yields the file's lines that end in a newline: a last line torn by kill -9 was never answered for, so it is dropped. */
function* wholeLines(file: string): Generator<string> {
  const handle = openSync(file, "r");
  const decoder = new StringDecoder("utf8");
  const buffer = Buffer.alloc(READ_BYTES);
  let rest = "";
  try {
    for (let read = readSync(handle, buffer); read > 0; read = readSync(handle, buffer)) {
      const lines = (rest + decoder.write(buffer.subarray(0, read))).split("\n");
      rest = lines.pop() ?? "";
      yield* lines;
    }
  } finally {
    closeSync(handle);
  }
}

/** Records of one kind by id, in the order of their creation. */
export class Collection<T extends { id: string }> {
  constructor(
    private readonly records: Map<string, T>,
    private readonly changed: (id: string, value: T | null) => void,
  ) {}

  get size(): number {
    return this.records.size;
  }

  get(id: string): T | undefined {
    return this.records.get(id);
  }

  put(record: T): T {
    this.records.set(record.id, record);
    this.changed(record.id, record);
    return record;
  }

  delete(id: string): void {
    if (this.records.delete(id)) this.changed(id, null);
  }

  /** Oldest first. */
  values(): IterableIterator<T> {
    return this.records.values();
  }
}

/**
 * Records kept in memory and, when a file is named, as one line of JSON per commit: what one request changed is on
 * disk whole or not at all. A write that has returned survives kill -9 (not a power cut: nothing is fsynced).
 */
export class Journal {
  /** Values come from the lines this class wrote, so each collection trusts their type. */
  private readonly loaded = new Map();
  /** By collection and id: of several changes to one record in a commit only the last is written. */
  private pending = new Map<string, Change>();

  constructor(private readonly file?: string) {
    if (!file) return;
    mkdirSync(dirname(file), { recursive: true });
    if (existsSync(file)) this.load(file);
  }

  collection<T extends { id: string }>(name: string): Collection<T> {
    return new Collection<T>(this.records(name), (id, value) => {
      if (this.file) this.pending.set(`${name} ${id}`, [name, id, value]);
    });
  }

  /** Writes what has changed since the last commit. */
  commit(): void {
    if (!this.file || this.pending.size === 0) return;
    appendFileSync(this.file, `${JSON.stringify([...this.pending.values()])}\n`);
    this.pending.clear();
  }

  private records(name: string) {
    const found = this.loaded.get(name) ?? new Map();
    this.loaded.set(name, found);
    return found;
  }

  private load(file: string): void {
    for (const line of wholeLines(file)) {
      for (const [name, id, value] of JSON.parse(line)) {
        if (value === null) this.records(name).delete(id);
        else this.records(name).set(id, value);
      }
    }
    this.rewrite(file);
  }

  /** Leaves only what is alive, so that the file does not grow with every restart. */
  private rewrite(file: string): void {
    const next = `${file}.next`;
    const handle = openSync(next, "w");
    for (const [name, records] of this.loaded) {
      for (const [id, value] of records) writeSync(handle, `${JSON.stringify([[name, id, value]])}\n`);
    }
    closeSync(handle);
    renameSync(next, file);
  }
}
