/**
 * Time for everything in `dev/`. The engine, the fake servers and the tests share one clock, so a wait of seven days
 * takes either seven days or no time at all.
 */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Runs `fn` once the clock has reached `at` (ms epoch; the past means as soon as possible). Returns a cancel function. */
  schedule(at: number, fn: () => void): () => void;
  /** Marks `work` as under way: a virtual clock does not advance until it has settled. Returns `work` itself. */
  busy<T>(work: Promise<T>): Promise<T>;
}

/** The longest delay that setTimeout takes: 2^31 - 1 ms, 24.8 days. */
const MAX_TIMEOUT_MS = 2 ** 31 - 1;

/** The wall clock. */
export function realClock(): Clock {
  return {
    now: () => Date.now(),
    schedule(at, fn) {
      let timer: NodeJS.Timeout;
      const start = () => {
        const left = at - Date.now();
        timer = left > MAX_TIMEOUT_MS ? setTimeout(start, MAX_TIMEOUT_MS) : setTimeout(fn, Math.max(0, left));
      };
      start();
      return () => clearTimeout(timer);
    },
    busy: (work) => work,
  };
}

/** The same time as `clock`. `close` cancels everything that was scheduled through it. */
export function closableClock(clock: Clock): Clock & { close(): void } {
  const cancels = new Set<() => void>();
  return {
    now: () => clock.now(),
    busy: (work) => clock.busy(work),
    schedule(at, fn) {
      const cancel = clock.schedule(at, () => {
        cancels.delete(cancel);
        fn();
      });
      cancels.add(cancel);
      return () => {
        cancels.delete(cancel);
        cancel();
      };
    },
    close() {
      for (const cancel of cancels) cancel();
      cancels.clear();
    },
  };
}
