import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { Table } from "./table";

/** Below this the file is not worth rewriting. */
const COMPACT_ABOVE = 32 * 1024 * 1024;

/**
 * An append-only file of JSON lines. A line holds every table write of one turn, `[[table, id, value?], …]` (no value:
 * deleted), so that a turn survives whole or not at all; a torn last line is one that nobody was told about.
 *
 * A completed write() outlives kill -9 of the process, which is what the engine promises; it does not fsync each line.
 */
export class Journal {
  readonly #tables = new Map<string, { load(id: string, json: string): void; dump(): Iterable<[string, string]> }>();
  readonly #path: string | undefined;
  #file: number | undefined;
  #buffer: string[] = [];
  #bytes = 0;
  #snapshot = 0;

  constructor(path?: string) {
    this.#path = path;
  }

  /** A table whose writes go to this journal. */
  table<T>(name: string): Table<T> {
    const table = new Table<T>((id, value) => {
      if (this.#path === undefined) return;
      const key = `${JSON.stringify(name)},${JSON.stringify(id)}`;
      this.#buffer.push(value === undefined ? `[${key}]` : `[${key},${JSON.stringify(value)}]`);
    });
    this.#tables.set(name, {
      load(id, json) {
        if (json === "") table.restore(id, undefined);
        else table.restore(id, JSON.parse(json));
      },
      *dump() {
        for (const [id, value] of table.entries()) yield [id, JSON.stringify(value)];
      },
    });
    return table;
  }

  /** Reads the file back into the tables. Call once, before anything is written. */
  load(): void {
    if (this.#path === undefined) return;
    mkdirSync(dirname(this.#path), { recursive: true });
    if (!existsSync(this.#path)) return;
    const text = readFileSync(this.#path, "utf8");
    for (let from = 0; from < text.length; ) {
      const end = text.indexOf("\n", from);
      if (end < 0) return; // torn: the write never completed, so nobody was told
      for (const [name, id, value] of JSON.parse(text.slice(from, end))) {
        this.#tables.get(name)?.load(id, value === undefined ? "" : JSON.stringify(value));
      }
      from = end + 1;
    }
  }

  /** Writes what this turn changed. Everything acknowledged to anyone is flushed first. */
  flush(): void {
    if (this.#buffer.length === 0) return;
    const line = `[${this.#buffer.join(",")}]\n`;
    this.#buffer = [];
    if (this.#file !== undefined) this.#write(this.#file, line);
  }

  /** Whether enough has been appended since the last snapshot that rewriting pays. */
  get bloated(): boolean {
    return this.#bytes > Math.max(COMPACT_ABOVE, 4 * this.#snapshot);
  }

  /** Rewrites the file with the tables as they are now. */
  compact(): void {
    if (this.#path === undefined) return;
    this.#buffer = [];
    const next = openSync(`${this.#path}.next`, "w");
    this.#bytes = 0;
    for (const [name, table] of this.#tables) {
      const prefix = JSON.stringify(name);
      for (const [id, json] of table.dump()) this.#write(next, `[[${prefix},${JSON.stringify(id)},${json}]]\n`);
    }
    fsyncSync(next); // the rename must not reach the disk before what it names
    renameSync(`${this.#path}.next`, this.#path);
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = next;
    this.#snapshot = this.#bytes;
  }

  close(): void {
    this.flush();
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }

  #write(file: number, text: string): void {
    const bytes = Buffer.from(text);
    for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done);
    this.#bytes += bytes.length;
  }
}
