import type { Clock } from "../shared/clock";
import type { FindSubjects } from "../shared/subject";
import type { Answer } from "./call";
import type { Random } from "./ids";
import type { GatewayRequest } from "./model";
import type { Queue } from "./queue";
import type { Realtime } from "./realtime";
import type { State } from "./state";
import type { Timers } from "./timers";
import type { Wait, WaitIndex } from "./wait-index";

/** A step that waits for an event. */
export interface StepWait extends Wait {
  run: string;
  step: string;
}

/** A run that an event cancels. */
export interface CancelWait extends Wait {
  run: string;
  if?: string;
  expires: number;
}

/** The state and services that all parts of the engine share. */
export interface Core {
  clock: Clock;
  /** Jitter comes from here, so that a seed makes it repeatable. */
  random: Random;
  newId: () => string;
  state: State;
  timers: Timers;
  queue: Queue;
  waits: WaitIndex<StepWait>;
  cancels: WaitIndex<CancelWait>;
  /** The step that waits for each signal. */
  signals: Map<string, { run: string; step: string }>;
  /** Makes the request of `step.fetch`. Never rejects. */
  request: (request: GatewayRequest) => Promise<Answer>;
  realtime: Realtime;
  /** Signs the tokens of realtime subscriptions. Another start has another one. */
  realtimeSecret: string;
  signingKey?: string;
  eventKey?: string;
  /** The address of the only app that may register. */
  owner?: string;
  /** Schedules start no runs. */
  manualCrons?: boolean;
  log: (line: string) => void;
  /** Names what events are about, for the pages. */
  subjects: FindSubjects;
  /** Writes all changes to disk. Called before anything is acknowledged or sent. */
  commit: () => void;
}
