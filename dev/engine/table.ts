/** A map whose writes are told to a listener (the journal). Iteration is in order of first insertion. */
export class Table<T> {
  readonly #rows = new Map<string, T>();
  readonly #onWrite: (id: string, value: T | undefined) => void;

  constructor(onWrite: (id: string, value: T | undefined) => void) {
    this.#onWrite = onWrite;
  }

  get size(): number {
    return this.#rows.size;
  }

  get(id: string): T | undefined {
    return this.#rows.get(id);
  }

  has(id: string): boolean {
    return this.#rows.has(id);
  }

  keys(): IterableIterator<string> {
    return this.#rows.keys();
  }

  values(): IterableIterator<T> {
    return this.#rows.values();
  }

  entries(): IterableIterator<[string, T]> {
    return this.#rows.entries();
  }

  /** Stores `value`, also after changing it in place. */
  put(id: string, value: T): void {
    this.#rows.set(id, value);
    this.#onWrite(id, value);
  }

  delete(id: string): void {
    if (this.#rows.delete(id)) this.#onWrite(id, undefined);
  }

  /** Stores what the journal holds, without telling the journal. */
  restore(id: string, value: T | undefined): void {
    if (value === undefined) this.#rows.delete(id);
    else this.#rows.set(id, value);
  }
}
