import { Heap } from "./heap";
import type { Job, Run } from "./model";
import { take } from "./rate";
import { isStarting, type Slot, slotsOf, throttleKey } from "./slots";
import { hasEnded, type State } from "./state";
import type { Timers } from "./timers";

export interface QueueOptions {
  state: State;
  timers: Timers;
  now: () => number;
  /** Decides among jobs that became due at the same moment; 0 keeps them in order. */
  tie: () => number;
  /** Calls to apps at once. */
  parallel: number;
  /** Runs `fn` soon, once this moment's other work is in. */
  soon: (fn: () => void) => void;
  /** Makes the call; settles when its slots are to be given back. */
  dispatch: (job: Job, run: Run) => Promise<void>;
}

interface Ready {
  job: Job;
  order: number;
  /** What the job was parked under before; if it does not use it now, the next one may. */
  from?: string;
}

/**
 * Jobs by the time they are due, held back by throttles and concurrency. A job that must wait is parked under what it
 * waits for and looked at again only when that is free, so a long backlog costs nothing.
 */
export class Queue {
  readonly #options: QueueOptions;
  readonly #ready = new Heap<Ready>();
  readonly #parked = new Map<string, Heap<Ready>>();
  readonly #held = new Map<string, number>();
  #running = 0;
  #pumping = false;
  #closed = false;

  constructor(options: QueueOptions) {
    this.#options = options;
  }

  /** Stores `job` and makes the call when it is due and allowed. A job that is there already stays as it is. */
  add(job: Job): void {
    if (this.#options.state.jobs.has(job.id)) return;
    this.#options.state.putJob(job);
    this.resume(job);
  }

  /** Takes up a stored job: one of `add`, or of the journal. */
  resume(job: Job): void {
    const { timers, now, tie } = this.#options;
    const ready = { job, order: job.at + tie() };
    if (job.at > now()) timers.set(`job:${job.id}`, job.at, () => this.#enqueue(ready));
    else this.#enqueue(ready);
  }

  /** Makes the call of a job again at `job.at`. */
  retry(job: Job): void {
    const again = { ...job };
    this.#options.state.putJob(again);
    this.resume(again);
  }

  /** Drops the job; a call under way is left to end, and its answer ignored. */
  drop(id: string): void {
    this.#options.timers.clear(`job:${id}`);
    this.#options.state.deleteJob(id);
  }

  close(): void {
    this.#closed = true;
  }

  #enqueue(ready: Ready): void {
    this.#ready.push(ready.order, ready);
    this.#pumpSoon();
  }

  #pumpSoon(): void {
    if (this.#pumping) return;
    this.#pumping = true;
    this.#options.soon(() => {
      this.#pumping = false;
      this.#pump();
    });
  }

  #pump(): void {
    while (!this.#closed && this.#running < this.#options.parallel) {
      const ready = this.#ready.pop();
      if (!ready) return;
      const { from } = ready;
      const parked = this.#start(ready);
      if (from !== undefined && parked !== undefined && parked !== from) this.#wake(from);
    }
  }

  /** Makes the call (undefined), or tells what keeps it. */
  #start(ready: Ready): string | undefined {
    const { state, now, timers } = this.#options;
    const run = state.runs.get(ready.job.run);
    const fn = state.fns.get(run?.fn ?? "");
    const event = run && state.eventsOf(run)[0]?.payload;
    // Replaced (retried), dropped or ended meanwhile.
    if (state.jobs.get(ready.job.id) !== ready.job || !run || !fn || !event || hasEnded(run)) return "gone";
    const slots = slotsOf(fn, event);
    const full = slots.find((slot) => (this.#held.get(slot.key) ?? 0) >= slot.limit);
    if (full) return this.#park(full.key, ready);
    const throttled = isStarting(run) && ready.job.attempt === 0 ? throttleKey(fn, event) : undefined;
    if (throttled && fn.throttle) {
      const again = take(state.rates, throttled, fn.throttle, now());
      if (again !== undefined) {
        this.#park(throttled, ready);
        timers.set(throttled, again, () => this.#wake(throttled));
        return throttled;
      }
      this.#wake(throttled); // the next one finds out when it may start
    }
    this.#run(ready.job, run, slots);
    return undefined;
  }

  #run(job: Job, run: Run, slots: Slot[]): void {
    for (const { key } of slots) this.#held.set(key, (this.#held.get(key) ?? 0) + 1);
    this.#running += 1;
    this.#options.dispatch(job, run).finally(() => {
      this.#running -= 1;
      for (const { key } of slots) this.#release(key);
      this.#pumpSoon();
    });
  }

  #release(key: string): void {
    const left = (this.#held.get(key) ?? 1) - 1;
    if (left > 0) this.#held.set(key, left);
    else this.#held.delete(key);
    this.#wake(key);
  }

  #park(key: string, ready: Ready): string {
    const parked = this.#parked.get(key) ?? new Heap<Ready>();
    this.#parked.set(key, parked);
    parked.push(ready.order, { ...ready, from: key });
    return key;
  }

  /** Lets the oldest live job that waits for `key` try again. */
  #wake(key: string): void {
    const parked = this.#parked.get(key);
    if (!parked) return;
    for (let ready = parked.pop(); ready; ready = parked.pop()) {
      if (this.#options.state.jobs.get(ready.job.id) !== ready.job) continue;
      this.#enqueue(ready);
      break;
    }
    if (parked.size === 0) this.#parked.delete(key);
  }
}
