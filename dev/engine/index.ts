import { randomBytes } from "node:crypto";
import { type Clock, realClock } from "../shared/clock";
import { type HttpServer, listen, refuseOtherSites, type ServerOptions } from "../shared/http";
import { Store } from "../shared/store";
import { noSubjects } from "../shared/subject";
import { Caller } from "./call";
import type { Core } from "./core";
import { runCron, scheduleCrons } from "./cron";
import { execute } from "./execute";
import { celClock } from "./expression-env";
import { resumeGateway } from "./gateway";
import { randomSeed, seeded, ulidFactory } from "./ids";
import { isObject, parseJson } from "./json";
import { scheduleStep } from "./ops-async";
import { Queue } from "./queue";
import { Realtime } from "./realtime";
import { eventRoutes } from "./routes-events";
import { pageRoutes } from "./routes-pages";
import { readRoutes } from "./routes-read";
import { realtimeRoutes, realtimeSocket, STREAM_TYPE } from "./routes-realtime";
import { publicError, sdkRoutes } from "./routes-sdk";
import { v1Routes } from "./routes-v1";
import { watchCancellations } from "./run-end";
import { scheduleBatch, scheduleDebounce } from "./schedule";
import { hasEnded, State } from "./state";
import { Timers } from "./timers";
import { WaitIndex } from "./wait-index";

export interface EngineOptions extends ServerOptions {
  /** Decides the order among jobs that are due at the same moment, and jitter, on a virtual clock. */
  seed?: number;
  /** Signs calls to the app. The SDK's own calls must carry it. */
  signingKey?: string;
  /** Events sent with another key are refused. Default: every key is accepted. */
  eventKey?: string;
  /** Concurrent calls to apps. Default: unlimited on a real clock, 1 on a virtual one. */
  parallel?: number;
  /** Serve URLs to register as soon as they answer. */
  apps?: string[];
  /** The address of the only app that may register. Default: every app may. */
  owner?: string;
  /** Schedules start no runs; `runCron` does. A test decides when, and skips the times at which nothing is due. */
  manualCrons?: boolean;
}

export interface Engine extends HttpServer {
  /** Makes the app at `appUrl` register its functions. Throws the reason when it or they are refused. */
  sync(appUrl: string): Promise<void>;
  /** Starts a run of a function with a schedule now. Throws if there is none. */
  runCron(id: string): void;
}

const SYNC_RETRY_MS = 1000;

/** 5,000 events or one of 3 MiB fit. */
const MAX_BODY_BYTES = 32 * 1024 * 1024;

/** Starts an executor that speaks Inngest's SDK protocol. README.md lists its features and differences. */
export async function startEngine(options: EngineOptions = {}): Promise<Engine> {
  const clock = options.clock ?? realClock();
  celClock.now = () => clock.now();
  const caller = new Caller(clock);
  const store = new Store(options.store);
  const core = createCore(options, clock, store, caller);
  core.state.boots.put("", (core.state.boots.get("") ?? 0) + 1);
  core.state.index();
  core.state.deleteOld(clock.now());
  resume(core);
  core.commit();

  const server = await listen({
    port: options.port,
    host: options.host,
    maxBodyBytes: MAX_BODY_BYTES,
    streamType: STREAM_TYPE,
    handlers: [
      refuseOtherSites,
      eventRoutes(core),
      sdkRoutes(core),
      realtimeRoutes(core),
      ...readRoutes(core),
      ...v1Routes(core),
      ...pageRoutes(core),
    ],
    upgrade: realtimeSocket(core),
    notFound: ({ method, path }) => publicError(404, `no route for ${method} ${path}`),
    onError(error) {
      core.log(error instanceof Error ? (error.stack ?? error.message) : String(error));
      return publicError(500, "Something went wrong.  Please try again");
    },
    busy: (work) => void clock.busy(work),
  });

  const sync = async (appUrl: string) => {
    const answer = await clock.busy(caller.send("PUT", appUrl, { "content-length": "0" }, ""));
    if ("message" in answer) throw new Error(`${appUrl} cannot be reached: ${answer.message}`);
    const body = parseJson(answer.body);
    const message = isObject(body) && typeof body.message === "string" ? body.message : answer.body.slice(0, 500);
    if (answer.status !== 200) throw new Error(`${appUrl} did not register (${answer.status}): ${message}`);
  };
  for (const app of options.apps ?? []) syncWhenUp(core, sync, app);

  return {
    ...server,
    sync,
    runCron(id) {
      runCron(core, id);
      core.commit();
    },
    async close() {
      core.timers.close();
      core.queue.close();
      core.realtime.close();
      caller.close();
      await server.close();
      store.close();
    },
  };
}

function createCore(options: EngineOptions, clock: Clock, store: Store, caller: Caller): Core {
  const virtual = "settle" in clock;
  const random = seeded(options.seed ?? (virtual ? 1 : randomSeed()));
  const order = seeded(options.seed ?? 1);
  const state = new State(store);
  const timers = new Timers(clock);
  const now = () => clock.now();
  const realtimeSecret = randomBytes(32).toString("hex");
  const core: Core = {
    clock,
    random,
    newId: ulidFactory(now, random, () => state.boots.get("") ?? 0),
    state,
    timers,
    queue: new Queue({
      state,
      timers,
      now,
      // Less than a millisecond: it decides within one moment, never between two.
      tieBreak: () => (virtual ? order() * 0.9 : 0),
      parallel: options.parallel ?? (virtual ? 1 : Number.POSITIVE_INFINITY),
      // A virtual clock runs this when nothing is busy: all jobs of a moment are queued before the first is chosen.
      defer: virtual ? (fn) => void clock.schedule(clock.now(), fn) : (fn) => void setImmediate(fn),
      dispatch: (job, run) =>
        clock.busy(
          execute(core, caller, job, run).catch((error) => {
            core.log(`run ${run.id}: ${error instanceof Error ? error.stack : error}`);
          }),
        ),
    }),
    waits: new WaitIndex(),
    cancels: new WaitIndex(),
    signals: new Map(),
    request: ({ method, url, headers, body }) => clock.busy(caller.send(method, url, headers, body)),
    realtime: new Realtime(realtimeSecret, now),
    realtimeSecret,
    signingKey: options.signingKey,
    eventKey: options.eventKey,
    owner: options.owner,
    manualCrons: options.manualCrons,
    log: options.log ?? (() => {}),
    subjects: options.subjects ?? noSubjects,
    commit: () => store.commit(),
  };
  return core;
}

/** Restores timers, waits and unfinished calls from the stored state. */
function resume(core: Core): void {
  for (const fn of core.state.fns.values()) if (!fn.removed) scheduleCrons(core, fn);
  for (const run of core.state.runs.values()) {
    const fn = core.state.fns.get(run.fn);
    if (hasEnded(run) || !fn) continue;
    if (run.slot !== undefined) core.queue.acquire(run.slot);
    watchCancellations(core, run, fn);
    for (const step of core.state.stepsOf(run.id).values()) {
      scheduleStep(core, run, step);
      resumeGateway(core, run, step);
    }
  }
  for (const item of core.state.debounces.values()) scheduleDebounce(core, item);
  for (const batch of core.state.batches.values()) scheduleBatch(core, batch);
  for (const job of core.state.jobs.values()) core.queue.resume(job);
}

function syncWhenUp(core: Core, sync: (app: string) => Promise<void>, app: string): void {
  sync(app).catch((error) => {
    core.log(error instanceof Error ? error.message : String(error));
    core.timers.set(`sync:${app}`, core.clock.now() + SYNC_RETRY_MS, () => syncWhenUp(core, sync, app));
  });
}
