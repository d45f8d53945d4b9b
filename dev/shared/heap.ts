/** A binary min-heap: peek in O(1), push and pop in O(log n). Of equal items the one that was added first comes first. */
export class Heap<T> {
  readonly #items: { value: T; order: number; seq: number }[] = [];
  #seq = 0;

  get size(): number {
    return this.#items.length;
  }

  /** Adds `value` at position `order`; smaller orders come first. */
  push(order: number, value: T): void {
    this.#items.push({ value, order, seq: this.#seq++ });
    this.#up(this.#items.length - 1);
  }

  peek(): T | undefined {
    return this.#items[0]?.value;
  }

  pop(): T | undefined {
    const top = this.#items[0];
    const last = this.#items.pop();
    if (top && last && top !== last) {
      this.#items[0] = last;
      this.#down();
    }
    return top?.value;
  }

  #before(a: number, b: number): boolean {
    const x = this.#items[a];
    const y = this.#items[b];
    if (!x || !y) return false;
    return x.order < y.order || (x.order === y.order && x.seq < y.seq);
  }

  #swap(a: number, b: number): void {
    const x = this.#items[a];
    const y = this.#items[b];
    if (!x || !y) return;
    this.#items[a] = y;
    this.#items[b] = x;
  }

  #up(start: number): void {
    for (let at = start; at > 0; ) {
      const parent = (at - 1) >> 1;
      if (!this.#before(at, parent)) return;
      this.#swap(at, parent);
      at = parent;
    }
  }

  #down(): void {
    for (let at = 0; ; ) {
      let least = at;
      for (const child of [2 * at + 1, 2 * at + 2]) if (this.#before(child, least)) least = child;
      if (least === at) return;
      this.#swap(at, least);
      at = least;
    }
  }
}
