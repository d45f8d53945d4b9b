import type { Clock } from "../shared/clock";
import { Heap } from "../shared/heap";

interface Timer {
  name: string;
  at: number;
  fn: () => void;
  active: boolean;
}

/**
 * Named timers in one heap, with one wake-up on the clock. Ten thousand sleeping runs cost ten thousand heap entries,
 * and nothing else until they are due.
 */
export class Timers {
  readonly #clock: Clock;
  readonly #named = new Map<string, Timer>();
  #heap = new Heap<Timer>();
  #wakeUpAt = Number.POSITIVE_INFINITY;
  #cancelWakeUp: (() => void) | undefined;
  /** How many timers have fired. Tests read it. */
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
    const timer = { name, at, fn, active: true };
    this.#named.set(name, timer);
    this.#heap.push(at, timer);
    this.#scheduleWakeUp();
  }

  /** Deletes the timer called `name`, if there is one. */
  clear(name: string): void {
    const timer = this.#named.get(name);
    if (!timer) return;
    timer.active = false;
    this.#named.delete(name);
    if (this.#heap.size > 1000 && this.#heap.size > 4 * this.#named.size) this.#sweep();
  }

  close(): void {
    this.#cancelWakeUp?.();
    this.#cancelWakeUp = undefined;
    this.#wakeUpAt = Number.NEGATIVE_INFINITY; // no wake-up is scheduled after close
  }

  #sweep(): void {
    this.#heap = new Heap();
    for (const timer of this.#named.values()) this.#heap.push(timer.at, timer);
  }

  #scheduleWakeUp(): void {
    while (this.#heap.peek()?.active === false) this.#heap.pop();
    const next = this.#heap.peek()?.at ?? Number.POSITIVE_INFINITY;
    if (next >= this.#wakeUpAt) return;
    this.#cancelWakeUp?.();
    this.#wakeUpAt = next;
    this.#cancelWakeUp = this.#clock.schedule(next, () => this.#fire());
  }

  #fire(): void {
    this.#wakeUpAt = Number.POSITIVE_INFINITY;
    const now = this.#clock.now();
    for (let next = this.#heap.peek(); next && (!next.active || next.at <= now); next = this.#heap.peek()) {
      this.#heap.pop();
      if (!next.active) continue;
      this.#named.delete(next.name);
      next.active = false;
      this.fired += 1;
      next.fn();
    }
    this.#scheduleWakeUp();
  }
}
