import { Heap } from "../shared/heap";
import { applyRateLimit, isStarting, type Slot, slotsOf, throttleKey } from "./flow-control";
import type { Job, Run } from "./model";
import { hasEnded, type State } from "./state";
import type { Timers } from "./timers";

export interface QueueOptions {
  state: State;
  timers: Timers;
  now: () => number;
  /** Orders jobs that became due at the same moment; 0 keeps the order of insertion. */
  tieBreak: () => number;
  /** Concurrent calls to apps. */
  parallel: number;
  /** Runs `fn` after the other work of this moment. */
  defer: (fn: () => void) => void;
  /** Makes the call. Its slots are released when the promise settles. */
  dispatch: (job: Job, run: Run) => Promise<void>;
}

interface Ready {
  job: Job;
  order: number;
  /** The limit that blocked the job before. If the job does not use it now, the next job may. */
  blockedBy?: string;
}

/**
 * Jobs by due time, limited by throttles and concurrency. A blocked job is stored under the limit that blocks it and is
 * only checked again when that limit has a free slot, so a long backlog costs nothing.
 */
export class Queue {
  readonly #options: QueueOptions;
  readonly #ready = new Heap<Ready>();
  readonly #blocked = new Map<string, Heap<Ready>>();
  readonly #usedSlots = new Map<string, number>();
  #running = 0;
  #drainPending = false;
  #closed = false;
  #paused = false;

  constructor(options: QueueOptions) {
    this.#options = options;
  }

  /** Stores a job and makes the call when it is due and allowed. An existing job with the same id stays. */
  add(call: Pick<Job, "id" | "run"> & Partial<Job>): void {
    if (this.#options.state.jobs.has(call.id)) return;
    const job = { attempt: 0, at: this.#options.now(), generation: 0, refused: 0, ...call };
    this.#options.state.putJob(job);
    this.resume(job);
  }

  /** Schedules a stored job. */
  resume(job: Job): void {
    const { timers, now, tieBreak } = this.#options;
    // A call of higher priority comes before those that became due some seconds earlier (server: pkg/execution/queue/item.go `Score`).
    const priority = this.#options.state.runs.get(job.run)?.priority ?? 0;
    const ready = { job, order: job.at - priority * 1000 + tieBreak() };
    if (job.at > now()) timers.set(`job:${job.id}`, job.at, () => this.#enqueue(ready));
    else this.#enqueue(ready);
  }

  /** Repeats the call of a job at `job.at`. */
  retry(job: Job): void {
    const again = { ...job };
    this.#options.state.putJob(again);
    this.resume(again);
  }

  /** Deletes the job. A running call continues, but its answer is ignored. */
  drop(id: string): void {
    this.#options.timers.clear(`job:${id}`);
    this.#options.state.deleteJob(id);
  }

  /** While it is paused, no call is made. Events are accepted, and timers go on. */
  get paused(): boolean {
    return this.#paused;
  }

  set paused(paused: boolean) {
    this.#paused = paused;
    this.#drainLater();
  }

  close(): void {
    this.#closed = true;
  }

  #enqueue(ready: Ready): void {
    this.#ready.push(ready.order, ready);
    this.#drainLater();
  }

  #drainLater(): void {
    if (this.#drainPending) return;
    this.#drainPending = true;
    this.#options.defer(() => {
      this.#drainPending = false;
      this.#drain();
    });
  }

  #drain(): void {
    while (!this.#closed && !this.#paused && this.#running < this.#options.parallel) {
      const ready = this.#ready.pop();
      if (!ready) return;
      const { blockedBy } = ready;
      const blocking = this.#start(ready);
      if (blockedBy !== undefined && blocking !== undefined && blocking !== blockedBy) this.#wake(blockedBy);
    }
  }

  /** Makes the call and returns undefined, or returns the limit that blocks it. */
  #start(ready: Ready): string | undefined {
    const { state, now, timers } = this.#options;
    const run = state.runs.get(ready.job.run);
    const fn = state.fns.get(run?.fn ?? "");
    const event = run && state.eventsOf(run)[0]?.payload;
    // The job was replaced by a retry or dropped, or its run has ended.
    if (state.jobs.get(ready.job.id) !== ready.job || !run || !fn || !event || hasEnded(run)) return "gone";
    const slots = slotsOf(fn, event, false);
    const [runSlot] = isStarting(run) ? slotsOf(fn, event, true) : [];
    const full = [...(runSlot ? [runSlot] : []), ...slots].find(
      (slot) => (this.#usedSlots.get(slot.key) ?? 0) >= slot.limit,
    );
    if (full) return this.#block(full.key, ready);
    const throttled = isStarting(run) && ready.job.attempt === 0 ? throttleKey(fn, event) : undefined;
    if (throttled && fn.throttle) {
      const again = applyRateLimit(state.rates, throttled, fn.throttle, now());
      if (again !== undefined) {
        this.#block(throttled, ready);
        timers.set(throttled, again, () => this.#wake(throttled));
        return throttled;
      }
      this.#wake(throttled); // the next job computes when it may start
    }
    if (runSlot) {
      run.slot = runSlot.key;
      this.acquire(runSlot.key);
    }
    this.#run(ready.job, run, slots);
    return undefined;
  }

  #run(job: Job, run: Run, slots: Slot[]): void {
    for (const { key } of slots) this.acquire(key);
    this.#running += 1;
    this.#options.dispatch(job, run).finally(() => {
      this.#running -= 1;
      for (const { key } of slots) this.release(key);
      this.#drainLater();
    });
  }

  acquire(key: string): void {
    this.#usedSlots.set(key, (this.#usedSlots.get(key) ?? 0) + 1);
  }

  release(key: string): void {
    const left = (this.#usedSlots.get(key) ?? 1) - 1;
    if (left > 0) this.#usedSlots.set(key, left);
    else this.#usedSlots.delete(key);
    this.#wake(key);
  }

  #block(key: string, ready: Ready): string {
    const blocked = this.#blocked.get(key) ?? new Heap<Ready>();
    this.#blocked.set(key, blocked);
    blocked.push(ready.order, { ...ready, blockedBy: key });
    return key;
  }

  /** Queues the oldest job that `key` blocks. */
  #wake(key: string): void {
    const blocked = this.#blocked.get(key);
    if (!blocked) return;
    for (let ready = blocked.pop(); ready; ready = blocked.pop()) {
      if (this.#options.state.jobs.get(ready.job.id) !== ready.job) continue;
      this.#enqueue(ready);
      break;
    }
    if (blocked.size === 0) this.#blocked.delete(key);
  }
}
