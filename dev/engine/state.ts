import type { Store, Table } from "../shared/store";
import type { Batch, Cancellation, Debounce, Fn, Job, Run, Step, StoredEvent } from "./model";

/** The ended runs and the events that are stored; older ones are deleted. */
const MAX_ENDED_RUNS = 5000;
const MAX_EVENTS = 10_000;
/** Old rows are deleted once per this many new ones, so the cost per event stays constant. */
const SWEEP_EVERY = 1000;

const ENDED = ["COMPLETED", "FAILED", "CANCELLED"];

export const hasEnded = (run: Run): boolean => ENDED.includes(run.status);

type Index = Map<string, Set<string>>;

const addTo = (index: Index, key: string, id: string) => void index.set(key, (index.get(key) ?? new Set()).add(id));

function deleteFrom(index: Index, key: string, id: string): void {
  const ids = index.get(key);
  ids?.delete(id);
  if (ids?.size === 0) index.delete(key);
}

/** The engine's data: stored tables, and indexes that are built from them. */
export class State {
  readonly fns: Table<Fn>;
  readonly events: Table<StoredEvent>;
  readonly runs: Table<Run>;
  readonly jobs: Table<Job>;
  readonly debounces: Table<Debounce>;
  readonly batches: Table<Batch>;
  /** Idempotency keys by function, with the time when each expires. */
  readonly seen: Table<number>;
  /** Rate limits and throttles: arrival times by key. */
  readonly rates: Table<number>;
  /** The unfinished run of each singleton key. */
  readonly singletons: Table<string>;
  readonly cancellations: Table<Cancellation>;
  /** How often the engine was started with this store. */
  readonly boots: Table<number>;
  readonly #steps: Table<Step>;
  readonly #stepsByRun = new Map<string, Map<string, Step>>();
  readonly #stacks = new Map<string, string[]>();
  readonly #runsByEvent = new Map<string, Set<string>>();
  readonly #jobsByRun = new Map<string, Set<string>>();
  #ended: string[] = [];
  #sweepEventsAt = MAX_EVENTS;
  #sweepRatesAt = SWEEP_EVERY;

  constructor(store: Store) {
    this.fns = store.table("fn");
    this.events = store.table("event");
    this.runs = store.table("run");
    this.jobs = store.table("job");
    this.debounces = store.table("debounce");
    this.batches = store.table("batch");
    this.seen = store.table("seen");
    this.rates = store.table("rate");
    this.singletons = store.table("singleton");
    this.cancellations = store.table("cancellation");
    this.boots = store.table("boots");
    this.#steps = store.table("step");
  }

  /** Builds the indexes from the stored tables. */
  index(): void {
    for (const run of this.runs.values()) this.#indexRun(run);
    for (const step of this.#steps.values()) {
      this.stepsOf(step.run).set(step.id, step);
      if (step.place !== undefined) this.stackOf(step.run)[step.place] = step.id;
    }
    for (const job of this.jobs.values()) this.#indexJob(job);
    this.#ended = [...this.runs.values()]
      .filter(hasEnded)
      .sort((a, b) => (a.endedAt ?? 0) - (b.endedAt ?? 0))
      .map((run) => run.id);
  }

  putRun(run: Run): void {
    if (!this.runs.has(run.id)) this.#indexRun(run);
    this.runs.put(run.id, run);
  }

  /** Stores a run that has ended, and queues it for deletion. */
  endRun(run: Run): void {
    this.putRun(run);
    this.#ended.push(run.id);
  }

  putStep(step: Step): void {
    this.stepsOf(step.run).set(step.id, step);
    this.#steps.put(`${step.run}/${step.id}`, step);
  }

  /** The steps of a run, by hashed id, in the order they were reported. */
  stepsOf(run: string): Map<string, Step> {
    const steps = this.#stepsByRun.get(run) ?? new Map<string, Step>();
    this.#stepsByRun.set(run, steps);
    return steps;
  }

  /** The ids of a run's completed steps, in the order they completed. */
  stackOf(run: string): string[] {
    const stack = this.#stacks.get(run) ?? [];
    this.#stacks.set(run, stack);
    return stack;
  }

  putJob(job: Job): void {
    this.#indexJob(job);
    this.jobs.put(job.id, job);
  }

  deleteJob(id: string): void {
    deleteFrom(this.#jobsByRun, this.jobs.get(id)?.run ?? "", id);
    this.jobs.delete(id);
  }

  /** The ids of the pending and running calls of a run. */
  jobsOf(run: string): string[] {
    return [...(this.#jobsByRun.get(run) ?? [])];
  }

  /** The runs that an event started. */
  runsOf(event: string): Run[] {
    return [...(this.#runsByEvent.get(event) ?? [])].flatMap((id) => this.runs.get(id) ?? []);
  }

  eventsOf(run: Run): StoredEvent[] {
    return run.eventIds.flatMap((id) => this.events.get(id) ?? []);
  }

  /** Deletes the oldest ended runs, unused events and expired keys, so memory stays bounded. */
  deleteOld(now: number): void {
    for (const run of this.#ended.splice(0, Math.max(0, this.#ended.length - MAX_ENDED_RUNS))) this.#deleteRun(run);
    for (const [id, expires] of this.seen.entries()) {
      if (expires > now) break; // in order of expiry: all keys are valid equally long
      this.seen.delete(id);
    }
    if (this.rates.size > this.#sweepRatesAt) {
      for (const [key, arrival] of this.rates.entries()) if (arrival < now) this.rates.delete(key);
      this.#sweepRatesAt = this.rates.size + SWEEP_EVERY;
    }
    if (this.events.size > this.#sweepEventsAt) this.#deleteEvents();
  }

  #deleteEvents(): void {
    const used = new Set([...this.debounces.values()].map((item) => item.eventId));
    for (const batch of this.batches.values()) for (const id of batch.eventIds) used.add(id);
    let excess = this.events.size - MAX_EVENTS;
    for (const [id] of this.events.entries()) {
      if (excess <= 0) break;
      if (this.#runsByEvent.has(id) || used.has(id)) continue;
      this.events.delete(id);
      excess -= 1;
    }
    this.#sweepEventsAt = this.events.size + SWEEP_EVERY;
  }

  #indexJob(job: Job): void {
    addTo(this.#jobsByRun, job.run, job.id);
  }

  #indexRun(run: Run): void {
    for (const event of run.eventIds) addTo(this.#runsByEvent, event, run.id);
  }

  #deleteRun(id: string): void {
    for (const event of this.runs.get(id)?.eventIds ?? []) deleteFrom(this.#runsByEvent, event, id);
    for (const step of this.#stepsByRun.get(id)?.keys() ?? []) this.#steps.delete(`${id}/${step}`);
    this.#stepsByRun.delete(id);
    this.#stacks.delete(id);
    this.runs.delete(id);
  }
}
