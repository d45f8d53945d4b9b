import type { Defer } from "./defers";
import type { Json, JsonObject } from "./json";

/** An event as functions see it (server: pkg/event/event.go, `Event.Map`). */
export interface EventPayload extends JsonObject {
  id: string;
  name: string;
  data: JsonObject;
  ts: number;
  user?: JsonObject;
  v?: string;
  meta?: { sessions: JsonObject };
}

/** An accepted event. `id` is the engine's own; the sender's is `payload.id`. */
export interface StoredEvent {
  id: string;
  at: number;
  payload: EventPayload;
}

/** What the key of a limit is shared by. "run": by the runs of the function, from their start to their end. */
export type Scope = "fn" | "env" | "account" | "run";

export interface ConcurrencyLimit {
  limit: number;
  key?: string;
  scope: Scope;
}

export interface Rate {
  limit: number;
  /** Milliseconds. */
  period: number;
  /** How many may start at once after an idle time. */
  capacity: number;
  key?: string;
}

export interface Trigger {
  event?: string;
  expression?: string;
  cron?: string;
  /** Milliseconds. */
  jitter?: number;
}

export interface CancelOn {
  event: string;
  if?: string;
  timeout?: string;
}

/** A registered function. Durations are milliseconds. */
export interface Fn {
  /** `<app>-<function>`, the id the whole protocol uses. */
  id: string;
  uuid: string;
  app: string;
  name: string;
  url: string;
  /** Attempts of one job: retries + 1. */
  maxAttempts: number;
  triggers: Trigger[];
  concurrency: ConcurrencyLimit[];
  throttle?: Rate;
  rateLimit?: Rate;
  debounce?: { period: number; timeout?: number; key?: string };
  batch?: { maxSize: number; timeout: number; key?: string; if?: string };
  cancel: CancelOn[];
  /** An expression: seconds by which a run's calls come earlier than others'. */
  priority?: string;
  singleton?: { mode: "skip" | "cancel"; key?: string };
  timeouts: { start?: number; finish?: number };
  /** What the SDK sent, for the functions page. */
  config: Json;
  /** Not in the app's latest registration: starts no new runs, finishes the old ones. */
  removed: boolean;
}

/** An error as the SDK serialises it. */
export interface Failure extends JsonObject {
  name: string;
  message: string;
  stack?: string;
}

export type RunStatus = "QUEUED" | "RUNNING" | "COMPLETED" | "FAILED" | "CANCELLED";

export interface Run {
  id: string;
  fn: string;
  /** More than one for a batch. */
  eventIds: string[];
  status: RunStatus;
  queuedAt: number;
  startedAt?: number;
  endedAt?: number;
  output?: Json;
  error?: Failure;
  /** Why a cancelled run was cancelled. */
  reason?: string;
  /** Attempts of one job, as the function asked for when the run was created. */
  maxAttempts: number;
  /** The execution version the SDK chose with its first answer; -1 before. */
  version: number;
  /** `disable_immediate_execution`: set while steps run in parallel. */
  forcePlan: boolean;
  /** Seconds; a higher one comes first. */
  priority?: number;
  /** The key that no other run may have until this one ends. */
  singleton?: string;
  /** The concurrency slot that it has from its start to its end. */
  slot?: string;
  /** By the hashed id of `defer()`. */
  defers?: Record<string, Defer>;
  /** Parallel steps whose results are awaited before the function is called again. */
  pending: string[];
  /** Calls of the function itself (not of a planned step) that failed. */
  attempts: Attempt[];
  cron?: string;
  batchId?: string;
  originalRunId?: string;
}

export interface Attempt {
  number: number;
  startedAt: number;
  endedAt: number;
  error?: Failure;
}

export type StepStatus = "PLANNED" | "RETRYING" | "SLEEPING" | "WAITING" | "COMPLETED" | "FAILED" | "TIMED_OUT";

export interface Step {
  run: string;
  /** Hashed id, as the SDK reports it. */
  id: string;
  name: string;
  op: string;
  status: StepStatus;
  queuedAt: number;
  startedAt?: number;
  endedAt?: number;
  input?: Json;
  /** What the function gets from the step, once it has ended; `bare` goes to the SDK as it is, without a wrapper. */
  result?: { type: "data" | "bare"; data: Json } | { type: "error"; error: Json };
  attempts: Attempt[];
  /** Place among the run's completed steps. */
  place?: number;
  /** Race groups continue after each member instead of after all (`opts.parallelMode`). */
  race: boolean;
  /** When a sleep ends or a wait times out. */
  until?: number;
  wait?: { event: string; if?: string };
  /** The signal that it waits for. */
  signal?: string;
  /** The request that the engine makes for it, and the call that reported it. */
  gateway?: { request: GatewayRequest; job: Job };
  /** The call that reported its result. */
  reportedBy?: string;
  /** An invoked function, or the run that answered. */
  invoke?: { fn: string; correlationId: string; run?: string };
}

/** The request of `step.fetch` or `step.ai.infer`. */
export interface GatewayRequest {
  url: string;
  method: string;
  headers: Record<string, string>;
  body: string;
  /** The response is the JSON of an AI provider. */
  inference?: true;
}

/** A pending call: discover (no `step`) or run one planned step. */
export interface Job {
  id: string;
  run: string;
  step?: string;
  /** The step whose completion led here; its place in the stack goes to the SDK. */
  after?: string;
  attempt: number;
  at: number;
  /** Its first attempt asks for steps to be planned, though no parallel steps are pending any more. */
  planned?: boolean;
  /** Counts dispatches, to distinguish the checkpoints of a lost call from those of the current one. */
  generation: number;
  /** How often the app could not be reached. This does not count as an attempt. */
  refused: number;
}

/** A bulk cancellation (server: pkg/cqrs, `Cancellation`). Times are ISO 8601. */
export interface Cancellation extends JsonObject {
  id: string;
}

export interface Debounce {
  id: string;
  fn: string;
  eventId: string;
  at: number;
  deadline?: number;
}

export interface Batch {
  id: string;
  fn: string;
  key: string;
  eventIds: string[];
  at: number;
}
