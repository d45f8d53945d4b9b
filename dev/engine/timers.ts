import { type Clock, closableClock } from "../shared/clock";

/** Named timers on the clock. Setting a name again replaces its timer. */
export class Timers {
  readonly #clock: Clock & { close(): void };
  readonly #cancels = new Map<string, () => void>();
  /** How many timers have fired. Tests read it. */
  fired = 0;

  constructor(clock: Clock) {
    this.#clock = closableClock(clock);
  }

  get size(): number {
    return this.#cancels.size;
  }

  /** Runs `fn` at `at`. */
  set(name: string, at: number, fn: () => void): void {
    this.clear(name);
    const cancel = this.#clock.schedule(at, () => {
      this.#cancels.delete(name);
      this.fired += 1;
      fn();
    });
    this.#cancels.set(name, cancel);
  }

  /** Deletes the timer called `name`, if there is one. */
  clear(name: string): void {
    this.#cancels.get(name)?.();
    this.#cancels.delete(name);
  }

  close(): void {
    this.#clock.close();
  }
}
