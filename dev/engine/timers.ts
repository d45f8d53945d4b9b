import type { Clock } from "./clock";
import { Heap } from "./heap";

interface Timer {
  name: string;
  at: number;
  fn: () => void;
  live: boolean;
}

/**
 * Named timers in one heap, with one wake-up on the clock: ten thousand sleeping runs cost ten thousand heap entries
 * and nothing else until their moment comes.
 */
export class Timers {
  readonly #clock: Clock;
  readonly #named = new Map<string, Timer>();
  #heap = new Heap<Timer>();
  #armedFor = Number.POSITIVE_INFINITY;
  #disarm: (() => void) | undefined;
  /** How many timers have fired; tests count the work with it. */
  fired = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get size(): number {
    return this.#named.size;
  }

  /** Runs `fn` at `at`. A timer of the same name is replaced. */
  set(name: string, at: number, fn: () => void): void {
    this.clear(name);
    const timer = { name, at, fn, live: true };
    this.#named.set(name, timer);
    this.#heap.push(at, timer);
    this.#arm();
  }

  /** Forgets the timer called `name`, if there is one. */
  clear(name: string): void {
    const timer = this.#named.get(name);
    if (!timer) return;
    timer.live = false;
    this.#named.delete(name);
    if (this.#heap.size > 1000 && this.#heap.size > 4 * this.#named.size) this.#sweep();
  }

  close(): void {
    this.#disarm?.();
    this.#disarm = undefined;
    this.#armedFor = Number.NEGATIVE_INFINITY; // nothing arms a closed set of timers
  }

  #sweep(): void {
    this.#heap = new Heap();
    for (const timer of this.#named.values()) this.#heap.push(timer.at, timer);
  }

  #arm(): void {
    while (this.#heap.peek()?.live === false) this.#heap.pop();
    const next = this.#heap.peek()?.at ?? Number.POSITIVE_INFINITY;
    if (next >= this.#armedFor) return;
    this.#disarm?.();
    this.#armedFor = next;
    this.#disarm = this.#clock.schedule(next, () => this.#fire());
  }

  #fire(): void {
    this.#armedFor = Number.POSITIVE_INFINITY;
    const now = this.#clock.now();
    for (let next = this.#heap.peek(); next && (!next.live || next.at <= now); next = this.#heap.peek()) {
      this.#heap.pop();
      if (!next.live) continue;
      this.#named.delete(next.name);
      next.live = false;
      this.fired += 1;
      next.fn();
    }
    this.#arm();
  }
}
