import type { Clock } from "./clock";
import { Heap } from "./heap";

/** A clock that moves only on request, and then directly to the next time at which something is due. */
export interface VirtualClock extends Clock {
  /** Waits until nothing is busy and nothing is due now. */
  settle(): Promise<void>;
  /** The next due time, if any. */
  next(): number | undefined;
  /** Advances by `ms`: settles, jumps from one due time to the next and settles after each, and ends at now + ms. */
  advance(ms: number): Promise<void>;
  /** Lets `ms` pass at once, as for a process that was stopped: what was due meanwhile is late, and happens after it. */
  leap(ms: number): Promise<void>;
  /** Jumps from one due time to the next until `done()` holds. Throws after `limit` ms, or when nothing is scheduled. */
  runUntil(done: () => boolean | Promise<boolean>, limit: number): Promise<void>;
  /** Calls `listener` with the new time on every jump. Tests use it to set the fake Date. */
  onChange(listener: (now: number) => void): () => void;
}

interface Timer {
  at: number;
  fn: () => void;
  cancelled: boolean;
}

/** Event loop passes without work that mean idle. One pass can lie between a socket's answer and its promise. */
const IDLE_LOOPS = 3;

/** Starts at `start` (default 2030-01-01T00:00:00Z, a Tuesday). */
export function virtualClock(options: { start?: number } = {}): VirtualClock {
  let time = options.start ?? Date.UTC(2030, 0, 1);
  let busy = 0;
  const timers = new Heap<Timer>();
  const listeners = new Set<(now: number) => void>();
  let idle: (() => void)[] = [];

  const nextLoop = () => new Promise<void>((resolve) => setImmediate(resolve));
  const whenIdle = () => (busy === 0 ? Promise.resolve() : new Promise<void>((resolve) => idle.push(resolve)));

  const finish = () => {
    busy -= 1;
    if (busy > 0) return;
    const waiting = idle;
    idle = [];
    for (const resolve of waiting) resolve();
  };

  const next = (): number | undefined => {
    while (timers.peek()?.cancelled) timers.pop();
    return timers.peek()?.at;
  };

  const fireDue = (): boolean => {
    let fired = false;
    for (let at = next(); at !== undefined && at <= time; at = next()) {
      timers.pop()?.fn();
      fired = true;
    }
    return fired;
  };

  const jump = (to: number) => {
    time = to;
    for (const listener of listeners) listener(time);
  };

  const settle = async () => {
    for (let quiet = 0; quiet < IDLE_LOOPS; ) {
      await whenIdle();
      quiet = fireDue() ? 0 : quiet + 1;
      await nextLoop();
      if (busy > 0) quiet = 0;
    }
  };

  return {
    now: () => time,
    schedule(at, fn) {
      const timer: Timer = { at, fn, cancelled: false };
      timers.push(Math.max(at, time), timer);
      return () => {
        timer.cancelled = true;
      };
    },
    busy(work) {
      busy += 1;
      work.then(finish, finish);
      return work;
    },
    settle,
    next,
    async advance(ms) {
      const end = time + ms;
      await settle();
      for (let at = next(); at !== undefined && at <= end; at = next()) {
        jump(Math.max(at, time));
        await settle();
      }
      if (time < end) jump(end);
      await settle();
    },
    async leap(ms) {
      await settle();
      jump(time + ms);
      await settle();
    },
    async runUntil(done, limit) {
      const end = time + limit;
      await settle();
      while (!(await done())) {
        const at = next();
        if (at === undefined) throw new Error("runUntil: nothing is scheduled and the condition does not hold");
        if (at > end) throw new Error(`runUntil: the condition does not hold after ${limit} ms`);
        jump(Math.max(at, time));
        await settle();
      }
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
