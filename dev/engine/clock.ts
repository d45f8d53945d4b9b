/**
 * Time for everything in `dev/`: the engine, the stand-ins and the tests share one clock, so that a seven-day wait is
 * either real or an instant, and never something in between.
 */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Runs `fn` once the clock has reached `at` (ms epoch; the past means as soon as possible). Returns a cancel function. */
  schedule(at: number, fn: () => void): () => void;
  /** Marks `work` as under way: a virtual clock stands still until it has settled. Returns `work` itself. */
  busy<T>(work: Promise<T>): Promise<T>;
}

/** The wall clock. */
export function realClock(): Clock {
  return {
    now: () => Date.now(),
    schedule(at, fn) {
      // setTimeout holds 2^31-1 ms at most (24.8 days); longer waits are taken in hops.
      const HOP = 2 ** 31 - 1;
      let timer: NodeJS.Timeout;
      const arm = () => {
        const left = at - Date.now();
        timer = left > HOP ? setTimeout(arm, HOP) : setTimeout(fn, Math.max(0, left));
      };
      arm();
      return () => clearTimeout(timer);
    },
    busy: (work) => work,
  };
}
